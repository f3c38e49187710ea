# Servers on loopback for tests, ended with the test. After assert.sh.
servers=
servers_stop() {
	for server in $servers; do kill "$server" 2>/dev/null; done
	if [ -n "${hostile_pid:-}" ]; then # it ends its answers that still run, too
		exec 8>&-
		wait "$hostile_pid"
	fi
}
servers_end() {
	servers_stop
	rm -rf "$T"
}
trap servers_end EXIT

# nginx_serve FOLDER: $nginx_url, and with NGINX_TLS (its lines of configuration) $nginx_tls; its log of "STATUS BYTES URI" is $T/nginx.log.
nginx_serve() {
	need_tool nginx
	as= # nginx gives up root, and then cannot read this test's folder
	[ "$(id -u)" != 0 ] || as='user root;'
	mkdir -p "$T/nginx"
	tries=0
	while :; do
		nginx_port=$((20000 + ($$ * 7 + tries * 131) % 30000))
		cat >"$T/nginx.conf" <<-END
			$as worker_processes 1; daemon off; pid $T/nginx/pid; error_log $T/nginx/err;
			events { worker_connections 256; }
			http { log_format short '\$status \$body_bytes_sent \$uri \$http_range'; access_log $T/nginx.log short;
			  client_body_temp_path $T/nginx/b; proxy_temp_path $T/nginx/p; fastcgi_temp_path $T/nginx/f; uwsgi_temp_path $T/nginx/u; scgi_temp_path $T/nginx/s;
			  server { listen 127.0.0.1:$nginx_port; ${NGINX_TLS:+listen 127.0.0.1:$((nginx_port + 1)) ssl; $NGINX_TLS} root $1; } }
		END
		nginx -p "$T" -c "$T/nginx.conf" 2>/dev/null &
		nginx_pid=$!
		until curl -s -o /dev/null "http://127.0.0.1:$nginx_port/"; do
			kill -0 $nginx_pid 2>/dev/null || break
			sleep 0.05
		done
		if kill -0 $nginx_pid 2>/dev/null; then break; fi
		tries=$((tries + 1))
		[ $tries -lt 20 ] || { cat "$T/nginx/err" >&2; exit 1; }
	done
	servers="$servers $nginx_pid"
	nginx_url=http://127.0.0.1:$nginx_port
	nginx_tls=https://127.0.0.1:$((nginx_port + 1))
}

# hostile_serve FOLDER: $hostile_url, with $hostile_port in it, of tests/lib/hostile_httpd.c.
hostile_serve() {
	mkfifo "$T/hostile.in"
	"$OAKUM_BUILD/tests/hostile_httpd" "$1" <"$T/hostile.in" >"$T/hostile.port" &
	hostile_pid=$!
	exec 8>"$T/hostile.in"
	until [ -s "$T/hostile.port" ]; do sleep 0.05; done
	hostile_port=$(cat "$T/hostile.port")
	hostile_url=http://127.0.0.1:$hostile_port
}
