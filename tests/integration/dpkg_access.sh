# Build dates come the way that apt goes: proxies per host, DIRECT, logins of sources and auth.conf; none of them is shown.
# timeout: 60
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
everything
signing_key
R=$T/root
mkdir -p "$T/www"
hostile_serve "$T/www"
port=$hostile_port
host=127.0.0.1:$port
unset https_proxy no_proxy
export http_proxy=http://127.0.0.1:1 # nobody is there

# repo NAME SECONDS: a signed repository NAME with package NAME, whose file says SECONDS
repo() {
	repo=$T/www/$1
	mkdir -p "$repo/dists/$1/main/binary-amd64" "$repo/pool"
	P=$repo/dists/$1/main/binary-amd64/Packages
	printf '!<arch>\ndebian-binary   %-12s0     0     100644  4         `\n2.0\n%0200d' "$2" 0 >"$repo/pool/$1_2_amd64.deb"
	: >"$P"
	offered "$P" "$1" 2
	sed -i "s/^SHA256: .*/SHA256: $(sha256sum <"$repo/pool/$1_2_amd64.deb" | cut -d' ' -f1)/" "$P"
	release "$repo" "$1" "Label: Test"
}
empty_root "$R"
n=0
for name in proxied direct login own; do
	n=$((n + 1))
	repo $name $((1700000000 + n))
	installed "$R" $name 1
done
mkdir -p "$R/etc/apt/auth.conf.d"
cat >"$R/etc/apt/apt.conf.d/ways" <<-EOW
	Acquire::Retries "0";
	Acquire::http::Proxy "http://$host";
	Acquire::http::Proxy::127.0.0.1 "DIRECT";
	Acquire::http::locked.invalid::Proxy "http://genie:lamp@$host";
EOW
key="[signed-by=$T/key.asc]"
cat >"$R/etc/apt/sources.list" <<-EOW
	deb $key http://far.invalid/file/proxied proxied main
	deb $key http://$host/file/direct direct main
	deb $key http://aladdin:open%3Asesame@locked.invalid/auth/own own main
EOW
scan() { oakum scan --root "$R" --baseline "$T/everything.yaml" -o json -v "$@"; }
dates='[.patches[] | select(.releaseBasis == "BUILD_TIME") | "\(.name) \(.released)"] | sort'
# silent WORD…: neither the answer nor what is kept has a password
silent() {
	for word in sesame lamp YWxhZGRpbjpvcGVuOnNlc2FtZQ; do
		expect_true [ -z "$(grep -rl "$word" "$T/out" "$T/err" "$T/state" "$T/cache")" ]
	done
}
proxied() { http_proxy= curl -s "http://$host/proxied"; }

echo "== through apt's proxy, or past it; with the login of the source"
scan --refresh
expect_exit 0
expect_json "$dates" '["direct 2023-11-14T22:13:22Z","own 2023-11-14T22:13:24Z","proxied 2023-11-14T22:13:21Z"]'
expect_json '[.problems[] | select(.kind == "build-date-unknown")]' '[]'
expect_true [ "$(proxied)" -ge 6 ]
silent

echo "== a login of auth.conf.d, in a file that only root reads"
echo "deb $key http://$host/auth/login login main" >>"$R/etc/apt/sources.list"
echo "machine http://$host/auth/login login aladdin password open:sesame" >"$R/etc/apt/auth.conf.d/login.conf"
chmod 600 "$R/etc/apt/auth.conf.d/login.conf"
scan --refresh
expect_exit 0
expect_json "$dates | length" 4
silent

echo "== a file behind a login that is not known: said, without what was tried"
rm -rf "$T/state" "$T/cache"
sed -i 's/machine .*/machine http:\/\/127.0.0.1:'"$port"'\/auth\/login\/dists login aladdin password open:sesame/' \
	"$R/etc/apt/auth.conf.d/login.conf"
scan --refresh
expect_exit 0
expect_json "$dates | length" 3
expect_json '[.problems[] | select(.kind == "build-date-unknown") | .detail | endswith("the server answered with status 401")]' '[true]'
silent

echo "== https with a CA and a certificate that lie below the root"
have_tool nginx || finish
mkdir -p "$R/etc/tls" "$T/nginx"
cd "$R/etc/tls" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem 2>/dev/null
for who in server client; do
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$who -keyout $who.key -out $who.csr 2>/dev/null
	echo "subjectAltName=IP:127.0.0.1" >ext
	openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $who.pem 2>/dev/null
done
chmod 644 client.key
cd "$T" || exit 1
# nginx cannot choose a port by itself: one that is taken is no error of ours
start_nginx() {
	for try in 1 2 3 4 5 6 7 8; do
		tls=$(shuf -i 20000-32000 -n 1)
		cat >"$T/nginx/conf" <<-EOC
			daemon on; pid $T/nginx/pid; error_log $T/nginx/log; events {}
			http { access_log off; client_body_temp_path $T/nginx/a; proxy_temp_path $T/nginx/b; fastcgi_temp_path $T/nginx/c;
			uwsgi_temp_path $T/nginx/d; scgi_temp_path $T/nginx/e;
			server { listen 127.0.0.1:$tls ssl; root $T/www; ssl_certificate $R/etc/tls/server.pem; ssl_certificate_key $R/etc/tls/server.key;
			ssl_client_certificate $R/etc/tls/ca.pem; ssl_verify_client on; } }
		EOC
		nginx -p "$T/nginx" -c "$T/nginx/conf" 2>/dev/null && return 0
	done
	return 1
}
stop_all() {
	[ ! -s "$T/nginx/pid" ] || kill "$(cat "$T/nginx/pid")"
	servers_end
}
trap stop_all EXIT
chmod 755 "$T"
ok; start_nginx || fail "nginx: $(tail -n 2 "$T/nginx/log")"
rm -rf "$T/state" "$T/cache"
cat >>"$R/etc/apt/apt.conf.d/ways" <<-EOW
	Acquire::https::CaInfo "/etc/tls/ca.pem";
	Acquire::https::127.0.0.1::SslCert "/etc/tls/client.pem";
	Acquire::https::127.0.0.1::SslKey "/etc/tls/client.key";
EOW
echo "deb $key https://127.0.0.1:$tls/direct direct main" >"$R/etc/apt/sources.list"
scan --refresh
expect_exit 0
expect_json "$dates" '["direct 2023-11-14T22:13:22Z"]'
finish
