# Writing archives: libarchive, zlib and zstd behind distributor/package/pack*_archive.c.
if(TARGET oak_dep_archive AND TARGET oak_dep_zstd AND TARGET oak_dep_zlib)
	file(GLOB pack_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} distributor/package/pack*_archive.c)
	oak_module(pack SOURCES ${pack_sources} LAYERS oak_core LIBRARIES oak_dep_archive oak_dep_zstd oak_dep_zlib
		EXPORTS oak_pack_tar oak_pack_zip oak_pack_versions)
endif()
