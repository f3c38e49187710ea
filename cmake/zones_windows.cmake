# Windows has no zone database: that of the building machine becomes a table in the program.
find_program(ZIC zic PATHS /usr/sbin /sbin REQUIRED)
find_program(PERL perl REQUIRED)
find_file(TZDATA_ZI tzdata.zi PATHS /usr/share/zoneinfo NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
set(zones ${CMAKE_BINARY_DIR}/generated/zone_table.c)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
add_custom_command(OUTPUT ${zones}
	COMMAND ${CMAKE_COMMAND} -E rm -rf ${CMAKE_BINARY_DIR}/generated/zones
	COMMAND ${CMAKE_COMMAND} -E env "PATH=$ENV{PATH}:/usr/sbin:/sbin"
		${PERL} ${CMAKE_SOURCE_DIR}/packaging/windows/zones.pl ${TZDATA_ZI} ${CMAKE_BINARY_DIR}/generated/zones ${zones}
	DEPENDS ${CMAKE_SOURCE_DIR}/packaging/windows/zones.pl ${TZDATA_ZI} VERBATIM)
target_sources(oak_core PRIVATE ${zones})
