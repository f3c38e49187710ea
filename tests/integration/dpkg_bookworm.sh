# A real minimal bookworm: what oakum finds missing is what apt finds, and nothing on the host changes.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
base=$(debian_root 2>"$T/why") || skip "$(tail -n 1 "$T/why")"
R=$T/root
copy_root "$base" "$R"
everything

echo "== no lists at all: unknown, never compliant"
rm -rf "$R/var/lib/apt/lists"/*_* "$R/var/cache/apt"/*.bin
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json .summary.status '"UNKNOWN"'
oakum scan --root "$R" --baseline "$T/everything.yaml" --exit-code
expect_exit 3

enable_updates "$R" 2>"$T/why" || skip "the root cannot reach its mirror: $(tail -n 1 "$T/why")"

echo "== everything, 0 days: apt list --upgradable"
before=$(host_hash "$R")
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
expect_exit 0
missing_names >"$T/ours"
expect_true [ "$before" = "$(host_hash "$R")" ]
chroot "$R" apt list --upgradable 2>/dev/null | sed -n 's,/.*,,p' | sort -u >"$T/apts"
expect_same "$T/ours" "$T/apts"
expect_true [ "$(wc -l <"$T/ours")" -gt 0 ]

echo "== security, 0 days: what the security archive offers above the installed version"
oakum scan --root "$R" --baseline "$T/security.yaml" -o json
missing_names >"$T/ours"
chroot "$R" dpkg-query -W -f '${Package} ${Version}\n' >"$T/installed"
awk '/^Package:/ { p = $2 } /^Version:/ { print p, $2 }' "$R"/var/lib/apt/lists/*security*_Packages >"$T/security" 2>/dev/null ||
	chroot "$R" sh -c 'cat $(apt-get indextargets --format "\$(FILENAME)" "Created-By: Packages" "Release: bookworm-security")' |
	awk '/^Package:/ { p = $2 } /^Version:/ { print p, $2 }' >"$T/security"
while read -r name version; do
	awk -v n="$name" '$1 == n { print $2 }' "$T/security" | while read -r offer; do
		dpkg --compare-versions "$offer" gt "$version" && echo "$name"
	done
done <"$T/installed" | sort -u >"$T/expected"
expect_same "$T/ours" "$T/expected"

echo "== a scan writes nothing outside of oakum's own folders"
strace -f -qq -e trace=openat,open,creat,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,link,linkat,symlinkat,truncate,chmod,fchmodat \
	-o "$T/strace" "$OAKUM" --state "$T/state2" --cache "$T/cache2" --config "$T/empty.yaml" scan --root "$R" >/dev/null 2>&1
grep -E 'O_WRONLY|O_RDWR|O_CREAT|rename|mkdir|unlink|link|truncate|chmod' "$T/strace" |
	grep -vE "\"$T/(state2|cache2)|\"/dev/(null|tty|shm)|readlink|= -1 E|\"gpg[.]|\"(state|audit|scan|apt|nodes)|O_DIRECTORY|resumed>" >"$T/writes"
ok
[ ! -s "$T/writes" ] || { head -n 5 "$T/writes" >&2; fail "the scan wrote elsewhere"; }

echo "== lists in every compression, without libapt's caches, as an ordinary user"
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
jq -S '[.patches[] | {id, installed, available, state}]' "$T/out" >"$T/plain"
for kind in lz4 xz gz zst; do
	rm -rf "$R/var/cache/apt"/*.bin "$T/cache"
	for list in "$R"/var/lib/apt/lists/*_Packages*; do
		name=${list%.lz4} name=${name%.xz} name=${name%.gz} name=${name%.zst}
		case $list in
		*.lz4) lz4 -dcq "$list" >"$name" ;; *.xz) xz -dc "$list" >"$name" ;; *.gz) gzip -dc "$list" >"$name" ;;
		*.zst) zstd -dcq "$list" >"$name" ;;
		esac
		case $kind in
		lz4) lz4 -q "$name" "$T/z" && mv "$T/z" "$name.lz4.new" ;; xz) xz -1c "$name" >"$name.xz.new" ;;
		gz) gzip -1c "$name" >"$name.gz.new" ;; zst) zstd -1cq "$name" >"$name.zst.new" ;;
		esac
		rm -f "$list" "$name"
		mv "$name.$kind.new" "$name.$kind"
	done
	oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
	jq -S '[.patches[] | {id, installed, available, state}]' "$T/out" >"$T/packed"
	expect_same "$T/plain" "$T/packed"
	oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
	jq -S '[.patches[] | {id, installed, available, state}]' "$T/out" >"$T/packed"
	expect_same "$T/plain" "$T/packed"
done
chmod 755 "$T"
mkdir -m 777 "$T/user"
run setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/user" \
	"$OAKUM" --state "$T/user/s" --cache "$T/user/c" --config "$T/empty.yaml" scan --root "$R" --baseline "$T/everything.yaml" -o json
expect_exit 0
jq -S '[.patches[] | {id, installed, available, state}]' "$T/out" >"$T/packed"
expect_same "$T/plain" "$T/packed"

echo "== a refresh of our own, and one package upgraded leaves the list"
oakum scan --root "$R" --refresh --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.repositories[] | select(.error)] | length' 0
missing_names >"$T/ours"
expect_same "$T/ours" "$T/apts"
chroot "$R" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null 2>&1
chroot "$R" env DEBIAN_FRONTEND=noninteractive apt-get -qqy install --only-upgrade liblzma5 >/dev/null 2>&1 || skip "no package could be upgraded"
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
missing_names >"$T/ours"
chroot "$R" apt list --upgradable 2>/dev/null | sed -n 's,/.*,,p' | sort -u >"$T/apts"
expect_same "$T/ours" "$T/apts"
expect_true sh -c "! grep -qx liblzma5 '$T/ours'"
finish
