# Calendars by libical.
if(TARGET oak_dep_ical)
	file(GLOB oak_ical_sources CONFIGURE_DEPENDS core/*_ical.c)
	oak_module(ical SOURCES ${oak_ical_sources} LAYERS oak_core LIBRARIES oak_dep_ical)
endif()
