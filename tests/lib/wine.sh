# A Wine prefix of the test's own. Usage: . lib/wine.sh; wine_start; then: wine PROGRAM ARG…; the prefix ends with the test.
exe=$OAKUM_SOURCE/build/windows/oakum.exe
wine_program=/usr/lib/wine/wine64
wine_server=/usr/lib/wine/wineserver64

# The server stays between two programs: one that starts just as the last one's server ends would lose its connection. The server
# needs the prefix to be there, or it ends at once and each program starts one of its own after all.
wine_start() {
	need_file "$exe" "$exe (./bootstrap build windows makes it)"
	need_file "$wine_program" wine64
	WINEPREFIX=$T/wine WINEARCH=win64 WINEDEBUG=-all DISPLAY=
	export WINEPREFIX WINEARCH WINEDEBUG DISPLAY
	mkdir "$WINEPREFIX"
	"$wine_server" -p || {
		fail "wineserver does not start"
		finish
	}
	trap '"$wine_server" -k 2>/dev/null; "$wine_server" -w; rm -rf "$T"' EXIT
	"$wine_program" wineboot -i >"$T/wineboot.log" 2>&1 || fail "cannot make a Wine prefix: $(tail -n 1 "$T/wineboot.log")"
}

wine() { "$wine_program" "$@"; }

# winepath FILE: how a program there names a file of this machine
winepath() { printf 'Z:%s' "$1" | tr / '\\'; }
