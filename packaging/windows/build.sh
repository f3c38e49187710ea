#!/bin/sh
# Builds build/windows/oakum.exe: the libraries (cached outside the tree), then oakum, linked statically.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
OAK_WINDOWS_PREFIX=$(sh packaging/windows/build-libraries.sh)
export OAK_WINDOWS_PREFIX
log=build/windows.log
mkdir -p build
{ cmake --preset windows && cmake --build build/windows; } >$log 2>&1 || {
	grep -vE '^\[[0-9]+/' $log | tail -n 60 >&2
	echo "windows: the build failed (see above; whole log: $log)" >&2
	exit 1
}
