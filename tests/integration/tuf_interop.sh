# timeout: 180
# Interoperation: tuf-js reads from nginx what oakum published, with two teams; oakum reads what @tufjs/models published, with
# rotated roots, a delegation, expiry and a wrong signature.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/npm.sh"
need_tool nginx
npm_packages
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1

mkdir web tool
for name in web tool; do
	echo "archive of $name" > $name/$name.zip
	printf '{"schemaVersion":"2.0","version":"1.0.0","packages":{"_any":{"_any":{"_any":{"file":"%s.zip"}}}},"files":{"%s.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		$name $name "$(sha256sum $name/$name.zip | cut -d' ' -f1)" > $name/manifest.json
done
oakum repo init "$T/served" --keys "$T/keys"
oakum repo add "$T/served" web
oakum repo publish "$T/served"
oakum repo key new "$T/served" packages/team
expect_exit 0
oakum repo add "$T/served" tool --role packages/team
oakum repo publish "$T/served"
expect_exit 0

port=$(free_port)
as= # nginx gives up root, and then cannot read this test's folder
[ "$(id -u)" != 0 ] || as='user root;'
cat > nginx.conf <<END
$as worker_processes 1; daemon off; pid $T/nginx.pid; error_log $T/nginx.err;
events { worker_connections 64; }
http { access_log $T/nginx.log; client_body_temp_path $T/b; proxy_temp_path $T/p; fastcgi_temp_path $T/f; uwsgi_temp_path $T/u; scgi_temp_path $T/s;
  server { listen 127.0.0.1:$port; root $T; } }
END
nginx -p "$T" -c "$T/nginx.conf" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
tries=0
until node -e "require('net').connect($port,'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))"; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { cat "$T/nginx.err" >&2; exit 1; }
done
url=http://127.0.0.1:$port

# --- theirs reads ours in bins ------------------------------------------------------------------------------------------
oakum repo init "$T/bins" --keys "$T/bkeys" --bins 256
oakum repo add "$T/bins" web
oakum repo add "$T/bins" tool
oakum repo publish "$T/bins"
expect_exit 0
mkdir -p jsbins/metadata jsbins/targets
cp bins/metadata/1.root.json jsbins/metadata/root.json
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$url/bins" "$T/jsbins/metadata" "$T/jsbins/targets" \
	pkg/web/1.0.0/manifest.json pkg/web/1.0.0/web.zip pkg/tool/1.0.0/tool.zip pkg/tool/@index/files.json
expect_exit 0
expect_same "$(sed -n 3p "$T/out")" tool/tool.zip
oakum repo key rotate "$T/bins" packages/main
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$url/bins" "$T/jsbins/metadata" "$T/jsbins/targets" pkg/web/1.0.0/manifest.json
expect_exit 0
oakum repo trust add bins --url "$url/bins" --root bins/metadata/1.root.json
oakum repo get repo:bins/pkg/web/1.0.0/web.zip --to got.bins
expect_same got.bins web/web.zip

# --- theirs reads ours --------------------------------------------------------------------------------------------------
mkdir -p js/metadata js/targets
cp served/metadata/1.root.json js/metadata/root.json
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$url/served" "$T/js/metadata" "$T/js/targets" \
	pkg/web/1.0.0/manifest.json pkg/web/1.0.0/web.zip pkg/tool/1.0.0/tool.zip
expect_exit 0
expect_true test "$(wc -l < "$T/out")" = 3
expect_same "$(sed -n 2p "$T/out")" web/web.zip
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$url/served" "$T/js/metadata" "$T/js/targets" pkg/web/2.0.0/web.zip
expect_exit 1
expect_err_has "no target"
for role in root timestamp snapshot targets; do
	oakum repo key rotate "$T/served" $role
	expect_exit 0
done
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$url/served" "$T/js/metadata" "$T/js/targets" pkg/tool/1.0.0/manifest.json
expect_exit 0
expect_true test "$(jq .signed.version js/metadata/root.json)" = 5

# --- ours reads ours over http, from its first root ---------------------------------------------------------------------
oakum repo trust add served --url "$url/nowhere" --url "$url/served" --root served/metadata/1.root.json
oakum repo get repo:served/pkg/tool/1.0.0/tool.zip --to got
expect_exit 0
expect_same got tool/tool.zip

# --- ours reads theirs --------------------------------------------------------------------------------------------------
for kind in plain rotated expired unsigned; do
	run node "$OAKUM_SOURCE/tests/lib/tufjs_publish.js" "$T/foreign-$kind" $kind
	expect_exit 0
	oakum repo trust add $kind --url "$url/foreign-$kind" --root "foreign-$kind/metadata/1.root.json"
	expect_exit 0
done
for kind in plain rotated; do
	oakum repo get repo:$kind/a/b/file.txt --to got
	expect_exit 0
	expect_true test "$(cat got)" = "made by somebody else"
done
oakum repo get repo:expired/a/b/file.txt
expect_refused 5 "expired 2020-01-01T00:00:00Z"
oakum repo get repo:unsigned/a/b/file.txt
expect_refused 5 "cannot verify 'snapshot'"

# --- the library's client, by the protocol of the conformance suite ------------------------------------------------------
client() { run "$OAKUM_BUILD/oaktuf-client" --metadata-dir "$T/lib" "$@"; }
mkdir fetched
client init foreign-rotated/metadata/1.root.json
expect_exit 0
client --metadata-url "$url/foreign-rotated/metadata" refresh
expect_exit 0
expect_true test "$(ls lib | tr '\n' ' ')" = "root.json snapshot.json targets.json timestamp.json "
expect_true test "$(jq .signed.version lib/root.json)" = 3
client --metadata-url "$url/foreign-rotated/metadata/" --target-name a/b/file.txt --target-base-url "$url/foreign-rotated/targets/" \
	--target-dir "$T/fetched" download
expect_exit 0
expect_true test "$(cat fetched/a%2Fb%2Ffile.txt)" = "made by somebody else"
expect_same lib/team.json foreign-rotated/metadata/1.team.json
client --metadata-url "$url/foreign-rotated/metadata" --target-name a/b/none --target-base-url "$url/foreign-rotated/targets" \
	--target-dir "$T/fetched" download
expect_exit 1
client --metadata-url "$url/foreign-expired/metadata" refresh
expect_exit 1
finish
