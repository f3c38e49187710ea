# repo serve: files with ranges, ETags and conditions; nothing but files of the folder; limits of heads and connections; TLS; its log.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
need_file "$OAKUM_BUILD/serve.so" "module serve (built without libmicrohttpd)"
R=$T/repo
oakum repo init "$R" --keys "$R/keys"
expect_exit 0
printf 'name: nightly\n' > nightly.yaml
oakum repo add "$R" --policy nightly.yaml
oakum repo publish "$R"
expect_exit 0
echo outside > outside
ln -s "$T/outside" "$R/targets/link"
ln -s "$T" "$R/targets/folder"
seq 1 2000 > "$R/targets/numbers"

started=
serve() { # OPTION…: $url is where it listens
	rm -f "$T/served" # the server opens it only when it runs: what the one before it said is not its address
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$OAKUM_CONFIG" repo serve "$R" --listen 127.0.0.1:0 --access-log "$T/log" "$@" 2>"$T/served" &
	server=$!
	started="$started $server"
	trap 'for p in $started; do kill $p 2>/dev/null; done; rm -rf "$T"' EXIT
	until grep -q "serving" "$T/served" 2>/dev/null; do
		kill -0 $server || { cat "$T/served" >&2; exit 1; }
		sleep 0.05
	done
	url=$(sed -n 's/.* at \(http[^ ]*\)$/\1/p' "$T/served")
}
http() { run curl -sS --path-as-is --max-time 60 -D "$T/head" -o "$T/body" -w '%{http_code}\n' "$@"; }
expect_status() { expect_exit 0; expect_true test "$(cat "$T/out")" = "$1"; }
expect_head() { ok; grep -qi -e "^$1" "$T/head" || fail "no header '$1' in: $(tr -d '\r' < "$T/head" | tr '\n' '|')"; }

oakum repo serve "$T/keys" --listen 127.0.0.1:0
expect_refused 2 "is no repository"
oakum repo serve "$R" --listen nonsense
expect_refused 2 "'--listen' cannot be 'nonsense'"
oakum repo serve "$R" --listen 127.0.0.1:65536
expect_refused 2 "'--listen' cannot be"
oakum repo serve "$R" --listen localhost:0
expect_refused 2 "is no numeric address"
oakum repo serve "$R" --tls-cert x.pem
expect_refused 2 "belong together"
serve

# --- files ---------------------------------------------------------------------------------------------------------------
http "$url/metadata/timestamp.json"
expect_status 200
expect_same body "$R/metadata/timestamp.json"
expect_head "Cache-Control: no-cache"
expect_head "Content-Type: application/json"
http "$url/targets/numbers"
expect_status 200
expect_same body "$R/targets/numbers"
expect_head "Accept-Ranges: bytes"
expect_head "Cache-Control: public"
etag=$(tr -d '\r' < head | sed -n 's/^[Ee][Tt]ag: //p')
date=$(tr -d '\r' < head | sed -n 's/^[Ll]ast-[Mm]odified: //p')
expect_true test -n "$etag"
http -I "$url/targets/numbers"
expect_status 200
expect_head "Content-Length: $(stat -c %s "$R/targets/numbers")"
expect_true test ! -s body -o "$(grep -c HTTP body)" = 1
http "$url/targets/%6Eumbers?query=1"
expect_status 200

# --- ranges and conditions -------------------------------------------------------------------------------------------------
part() { tail -c "+$(($1 + 1))" "$R/targets/numbers" | head -c "$2" > wanted; expect_same body wanted; }
http -H 'Range: bytes=10-19' "$url/targets/numbers"
expect_status 206
expect_head "Content-Range: bytes 10-19/$(stat -c %s "$R/targets/numbers")"
part 10 10
http -H 'Range: bytes=5-' -H "If-Range: $etag" "$url/targets/numbers"
expect_status 206
part 5 100000
http -H 'Range: bytes=5-' -H "If-Range: $date" "$url/targets/numbers"
expect_status 206
http -H 'Range: bytes=5-' -H 'If-Range: "other"' "$url/targets/numbers"
expect_status 200
part 0 100000
http -H 'Range: bytes=-7' "$url/targets/numbers"
expect_status 206
part $(($(stat -c %s "$R/targets/numbers") - 7)) 7
http -H 'Range: bytes=999999-' "$url/targets/numbers"
expect_status 416
expect_head "Content-Range: bytes \*/"
http -H 'Range: bytes=1-2,4-5' "$url/targets/numbers" # several: the whole, which is allowed
expect_status 200
http -H "If-None-Match: \"a\", W/$etag" "$url/targets/numbers"
expect_status 304
http -H "If-Modified-Since: $date" "$url/targets/numbers"
expect_status 304
http -H 'If-Match: "other"' "$url/targets/numbers"
expect_status 412

# --- nothing else ----------------------------------------------------------------------------------------------------------
for path in / /metadata /metadata/ /targets/../metadata/timestamp.json /targets/..%2fmetadata%2ftimestamp.json /%2e%2e/outside \
	/targets/link /targets/folder/outside /.oakum/config.json /keys/root-1.pem //metadata/timestamp.json /metadata//timestamp.json \
	/metadata/timestamp.json%00 /metadata/timestamp.json%zz '/metadata\timestamp.json' /%c0%ae%c0%ae/outside /absent; do
	http "$url$path"
	expect_status 404
done
http "$url/keys/root-1.pub"
expect_status 200 # what everybody may read
for method in POST PUT DELETE; do
	http -X $method --data-binary @"$R/targets/numbers" "$url/targets/numbers"
	expect_status 405
	expect_head "Allow: GET, HEAD"
done
head -c 60000 /dev/zero | tr '\0' x > long
http -H @long "$url/targets/numbers" -H "X-Long: $(cat long)"
ok
[ "$(cat out)" != 200 ] || fail "a head of 60,000 bytes was taken"
expect_same "$R/targets/numbers" "$R/targets/numbers"

# --- its own client, with a mirror that is dead before it --------------------------------------------------------------------
oakum repo trust add here --url http://127.0.0.1:9 --url "$url" --root "$R/metadata/1.root.json"
oakum repo get repo:here/policy/nightly.yaml --to got.yaml
expect_exit 0
expect_same got.yaml nightly.yaml

# --- the log: one line a request, whatever it was ----------------------------------------------------------------------------
http -g "$url/a\"b\\c"
expect_status 404
kill $server # a line is written when an answer has been sent: at its end all are there
wait $server
expect_true test $? = 0
ok
grep -q '"GET /targets/numbers" 206 10 ' log || fail "no line of the range: $(head -n 3 log)"
ok
grep -qF '"GET /a\x22b\x5cc" 404 ' log || fail "a quote in the log: $(tail -n 3 log)"

# --- limits: who says nothing, or is one too many, is hung up on; others are served --------------------------------------------
serve --timeout 1s --per-address 8
address=${url#http://}
run "$OAKUM_BUILD/tests/slow_client" "${address%:*}" "${address#*:}" 12
expect_exit 0
expect_out_has "ended by the server: 12"
http "$url/targets/numbers"
expect_status 200
kill $server
wait $server

# --- TLS -----------------------------------------------------------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
oakum repo serve "$R" --listen 127.0.0.1:0 --tls-cert key.pem --tls-key cert.pem
expect_refused 2 "cannot serve with this certificate and key"
serve --tls-cert cert.pem --tls-key key.pem
http --cacert cert.pem "$url/metadata/timestamp.json"
expect_status 200
expect_same body "$R/metadata/timestamp.json"
kill $server
wait $server
expect_true test $? = 0
finish
