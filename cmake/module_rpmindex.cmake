# Rpm metadata for mirrors: expat behind one file.
if(NOT TARGET oak_dep_expat)
	oak_dependency(expat OPTIONAL expat)
endif()
if(TARGET oak_dep_expat AND NOT WIN32)
	oak_module(rpmindex SOURCES repo/rpm_index_expat.c LAYERS oak_core LIBRARIES oak_dep_expat EXPORTS oak_rpm_index_expat)
endif()
