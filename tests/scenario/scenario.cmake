# Scenario files: one test each, through one runner; UPDATE=1 build/…/tests/scenario FILE… rewrites their verdicts.
add_executable(scenario ${CMAKE_CURRENT_SOURCE_DIR}/scenario/runner.c)
target_link_libraries(scenario PRIVATE oak_baseline ${CMAKE_DL_LIBS})
set_target_properties(scenario PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

file(GLOB scenarios CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/scenario ${CMAKE_CURRENT_SOURCE_DIR}/scenario/*.scn
	${CMAKE_CURRENT_SOURCE_DIR}/scenario/*.sh)
foreach(file ${scenarios})
	get_filename_component(name ${file} NAME_WLE)
	if(file MATCHES "\\.sh$")
		add_test(NAME scenario/${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/scenario/${file})
	else()
		add_test(NAME scenario/${name} COMMAND scenario ${CMAKE_CURRENT_SOURCE_DIR}/scenario/${file})
	endif()
	set_tests_properties(scenario/${name} PROPERTIES LABELS scenario TIMEOUT 60 SKIP_RETURN_CODE 77 ENVIRONMENT "${OAK_TEST_ENV}")
endforeach()

# History files: months of scans through the real store, in a folder of their own.
add_executable(history ${CMAKE_CURRENT_SOURCE_DIR}/scenario/history.c)
target_link_libraries(history PRIVATE oak_fleet_store ${CMAKE_DL_LIBS})
set_target_properties(history PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
file(GLOB histories CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/scenario ${CMAKE_CURRENT_SOURCE_DIR}/scenario/*.hist)
foreach(file ${histories})
	get_filename_component(name ${file} NAME_WLE)
	add_test(NAME scenario/history-${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/lib/in_folder.sh $<TARGET_FILE:history>
		${CMAKE_CURRENT_SOURCE_DIR}/scenario/${file})
	set_tests_properties(scenario/history-${name} PROPERTIES LABELS scenario TIMEOUT 120 ENVIRONMENT "${OAK_TEST_ENV}")
endforeach()
