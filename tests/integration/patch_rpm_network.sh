# SPDX-License-Identifier: GPL-3.0-or-later
# The network goes in mid-transfer under dnf and under zypper: never a success, nothing changed, and the next run works. What no
# repository has any more cannot be undone on an rpm host: the plan says so, and the rollback refuses.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
need_tool rpmbuild dnf zypper python3
mkdir -p "$T/files.hello"
head -c 3000000 /dev/urandom >"$T/files.hello/pad"
rpm_repo || fail "no packages could be made"
cat >"$T/rpm.yaml" <<-'EOY'
	schema: oakum.baseline/1
	name: rpm
	operatingSystem: FEDORA
	approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
EOY
sed 's/FEDORA/SUSE/' "$T/rpm.yaml" >"$T/suse.yaml"

# serve.py FOLDER PORTFILE PORT half|whole: with half the server is gone after the first half of an archive of version 1.1.
cat >"$T/serve.py" <<'EOF'
import http.server, os, sys
class Server(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if sys.argv[4] != 'half' or not self.path.endswith('hello-1.1-1.x86_64.rpm'):
            return super().do_GET()
        body = open(sys.argv[1] + self.path, 'rb').read()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])
        self.wfile.flush()
        os._exit(0)
    def log_message(self, form, *a): print(self.path, file=open(sys.argv[2] + '.log', 'a'))
os.chdir(sys.argv[1])
server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[3])), Server)
open(sys.argv[2] + '.part', 'w').write(str(server.server_port))
os.rename(sys.argv[2] + '.part', sys.argv[2])
server.serve_forever()
EOF
serve() { # PORT half|whole: $port, $server
	rm -f "$T/port"
	python3 "$T/serve.py" "$T/rpms" "$T/port" "$1" "$2" 2>/dev/null &
	server=$!
	while [ ! -e "$T/port" ]; do kill -0 $server || exit 1; done
	port=$(cat "$T/port")
}

story() { # NAME FAMILY FOLDER BASELINE
	baseline=$4
	rpm_root "$T/$1" "$2"
	serve 0 half
	sed -i "s,^baseurl=.*,baseurl=http://127.0.0.1:$port/," "$T/$1/etc/$3/made.repo"
	rm -rf "$T/$1/var/cache/dnf" "$T/$1/var/cache/zypp"
	case $1 in
	dnf) dnf -q -c "$T/$1/etc/dnf/dnf.conf" --installroot="$T/$1" --releasever=39 makecache >"$T/log" 2>&1 || fail "$(cat "$T/log")" ;;
	*) zypper -q --root "$T/$1" --non-interactive --no-gpg-checks refresh >"$T/log" 2>&1 || fail "$(cat "$T/log")" ;;
	esac
	rpm_all "$T/$1" >"$T/before"
	oakum --root "$T/$1" plan --baseline "$baseline" -o json
	expect_json '[.actions[].patch] | length' 5
	cp "$T/out" "$T/$1.json"
	oakum --root "$T/$1" patch --baseline "$baseline" -o json
	expect_exit 75
	expect_json .status '"FAILED"'
	wait $server # it is gone
	rpm_all "$T/$1" >"$T/after"
	expect_same "$T/before" "$T/after"
	ok; [ -z "$(rpm_verify "$T/$1")" ] || fail "$1: rpm -Va complains: $(rpm_verify "$T/$1")"

	# nobody listens at all, and --download-only
	oakum --root "$T/$1" patch --baseline "$baseline" --download-only -o json
	expect_exit 75
	rpm_all "$T/$1" >"$T/after"
	expect_same "$T/before" "$T/after"

	# the same plan, once the network is back
	serve "$port" whole
	oakum --root "$T/$1" apply "$T/$1.json" --baseline "$baseline" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	ok; [ "$(rpm_all "$T/$1" | grep -c -- '-1.1-1')" = 4 ] || fail "$1: $(rpm_all "$T/$1")"
	oakum --root "$T/$1" rollback "$(last_run)" -o json
	expect_exit 0
	rpm_all "$T/$1" >"$T/after"
	expect_same "$T/before" "$T/after"

	# downloaded before the window: nothing of it is fetched in the window
	rm -rf "$T/$1"/var/cache/dnf/*/packages "$T/$1"/var/cache/zypp/packages
	: >"$T/port.log"
	oakum --root "$T/$1" patch --baseline "$baseline" --download-only -o json
	expect_exit 0
	ok; [ "$(grep -c -- '-1.1-1.*rpm$' "$T/port.log")" = 4 ] || fail "$1: downloaded were $(grep 'rpm$' "$T/port.log" | tr '\n' ' ')"
	: >"$T/port.log"
	oakum --root "$T/$1" patch --baseline "$baseline" -o json
	expect_exit 0
	ok; ! grep -- '-1.1-1.*rpm$' "$T/port.log" >&2 || fail "$1: these were downloaded in the window"
	ok; [ "$(rpm_all "$T/$1" | grep -c -- '-1.1-1')" = 4 ] || fail "$1: $(rpm_all "$T/$1")"
	kill $server
	wait $server 2>/dev/null
	oakum --root "$T/$1" rollback "$(last_run)" -o json
	expect_exit 0
}
story dnf fedora yum.repos.d "$T/rpm.yaml"
story zypp opensuse zypp/repos.d "$T/suse.yaml"

# the installed version is offered no more: no way back, and it is said before
rm "$T"/rpms/hello-1.0*
rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
serve 0 whole
sed -i "s,^baseurl=.*,baseurl=http://127.0.0.1:$port/," "$T/dnf/etc/yum.repos.d/made.repo"
rm -rf "$T/dnf/var/cache/dnf"
dnf -q -c "$T/dnf/etc/dnf/dnf.conf" --installroot="$T/dnf" --releasever=39 makecache >/dev/null 2>&1
oakum --root "$T/dnf" plan --baseline "$T/rpm.yaml" -o json
expect_exit 0
expect_json '[.actions[] | select(.patch == "hello.x86_64") | .reversible]' '[false]'
expect_json '[.actions[] | select(.patch == "plain.x86_64") | .reversible]' '[true]'
oakum --root "$T/dnf" plan --baseline "$T/rpm.yaml"
expect_out_has 'not reversible'
oakum --root "$T/dnf" patch --baseline "$T/rpm.yaml" -o json
expect_exit 0
rpm_all "$T/dnf" >"$T/before"
oakum --root "$T/dnf" rollback "$(last_run)"
expect_refused 1 'cannot go back'
rpm_all "$T/dnf" >"$T/after"
expect_same "$T/before" "$T/after"
kill $server
wait $server 2>/dev/null
finish
