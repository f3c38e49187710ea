# Archives: libarchive, zlib and libunistring behind the files named *_archive.c.
if(TARGET oak_dep_archive)
	file(GLOB archive_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} core/*_archive.c)
	oak_module(archive SOURCES ${archive_sources} LAYERS oak_core LIBRARIES oak_dep_archive oak_dep_zlib
		EXPORTS oak_unpack_archive oak_tar_operations oak_unpack_tar oak_unpack_inflate oak_unicode_fold)
	find_library(OAK_UNISTRING unistring) # it has no pkg-config file
	if(OAK_UNISTRING)
		target_link_libraries(module_archive PRIVATE ${OAK_UNISTRING})
		target_compile_definitions(module_archive PRIVATE OAK_WITH_UNISTRING)
	endif()
endif()
