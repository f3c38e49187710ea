# Manual pages and completion scripts, written by the program itself into build/…/man and build/…/completions.
if(NOT TARGET oakum OR CMAKE_CROSSCOMPILING)
	return()
endif()
file(GLOB oak_format_pages CONFIGURE_DEPENDS docs/formats/*.md)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/man/oakum.1
	COMMAND sh ${CMAKE_SOURCE_DIR}/packaging/generate.sh $<TARGET_FILE:oakum> ${CMAKE_BINARY_DIR}
	DEPENDS oakum ${CMAKE_SOURCE_DIR}/packaging/generate.sh ${oak_format_pages} VERBATIM)
add_custom_target(generated ALL DEPENDS ${CMAKE_BINARY_DIR}/man/oakum.1)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5")
install(FILES ${CMAKE_BINARY_DIR}/completions/oakum.bash RENAME oakum DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${CMAKE_BINARY_DIR}/completions/oakum.zsh RENAME _oakum DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${CMAKE_BINARY_DIR}/completions/oakum.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
