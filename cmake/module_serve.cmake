# Serving a repository over HTTP: libmicrohttpd behind one file.
if(TARGET oak_dep_microhttpd)
	find_package(Threads REQUIRED)
	oak_module(serve SOURCES repo/serve_microhttpd.c LAYERS oak_repo oak_core LIBRARIES oak_dep_microhttpd Threads::Threads EXPORTS oak_serve_microhttpd)
endif()
