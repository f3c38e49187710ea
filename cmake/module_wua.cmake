# The Windows Update Agent. Its pure half belongs to the scanners layer on every system, so that its tests do; the half that speaks
# COM is in the same layer on Windows, where the distributor needs it too, and is listed as a linked-in module.
if(WIN32)
	target_link_libraries(oak_scanners PUBLIC ole32 oleaut32 uuid)
	set_property(GLOBAL APPEND_STRING PROPERTY OAK_STATIC_DECLARATIONS "extern const char oak_backend[];\n")
	set_property(GLOBAL APPEND_STRING PROPERTY OAK_STATIC_ROWS "\t{\"wua\", \"oak_backend\", oak_backend},\n")
endif()
