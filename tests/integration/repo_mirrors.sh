# Rows N of the attack table and several mirrors: nginx carries the folder; others are slow, dead, lie, cut off, redirect, or are a
# portal's login page. What counts is the right bytes, from whom they came, and that nobody waits for ever.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
OAKUM_CONFIG=$T/config.yaml
echo 'network: {slowTime: 1s, minRate: 2k}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo
mkdir web
head -c 4000000 /dev/urandom > web/web.zip
size=$(stat -c %s web/web.zip)
printf '{"schemaVersion":"2.0","version":"1.0.0","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
	"$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
oakum repo init "$R" --keys "$T/keys"
oakum repo add "$R" web
oakum repo publish "$R"
expect_exit 0
cp -a "$R" lies
for file in lies/targets/pkg/web/1.0.0/*.web.zip; do head -c "$size" /dev/urandom > "$file"; done
cp -a lies forged
jq -c '.signed.version += 1' "$R/metadata/timestamp.json" > forged/metadata/timestamp.json
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout node.key -out node.pem -days 2 -subj /CN=node 2>/dev/null
NGINX_TLS="ssl_certificate $T/server.pem; ssl_certificate_key $T/server.key; ssl_client_certificate $T/node.pem; ssl_verify_client on;"
nginx_serve "$T"
hostile_serve "$T"
good=$nginx_url/repo
dead=http://127.0.0.1:9/repo

# mirrors ROW URL…: a fresh cache, these mirrors, the archive.
fetch() {
	row=$1
	shift
	rm -rf "$T/cache" "$T/state" got.zip
	: > "$T/nginx.log"
	urls=
	for url; do urls="$urls --url $url"; done
	# shellcheck disable=SC2086 # options
	oakum repo trust add main $urls --root "$R/metadata/1.root.json"
	expect_exit 0
	oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip
	ran="row $row: $ran"
}
from_nginx() { awk '$3 ~ /web.zip$/ { sum += $2 } END { print sum + 0 }' "$T/nginx.log"; }
right() { expect_exit 0; expect_same got.zip web/web.zip; }
at_most() { ok; [ "$(from_nginx)" -le "$1" ] || fail "nginx gave $(from_nginx) bytes, not at most $1"; }
at_least() { ok; [ "$(from_nginx)" -ge "$1" ] || fail "nginx gave $(from_nginx) bytes, not at least $1"; }

# --- three mirrors: one is slow, one lies, one is dead; the good one gives each byte at most once -----------------------------
fetch mirrors "$dead" "$hostile_url/slow/repo" "$hostile_url/file/lies" "$good"
right
at_most "$size"
at_least "$size"
fetch mirrors "$dead" "$hostile_url/but/slow/repo" "$hostile_url/but/file/lies" "$good"
right
at_most "$size"

# --- several mirrors write one part file ---------------------------------------------------------------------------------------
fetch part "$hostile_url/but/always-cut/repo" "$good"
right
at_most $((size / 5)) # three tries left an eighth
at_least 1
fetch part "$hostile_url/but/always-cut/lies" "$good" # wrong bytes first: found out, and begun again with the good one alone
right
at_most $((size * 2))
at_least "$size"

# --- N1: a byte every so often; a head that never ends; silence ------------------------------------------------------------------
for how in slow trickle hang; do
	fetch "N1 $how" "$hostile_url/but/$how/repo" "$good"
	right
	fetch "N1 $how" "$hostile_url/$how/repo" "$good"
	right
done
fetch N1 "$hostile_url/but/trickle/repo"
expect_refused 75 "too slow"

# --- N2: cut at 99 % each time, another ETag, 200 to a range, a wrong offset, 416 --------------------------------------------------
fetch N2 "$hostile_url/but/cut99/repo"
right
fetch N2 "$hostile_url/but/etags/repo" "$good"
right
fetch N2 "$hostile_url/but/norange/repo"
right
part=cache/cas/$(printf %s "$(sha256sum web/web.zip)" | cut -c1-2)
for how in norange shift status/416 file; do
	for bytes in 1000 "$size" $((size + 10)); do
		hash=$(sha256sum web/web.zip | cut -d' ' -f1)
		rm -rf "$T/cache" got.zip
		mkdir -p "$part"
		head -c "$bytes" /dev/zero > "$part/$hash.part" # what is there is wrong
		oakum repo trust add main --url "$hostile_url/but/$how/repo" --url "$good" --root "$R/metadata/1.root.json"
		oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip
		ran="row N2: $how, a part of $bytes: $ran"
		right
	done
	rm -rf "$T/cache" got.zip
	mkdir -p "$part"
	head -c 3000000 web/web.zip > "$part/$hash.part" # what is there is right
	: > "$T/nginx.log"
	oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip
	right
done
at_most 0
rm -rf "$T/cache" got.zip
mkdir -p "$part"
cp web/web.zip "$part/$hash.part" # a crash before the rename
oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip --no-network
expect_exit 75
oakum repo trust add main --url "$hostile_url/but/hang/repo" --root "$R/metadata/1.root.json"
oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip
right

# --- N3: all are bad, then one is good ---------------------------------------------------------------------------------------------
fetch N3 "$dead" "$hostile_url/status/503" "$hostile_url/garbage"
expect_exit 75
cp "$T/state/tuf/main/root.json" before.json
oakum repo trust add main --url "$dead" --url "$good" --root "$R/metadata/1.root.json"
oakum repo get repo:main/pkg/web/1.0.0/web.zip --to got.zip
right
fetch N3 "$dead" "$hostile_url/file/forged"
expect_refused 5 "cannot verify 'timestamp'"

# --- N4: redirects to a file, in a loop; a login is not shown to another host -------------------------------------------------------
fetch N4 "$hostile_url/away/repo"
ok
[ "$code" != 0 ] || fail "a redirect to file:// was followed"
fetch N4 "$hostile_url/loop"
ok
[ "$code" != 0 ] || fail "a loop of redirects"
fetch N4 "$(echo "$hostile_url" | sed 's,//,//aladdin:open%3Asesame@,')/auth/repo"
right
fetch N4 "$(echo "$hostile_url" | sed 's,//,//aladdin:open%3Asesame@,')/to/${hostile_url##*:}/repo"
ok
[ "$code" != 0 ] || fail "a login was shown to another host"
expect_err_lacks sesame
for how in away loop; do
	fetch N4 "$hostile_url/but/$how/repo" "$good"
	right
done

# --- N5: a portal's login page, and a page with status 200 in place of the archive ---------------------------------------------------
fetch N5 "$hostile_url/html/repo" "$good"
right
fetch N5 "$hostile_url/but/html/repo"
ok
[ "$code" != 0 ] || fail "a web page was taken"
expect_true test -z "$(find "$T/cache/cas" -type f ! -name .lock)"

# --- M1, M11: other bytes of the same length; bodies without end, of a terabyte, packed -----------------------------------------------
fetch M1 "$hostile_url/but/file/lies"
expect_refused 5 "its hash is another one"
expect_true test -z "$(find "$T/cache/cas" -type f ! -name .lock)"
fetch M1 "$hostile_url/file/lies" "$good"
right
for how in endless huge gzip status/404; do
	fetch "M11 $how" "$hostile_url/$how/repo" "$good"
	right
	fetch "M11 $how" "$hostile_url/but/$how/repo" "$good"
	right
done
fetch M11 "$hostile_url/endless"
expect_refused 5 "larger than"

# --- limits: a rate, the proxy of the configuration, a folder and file:// --------------------------------------------------------------
echo 'network: {slowTime: 1s, maxRate: 8M}' > "$OAKUM_CONFIG"
fetch rate "$good"
right
elapsed_ms() { # COMMAND…: how long it took; a rate is a lower bound, which no load can break
	from=$(date +%s%N)
	"$@"
	ms=$((($(date +%s%N) - from) / 1000000))
}
echo 'network: {slowTime: 1s, maxRate: 1M}' > "$OAKUM_CONFIG"
elapsed_ms fetch rate "$good"
right
expect_true test "$ms" -ge 1500 # 4 MB
echo '{}' > "$OAKUM_CONFIG"
rm -rf "$T/cache" "$T/mirrored"
elapsed_ms oakum repo sync main --to "$T/mirrored" --max-rate 1M
expect_exit 0
expect_true test "$ms" -ge 1500
oakum repo verify "$T/mirrored"
expect_exit 0
oakum repo sync main --to "$T/mirrored" --max-rate fast
expect_refused 2 "'--max-rate' cannot be 'fast'"
mkdir small
echo small > small/s.zip
printf '{"schemaVersion":"2.0","version":"1.0.0","packages":{"_any":{"_any":{"_any":{"file":"s.zip"}}}},"files":{"s.zip":{"checksums":{"sha256":"%s"}}}}\n' \
	"$(sha256sum small/s.zip | cut -d' ' -f1)" > small/manifest.json
oakum repo init "$T/tiny" --keys "$T/tinykeys"
oakum repo add "$T/tiny" small
oakum repo publish "$T/tiny"
oakum repo trust add tiny --url "$nginx_url/tiny" --root "$T/tiny/metadata/1.root.json"
oakum repo sync tiny --to "$T/tinier" --max-rate 4k # less than the rate below which a mirror is called slow
expect_exit 0
echo 'network: {jitter: 50ms}' > "$OAKUM_CONFIG"
oakum repo get repo:tiny/pkg/small/1.0.0/s.zip --to got.tiny
expect_refused 2 "network.jitter"
echo 'network: {jitter: 1s}' > "$OAKUM_CONFIG"
oakum repo get repo:tiny/pkg/small/1.0.0/s.zip --to got.tiny
expect_exit 0
echo 'network: {maxRate: fast}' > "$OAKUM_CONFIG"
oakum repo get repo:main/pkg/web/1.0.0/web.zip
expect_refused 2 "'network.maxRate' cannot be 'fast'"
echo "network: {proxy: '$hostile_url'}" > "$OAKUM_CONFIG"
fetch proxy http://far.invalid/file/repo
right
echo "network: {caFile: '$T/server.pem', clientCert: '$T/node.pem', clientKey: '$T/node.key'}" > "$OAKUM_CONFIG"
fetch certificate "$nginx_tls/repo"
right
echo "network: {caFile: '$T/server.pem'}" > "$OAKUM_CONFIG"
fetch certificate "$nginx_tls/repo"
ok
[ "$code" != 0 ] || fail "nginx takes whoever comes"
echo "network: {clientCert: '$T/node.pem', clientKey: '$T/node.key'}" > "$OAKUM_CONFIG"
fetch certificate "$nginx_tls/repo"
expect_exit 5
echo '{}' > "$OAKUM_CONFIG"
fetch folder "$T/nowhere" "$R"
right
fetch file "file://$R"
right

# --- two at once write no mixture ----------------------------------------------------------------------------------------------------
rm -rf "$T/cache"
oakum repo trust add main --url "$good" --root "$R/metadata/1.root.json"
for i in 1 2 3 4; do
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$OAKUM_CONFIG" repo get repo:main/pkg/web/1.0.0/web.zip --to "got$i" 2> "err$i" &
	eval "job$i=$!"
done
for i in 1 2 3 4; do
	eval "wait \$job$i"
	expect_true test $? = 0
	expect_same "got$i" web/web.zip
done
finish
