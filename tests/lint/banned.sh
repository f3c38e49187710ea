#!/bin/sh
# Calls that have a safe successor are not used; and baseline/ is pure: its undefined symbols say so.
set -eu
. "$(dirname "$0")/../lib/sources.sh"
bad=0
found=$(sources $layers tests | xargs grep -nE \
	'(^|[^A-Za-z0-9_.>"])(strcpy|strcat|sprintf|vsprintf|strtok|gmtime|localtime|atoi|atol|system|popen|mktemp|tmpnam|gets)[[:space:]]*\(' || true)
if [ -n "$found" ]; then
	printf '%s\n' "$found"
	bad=1
fi
library=${OAKUM_BUILD:?}/liboak_baseline.a
if [ -f "$library" ]; then
	impure=$(nm -u "$library" | awk 'NF == 2 && $1 == "U" {print $2}' | sort -u | grep -xE \
		'(open|openat|fopen|read|write|pread|pwrite|close|stat|fstat|lstat|access|unlink|rename|mkdir|opendir|socket|connect|time|gettimeofday|clock_gettime|getenv|secure_getenv|setenv|__?printf(_chk)?|__?fprintf(_chk)?|puts|putchar|fputs|fwrite|stdout|stderr|exit|fork|execve|dlopen|rand|random|getrandom|setlocale|chdir)(@.*)?' || true)
	if [ -n "$impure" ]; then
		echo "baseline/ is pure, but its library wants:" $impure
		bad=1
	fi
fi
exit $bad
