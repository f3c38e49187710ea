# Fetching over http, https and file: libcurl behind one file.
if(TARGET oak_dep_curl)
	oak_module(net SOURCES core/http_curl.c core/post_curl.c LAYERS oak_core LIBRARIES oak_dep_curl EXPORTS oak_http_curl oak_http_post_curl)
endif()
