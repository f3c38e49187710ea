# Deltas: the second version of a package costs what changed; wrong chunks, a changed seed and servers without ranges cost the whole file
# at most, a metered link never more than what changed (row N6).
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo
mkdir web
head -c 6000000 /dev/urandom > head
head -c 6000000 /dev/urandom > tail
package() { # VERSION FILE…
	version=$1
	shift
	cat "$@" > web/web.zip
	cp web/web.zip "web-$version"
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$version" "$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
	oakum repo add "$R" web
	expect_exit 0
	oakum repo publish "$R"
	expect_exit 0
}
oakum repo init "$R" --keys "$T/keys"
package 1.0 head tail
echo "37 bytes in the middle of all of this" > middle
package 2.0 head middle tail
head -c 12000000 /dev/urandom > other
package 3.0 other
oakum repo verify "$R" -o json
expect_exit 0
expect_json .files 9
nginx_serve "$T"
hostile_serve "$T"
oakum repo trust add main --url "$nginx_url/repo" --root "$R/metadata/1.root.json"
get() { : > nginx.log; oakum repo get "repo:main/pkg/web/$1/web.zip" --to got; }
given() { awk '$3 ~ /web.zip$/ { sum += $2 } END { print sum + 0 }' nginx.log; }
fresh() { rm -rf "$T/cache" got; get 1.0; expect_same got web-1.0; }
fresh
expect_true test "$(given)" = 12000000
get 2.0
expect_exit 0
expect_same got web-2.0
expect_true test "$(given)" -gt 0
expect_true test "$(given)" -lt 800000
expect_true test "$(grep -c 'web.zip bytes=' nginx.log)" -le 2 # neighbours in one range
get 3.0 # nothing in common: the whole file
expect_exit 0
expect_same got web-3.0
expect_true test "$(given)" = 12000000

# what an aborted download left is a seed, too
fresh
hash=$(sha256sum web-3.0 | cut -d' ' -f1)
part=$T/cache/cas/$(echo "$hash" | cut -c1-2)
mkdir -p "$part"
head -c 9000000 web-3.0 > "$part/$hash.part"
get 3.0
expect_exit 0
expect_same got web-3.0
expect_true test "$(given)" -lt 3600000

# a seed that is not what its name says, an index that lies, a server that has other bytes or no ranges
fresh
seed=$(find cache/cas -size +4M -type f)
head -c 6000000 /dev/urandom | dd of="$seed" conv=notrunc 2>/dev/null
get 2.0
expect_exit 0
expect_same got web-2.0
for how in norange shift always-cut slow; do
	fresh
	oakum repo trust add main --url "$hostile_url/but/$how/repo" --url "$nginx_url/repo" --root "$R/metadata/1.root.json"
	case $how in slow) echo 'network: {slowTime: 1s, minRate: 2k}' > "$OAKUM_CONFIG" ;; esac
	get 2.0
	expect_exit 0
	expect_same got web-2.0
	oakum repo trust add main --url "$nginx_url/repo" --root "$R/metadata/1.root.json"
done

# metered: what changed, or nothing
echo 'network: {metered: true, slowTime: 1s}' > "$OAKUM_CONFIG"
fresh
get 2.0
expect_exit 0
expect_same got web-2.0
fresh
oakum repo trust add main --url "$hostile_url/but/norange/repo" --root "$R/metadata/1.root.json"
oakum repo get repo:main/pkg/web/2.0/web.zip --to nothing
ok
[ "$code" != 0 ] || fail "the whole file came over a metered link"
expect_true test ! -e nothing
expect_true test -z "$(find "$T/cache/cas" -name '*.delta')"

# an emptied cache: the installed version is packed again from its tree; frames of an archive are cut by its content
echo '{}' > "$OAKUM_CONFIG"
mkdir -p files
i=0
while [ $i -lt 60 ]; do
	i=$((i + 1))
	{ head -c 100000 /dev/urandom | od -x; seq $i 2000; } > "files/part$i"
done
tree() { # VERSION
	printf 'name: tool\nversion: "%s"\nmodel: tree\ntargets: [{platform: _any, arch: _any, files: [{from: "%s", to: share/}]}]\n' "$1" "$T/files/" > tool.yaml
	rm -rf tool
	oakum package build tool.yaml --out tool
	expect_exit 0
	cp tool/*.tar.zst "tool-$1"
	oakum repo add "$R" tool
	oakum repo publish "$R"
	expect_exit 0
}
tree 1.0
{ echo "a line in front"; cat files/part2; } > x && mv x files/part2 # all that follows moves
tree 2.0
oakum repo trust add main --url "$nginx_url/repo" --root "$R/metadata/1.root.json"
mkdir root
oakum --root "$T/root" package install tool@1.0 --repo main --allow-unsigned
expect_exit 0
rm -rf "$T/cache" got
: > nginx.log
oakum --root "$T/root" repo get "repo:main/pkg/tool/2.0/$(basename tool/*.tar.zst)" --to got
expect_exit 0
expect_same got tool-2.0
came() { awk '$3 ~ /tar.zst$/ { sum += $2 } END { print sum + 0 }' nginx.log; }
expect_true test "$(stat -c %s tool-2.0)" -gt 6000000
expect_true test "$(came)" -gt 0
expect_true test "$(came)" -lt 1000000
expect_true test -z "$(find "$T/cache/cas" -name '*.seed')"
# a tree that somebody changed: less is saved, nothing is wrong
rm -rf "$T/cache" got
echo changed > "$T/root/var/lib/oakum/pkgs/tool/current/tree/share/part9"
rm -f "$T/root/var/lib/oakum/pkgs/tool/current/tree/share/part10"
: > nginx.log
oakum --root "$T/root" repo get "repo:main/pkg/tool/2.0/$(basename tool/*.tar.zst)" --to got
expect_exit 0
expect_same got tool-2.0
expect_true test "$(came)" -lt 3000000
finish
