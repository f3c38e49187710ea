# Archives: libarchive behind the files named *_archive.c.
if(TARGET oak_dep_archive)
	file(GLOB archive_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} core/*_archive.c)
	oak_module(archive SOURCES ${archive_sources} LAYERS oak_core LIBRARIES oak_dep_archive EXPORTS oak_unpack_archive oak_tar_operations)
endif()
