# timeout: 400
# oakum.exe under Wine prints byte for byte what the Linux program prints, for every scenario that a command line can express.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
wine_start

# no DLL beside it but the system's
objdump -p "$exe" | sed -n 's/^\tDLL Name: //p' | tr A-Z a-z | sort >"$T/dlls"
while read -r dll; do
	case $dll in
	kernel32.dll | msvcrt.dll | advapi32.dll | ws2_32.dll | crypt32.dll | bcrypt.dll | user32.dll | normaliz.dll | shell32.dll | \
		ole32.dll | oleaut32.dll | wldap32.dll | shlwapi.dll | rpcrt4.dll | version.dll) ;;
	*) fail "oakum.exe needs '$dll'" ;;
	esac
done <"$T/dlls"
[ "$(stat -c %s "$exe")" -le 16777216 ] || fail "oakum.exe is larger than 16 MB"

[ "$(wine "$exe" version | tr -d '\r')" = "$("$OAKUM_BUILD/oakum" version)" ] || fail "versions differ"
[ "$(wine "$exe" version compare windows 10.0.9 10.0.10 | tr -d '\r')" = "<" ] || fail "version compare"

"$OAKUM_BUILD/tests/scenario" --prepare "$T/s" "$OAKUM_SOURCE"/tests/scenario/*.scn
one() {
	dir=$1
	set -- --inventory "$dir/inventory.yaml" --baseline "$dir/baseline.yaml" --at "$(cat "$dir/at")" --no-store -o json
	"$OAKUM_BUILD/oakum" scan "$@" >"$dir/linux.out" 2>/dev/null
	echo $? >"$dir/linux.rc"
	wine "$exe" scan "$@" >"$dir/windows.out" 2>"$dir/windows.err"
	echo $? >"$dir/windows.rc"
}
for s in "$T"/s/*.scn; do one "$s"; done
count=0
for s in "$T"/s/*.scn; do
	name=$(basename "$s")
	cmp -s "$s/linux.out" "$s/windows.out" || fail "$name: documents differ: $(diff "$s/linux.out" "$s/windows.out" | head -5)"
	cmp -s "$s/linux.rc" "$s/windows.rc" || fail "$name: exit $(cat "$s/windows.rc") instead of $(cat "$s/linux.rc"): $(head -n 1 "$s/windows.err")"
	count=$((count + 1))
	ok
done
[ "$count" -gt 50 ] || fail "only $count scenarios were run"
finish
