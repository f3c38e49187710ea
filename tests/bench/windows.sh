#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# oakum.exe: start to finish of "version" under Wine beside the smallest program that Wine has, and its size beside what it may be.
set -eu
exe=$OAKUM_SOURCE/build/windows/oakum.exe
wine=/usr/lib/wine/wine64
[ -f "$exe" ] && [ -x "$wine" ] || {
	echo "oakum.exe: skipped (no $exe or no wine64)"
	exit 0
}
T=$(mktemp -d "${TMPDIR:-/tmp}/oakum-bench.XXXXXX")
WINEPREFIX=$T/wine WINEARCH=win64 WINEDEBUG=-all DISPLAY=
export WINEPREFIX WINEARCH WINEDEBUG DISPLAY
mkdir "$WINEPREFIX"
/usr/lib/wine/wineserver64 -p
trap '/usr/lib/wine/wineserver64 -k 2>/dev/null; /usr/lib/wine/wineserver64 -w; rm -rf "$T"' EXIT
"$wine" wineboot -i >/dev/null 2>&1

# median of 15 runs, in seconds
median() {
	i=0
	while [ $i -lt 15 ]; do
		begin=$(date +%s%N)
		"$@" >/dev/null 2>&1 </dev/null
		end=$(date +%s%N)
		echo $((end - begin))
		i=$((i + 1))
	done | sort -n | sed -n 8p | awk '{ printf "%.3f", $1 / 1e9 }'
}
"$wine" "$exe" version >/dev/null 2>&1
ours=$(median "$wine" "$exe" version)
floor=$(median "$wine" 'C:\windows\system32\hostname.exe')
printf '%-44s | %9s | %9s | %6s | %s\n' "oakum.exe version, start to finish (Wine)" "$ours" "$floor" \
	"$(awk "BEGIN { printf \"%.2f\", $floor / $ours }")" "peer: hostname.exe, Wine's own start"
size=$(stat -c %s "$exe")
printf '%-44s | %9s | %9s | %6s | %s\n' "size of oakum.exe, stripped, MB" "$(awk "BEGIN { printf \"%.1f\", $size / 1048576 }")" 16.0 \
	"$(awk "BEGIN { printf \"%.2f\", 16777216 / $size }")" "peer: what it may have at most"
