#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The way to rpm repositories: certificates, proxies, logins and credentials as yum's, dnf's and zypp's configuration write them.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
need_tool rpmbuild createrepo_c nginx openssl
rpmworld_home
unset http_proxy https_proxy all_proxy no_proxy

mkdir -p "$T/www/repo"
printf '%s\n' '1 noarch alpha 0 1.0 1 -' '2 noarch alpha 0 1.1 1 -' >"$T/plan"
rpmworld_build "$T/plan" "$T/www/repo"
rpmworld_install "$T/root" "$T/www/repo/alpha-1.0-1.noarch.rpm"
rpmworld_repo "$T/www/repo"
root=$T/root
mkdir -p "$root/etc/yum.repos.d" "$root/etc/dnf" "$root/etc/zypp/repos.d" "$root/etc/zypp/credentials.d" "$root/etc/tls/authorities" "$T/nginx"

cd "$root/etc/tls" || exit 1
for authority in ca other; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=$authority -keyout $authority.key -out $authority.pem 2>/dev/null
done
for who in server client; do
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$who -keyout $who.key -out $who.csr 2>/dev/null
	echo "subjectAltName=IP:127.0.0.1" >ext
	openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $who.pem 2>/dev/null
done
cp ca.pem other.pem authorities/
cd "$T" || exit 1

# nginx cannot choose a port by itself: one that is taken is no error of ours
start_nginx() {
	for try in 1 2 3 4 5 6 7 8; do
		tls=$(shuf -i 20000-32000 -n 1)
		cat >"$T/nginx/conf" <<-EOC
			daemon on; pid $T/nginx/pid; error_log $T/nginx/log; events {}
			http { access_log off; client_body_temp_path $T/nginx/a; proxy_temp_path $T/nginx/b; fastcgi_temp_path $T/nginx/c;
			uwsgi_temp_path $T/nginx/d; scgi_temp_path $T/nginx/e;
			server { listen 127.0.0.1:$tls ssl; root $T/www; ssl_certificate $root/etc/tls/server.pem; ssl_certificate_key $root/etc/tls/server.key;
			ssl_client_certificate $root/etc/tls/ca.pem; ssl_verify_client optional;
			location /repo { if (\$ssl_client_verify != SUCCESS) { return 403; } }
			location /open/ { alias $T/www/repo/; } } }
		EOC
		nginx -p "$T/nginx" -c "$T/nginx/conf" 2>/dev/null && return 0
	done
	return 1
}
mkfifo "$T/httpd.in"
"$OAKUM_BUILD/tests/hostile_httpd" "$T/www" <"$T/httpd.in" >"$T/httpd.port" &
exec 9>"$T/httpd.in"
stop_all() {
	[ ! -s "$T/nginx/pid" ] || kill "$(cat "$T/nginx/pid")"
	exec 9>&-
	rm -rf "$T"
}
trap stop_all EXIT
chmod 755 "$T"
ok
start_nginx || { fail "nginx: $(tail -n 2 "$T/nginx/log")"; finish; }
tries=0
until [ -s "$T/httpd.port" ] || [ $tries -gt 100000 ]; do tries=$((tries + 1)); done
PORT=$(cat "$T/httpd.port")
proxied() { curl -s "http://127.0.0.1:$PORT/proxied"; }

# yum LINE…: the root's only repository; works and fails try it
yum() {
	rpmworld_os "$root" fedora
	printf '[r]\nname=r\n' >"$root/etc/yum.repos.d/r.repo"
	for line in "$@"; do echo "$line" >>"$root/etc/yum.repos.d/r.repo"; done
}
zypp() {
	rpmworld_os "$root" opensuse
	printf '[r]\nname=r\ngpgcheck=0\n' >"$root/etc/zypp/repos.d/r.repo"
	for line in "$@"; do echo "$line" >>"$root/etc/zypp/repos.d/r.repo"; done
}
try() {
	rm -rf "$T/cache"
	oakum inventory --root "$root" --refresh -o json
	ran="refresh with $(cat "$root/etc/$1/r.repo" "$root/etc/dnf/dnf.conf" 2>/dev/null | tr '\n' ';')"
	for secret in lamp sesame; do
		ok
		if grep -q "$secret" "$T/out" "$T/err"; then fail "a password is shown"; fi
	done
}
works() {
	try "$1"
	expect_exit 0
	expect_json '[.updates[].evr]' '["1.1-1"]'
}
fails() {
	try "$1"
	expect_exit 75
	expect_json '.repositories[0].error | length > 20' true
	[ -z "${2:-}" ] || expect_json ".repositories[0].error | contains(\"$2\")" true
}

