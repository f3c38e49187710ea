# Foreign libraries for Windows: static, from packaging/windows/build-libraries.sh (OAK_WINDOWS_PREFIX), so that
# oakum.exe needs no DLL beside it but the system's.
set(prefix $ENV{OAK_WINDOWS_PREFIX})
if(NOT EXISTS ${prefix}/complete)
	message(FATAL_ERROR "OAK_WINDOWS_PREFIX does not name built libraries (run ./bootstrap build windows)")
endif()

# oak_static(NAME DEFINES … LIBS …): libraries by name, in link order
function(oak_static name)
	cmake_parse_arguments(arg "" "" "DEFINES;LIBS" ${ARGN})
	add_library(oak_dep_${name} INTERFACE)
	target_include_directories(oak_dep_${name} SYSTEM INTERFACE ${prefix}/include)
	target_link_directories(oak_dep_${name} INTERFACE ${prefix}/lib)
	target_compile_definitions(oak_dep_${name} INTERFACE ${arg_DEFINES})
	target_link_libraries(oak_dep_${name} INTERFACE ${arg_LIBS})
endfunction()

set(zlib /usr/x86_64-w64-mingw32/lib/libz.a)
oak_static(jansson LIBS jansson)
oak_static(yaml DEFINES YAML_DECLARE_STATIC LIBS yaml)
oak_static(crypto LIBS crypto ws2_32 crypt32 advapi32 user32 bcrypt)
oak_static(sqlite LIBS sqlite3)
oak_static(curl DEFINES CURL_STATICLIB LIBS curl ssl crypto ${zlib} ws2_32 crypt32 normaliz advapi32 user32 bcrypt)
oak_static(ical LIBS ical)
oak_static(zlib LIBS ${zlib})
oak_static(zstd LIBS zstd)
oak_static(archive DEFINES LIBARCHIVE_STATIC LIBS archive_static zstd ${zlib} bcrypt)
