# What the tests of oakum.exe need besides: a scripted update agent (a COM server DLL) and a check of method tables, both for Windows.
find_program(OAK_MINGW_CC x86_64-w64-mingw32-gcc)
if(NOT OAK_MINGW_CC)
	message(STATUS "no mingw-w64: the scripted update agent is not built")
	return()
endif()
set(OAK_MINGW_FLAGS -Wall -Wextra -Wno-cast-function-type -Werror -O1 -static -D__USE_MINGW_ANSI_STDIO=1 -DUNICODE -I${CMAKE_SOURCE_DIR} -I${CMAKE_CURRENT_SOURCE_DIR}/windows)
file(GLOB agent CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/windows/agent*.[ch])
set(agent_sources ${agent})
list(FILTER agent_sources INCLUDE REGEX "\\.c$")
set(published ${CMAKE_CURRENT_SOURCE_DIR}/windows/published.h)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/tests/wua_agent.dll
	COMMAND ${OAK_MINGW_CC} ${OAK_MINGW_FLAGS} -shared -o ${CMAKE_BINARY_DIR}/tests/wua_agent.dll ${agent_sources} -lole32 -loleaut32 -luuid
	DEPENDS ${agent} ${published} VERBATIM)
set(slots_sources ${CMAKE_CURRENT_SOURCE_DIR}/windows/slots.c ${CMAKE_SOURCE_DIR}/scanners/wua/wua_guid_win32.c)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/tests/wua_slots.exe
	COMMAND ${OAK_MINGW_CC} ${OAK_MINGW_FLAGS} -o ${CMAKE_BINARY_DIR}/tests/wua_slots.exe ${slots_sources} -luuid
	DEPENDS ${slots_sources} ${published} ${CMAKE_SOURCE_DIR}/scanners/wua/wua_api_win32.h VERBATIM)
# Stands in for PowerShell, which Wine has not: writes down how it was called and plays what a script's comments say.
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/tests/powershell.exe
	COMMAND ${OAK_MINGW_CC} ${OAK_MINGW_FLAGS} -UUNICODE -o ${CMAKE_BINARY_DIR}/tests/powershell.exe ${CMAKE_CURRENT_SOURCE_DIR}/windows/powershell.c
	DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/windows/powershell.c VERBATIM)
add_custom_target(windows_tests ALL DEPENDS ${CMAKE_BINARY_DIR}/tests/wua_agent.dll ${CMAKE_BINARY_DIR}/tests/wua_slots.exe
	${CMAKE_BINARY_DIR}/tests/powershell.exe)
