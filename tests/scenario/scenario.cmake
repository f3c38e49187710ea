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