url="baseurl=https://127.0.0.1:$tls/repo"
yum "$url" sslcacert=/etc/tls/ca.pem sslclientcert=/etc/tls/client.pem sslclientkey=/etc/tls/client.key
works yum.repos.d
yum "$url" sslcacert=/etc/tls/ca.pem
fails yum.repos.d
yum "$url" sslcacert=/etc/tls/other.pem sslclientcert=/etc/tls/client.pem sslclientkey=/etc/tls/client.key
fails yum.repos.d
yum "$url" sslverify=0 sslclientcert=/etc/tls/client.pem sslclientkey=/etc/tls/client.key
works yum.repos.d
yum "$url" sslcacert=/etc/tls/ca.pem sslclientcert=/etc/tls/gone.pem sslclientkey=/etc/tls/client.key
fails yum.repos.d /etc/tls/gone.pem
# [main] gives what a repository does not say; a repository may take it back
printf '[main]\nsslcacert=/etc/tls/ca.pem\nsslclientcert=/etc/tls/client.pem\nsslclientkey=/etc/tls/client.key\n' >"$root/etc/dnf/dnf.conf"
yum "$url"
works yum.repos.d
printf '[main]\nsslverify=0\n' >"$root/etc/dnf/dnf.conf"
yum "baseurl=https://127.0.0.1:$tls/open"
works yum.repos.d
yum "baseurl=https://127.0.0.1:$tls/open" sslverify=1
fails yum.repos.d
rm "$root/etc/dnf/dnf.conf"

# logins
yum "baseurl=http://127.0.0.1:$PORT/auth/repo" username=aladdin password=open:sesame
works yum.repos.d
yum "baseurl=http://aladdin:open%3Asesame@127.0.0.1:$PORT/auth/repo"
works yum.repos.d
yum "baseurl=http://127.0.0.1:$PORT/auth/repo"
fails yum.repos.d

# proxies: hosts of .invalid are known to the proxy alone
yum "baseurl=http://there.invalid/file/repo" "proxy=http://127.0.0.1:$PORT"
works yum.repos.d
expect_true [ "$(proxied)" -gt 0 ]
yum "baseurl=http://locked.invalid/file/repo" "proxy=http://127.0.0.1:$PORT" proxy_username=genie proxy_password=lamp
works yum.repos.d
yum "baseurl=http://locked.invalid/file/repo" "proxy=http://127.0.0.1:$PORT"
fails yum.repos.d
printf '[main]\nproxy=http://127.0.0.1:%s\nproxy_username=genie\nproxy_password=lamp\n' "$PORT" >"$root/etc/dnf/dnf.conf"
yum "baseurl=http://locked.invalid/file/repo"
works yum.repos.d
for none in proxy= proxy=_none_; do
	before=$(proxied)
	yum "baseurl=http://127.0.0.1:$PORT/file/repo" "$none"
	works yum.repos.d
	expect_true [ "$(proxied)" = "$before" ]
done
rm "$root/etc/dnf/dnf.conf"
yum "mirrorlist=http://127.0.0.1:$PORT/file/mirrors" "proxy="
printf '# comment\n\nhttp://127.0.0.1:1/nothing\nhttp://127.0.0.1:%s/file/repo\n' "$PORT" >"$T/www/mirrors"
works yum.repos.d

# zypp writes all that into the URL; what is not its own stays there
url="https://127.0.0.1:$tls"
cert='ssl_clientcert=/etc/tls/client.pem&ssl_clientkey=/etc/tls/client.key'
zypp "baseurl=$url/repo?ssl_capath=/etc/tls/authorities&$cert"
works zypp/repos.d
expect_json '.repositories[0].uri' "\"$url/repo\""
zypp "baseurl=$url/repo?ssl_capath=%2Fetc%2Ftls%2Fca.pem&$cert&timeout=30"
works zypp/repos.d
zypp "baseurl=$url/repo?ssl_verify=no&$cert"
works zypp/repos.d
zypp "baseurl=$url/open?token=abc&ssl_verify=no"
works zypp/repos.d
zypp "baseurl=$url/repo?$cert"
fails zypp/repos.d
zypp "baseurl=$url/?ssl_verify=no" "path=/open/"
works zypp/repos.d
zypp "baseurl=http://there.invalid/file/repo?proxy=127.0.0.1&proxyport=$PORT"
works zypp/repos.d
zypp "baseurl=http://locked.invalid/file/repo?proxy=127.0.0.1&proxyport=$PORT&proxyuser=genie&proxypass=lamp"
works zypp/repos.d
printf 'username = aladdin\npassword=open:sesame\n' >"$root/etc/zypp/credentials.d/cave"
zypp "baseurl=http://127.0.0.1:$PORT/auth/repo?credentials=cave"
works zypp/repos.d
zypp "baseurl=http://127.0.0.1:$PORT/auth/repo?credentials=nobody"
fails zypp/repos.d
expect_json '[.problems[] | select(.kind == "repository-config") | .detail | contains("/etc/zypp/credentials.d/nobody")]' '[true]'
finish
