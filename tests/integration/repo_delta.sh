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
finish
