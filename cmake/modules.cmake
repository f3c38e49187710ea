# Modules: shared objects that oakum opens when it needs them, found beside the program or in libdir/oakum.
# They link the static layers they use with hidden symbols, and foreign libraries of their own.

# oak_module(NAME SOURCES … LAYERS … LIBRARIES …)
function(oak_module name)
	cmake_parse_arguments(arg "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
	add_library(module_${name} MODULE ${arg_SOURCES})
	set_target_properties(module_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
	target_link_libraries(module_${name} PRIVATE oak_flags ${arg_LIBRARIES} ${arg_LAYERS})
	target_link_options(module_${name} PRIVATE -Wl,--as-needed -Wl,--exclude-libs,ALL -Wl,-z,relro -Wl,-z,now)
	install(TARGETS module_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/oakum)
endfunction()

foreach(file IN ITEMS dpkg rpm net ical archive)
	include(cmake/module_${file}.cmake OPTIONAL)
endforeach()
