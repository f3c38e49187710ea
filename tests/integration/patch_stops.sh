# SPDX-License-Identifier: GPL-3.0-or-later
# What stops a patch run, or lets it leave something alone: locks, hooks, pauses, windows, holds.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root two
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
index_repo "$R"
canary >"$T/before"

# the package manager's lock held
mkfifo "$T/fifo"
python3 -c 'import fcntl, sys
f = open(sys.argv[1], "r+"); fcntl.lockf(f, fcntl.LOCK_EX); open(sys.argv[2], "w").write("held"); sys.stdin.read()' "$R/var/lib/dpkg/lock-frontend" "$T/held" <"$T/fifo" &
holder=$!
exec 7>"$T/fifo"
while ! grep -qs held "$T/held"; do kill -0 $holder || break; done
oakum --root "$R" patch --baseline "$T/everything.yaml" --wait-lock 1s
expect_refused 75 lock
exec 7>&-
wait $holder

# hooks: order and environment; a failing first one ends the run before any change; a writable one is refused
mkdir "$T/hooks"
printf '#!/bin/sh\necho "$OAKUM_HOOK $OAKUM_KIND $OAKUM_STATUS $OAKUM_ACTIONS" >>%s/hooks.log\n[ "$OAKUM_ROOT" -ef %s ]\n' "$T" "$R" >"$T/hooks/say"
printf '#!/bin/sh\necho no such luck >&2\nexit 7\n' >"$T/hooks/no"
chmod 755 "$T/hooks/say" "$T/hooks/no"
cat >"$T/hooks.yaml" <<EOF
hooks: {preInstall: [$T/hooks/say, $T/hooks/no], onExit: $T/hooks/say}
EOF
OAKUM_CONFIG=$T/hooks.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_refused 1 'no such luck'
run cat "$T/hooks.log"
n=2
expect_out "$(printf 'pre-install patch RUNNING %s\non-exit patch FAILED %s' "$n" "$n")"
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "a run with a failing hook changed the root"
# a run that ends that way is told as a document too
OAKUM_CONFIG=$T/hooks.yaml oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 1
expect_json .status '"FAILED"'
expect_json '[.actions[].status]' '["NOT_STARTED","NOT_STARTED"]'
ok; jq -e '.detail | test("no such luck")' "$T/out" >/dev/null || fail "the document does not say why"
chmod 777 "$T/hooks/say"
OAKUM_CONFIG=$T/hooks.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_refused 5 writable

# the command that makes a snapshot of the file system: right before the change, with the run's name; failing, or writable by others, it
# ends the run before any change
printf '#!/bin/sh\necho "$* $(cat %s/usr/share/fine/version)" >>%s/snapshot.log\n' "$R" "$T" >"$T/hooks/snap"
printf '#!/bin/sh\necho no space left in the pool >&2\nexit 3\n' >"$T/hooks/full"
chmod 755 "$T/hooks/snap" "$T/hooks/full"
echo "runs: {snapshotCommand: $T/hooks/full}" >"$T/snap.yaml"
OAKUM_CONFIG=$T/snap.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_refused 1 'no space left in the pool'
canary >"$T/after"
expect_same "$T/before" "$T/after"
chmod 777 "$T/hooks/snap"
echo "runs: {snapshotCommand: $T/hooks/snap}" >"$T/snap.yaml"
OAKUM_CONFIG=$T/snap.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_refused 5 writable
canary >"$T/after"
expect_same "$T/before" "$T/after"
ok; [ ! -e "$T/snapshot.log" ] || fail "a command that others may write was called"
chmod 755 "$T/hooks/snap"
OAKUM_CONFIG=$T/snap.yaml oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_version fine 2
id=$(last_run)
run cat "$T/snapshot.log"
expect_out "create $id 1"
oakum --root "$R" rollback "$id"
expect_exit 0
canary >"$T/after"
expect_same "$T/before" "$T/after"

# pause, closed window, --now; each is in the history
oakum --root "$R" patch pause --until 2999-01-01T00:00:00Z --reason "freeze of the year"
expect_exit 0
oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_exit 75
expect_err_has 'freeze of the year'
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 75
expect_json '[.status, (.detail | test("freeze of the year"))]' '["SKIPPED",true]'
oakum --root "$R" patch pause --until 2020-01-01T00:00:00Z --reason over
cat >"$T/window.yaml" <<'EOF'
schema: oakum.window/1
name: afternoon
schedule: at(2026-11-23T15:00:00)
timezone: UTC
duration: 3
cutoff: 1
EOF
oakum --root "$R" --at 2026-11-23T17:01:00Z patch --baseline "$T/everything.yaml" --window "$T/window.yaml"
expect_exit 75
oakum --root "$R" --at 2026-11-23T17:01:00Z patch --baseline "$T/everything.yaml" --window "$T/window.yaml" --now --dry-run
expect_exit 0
oakum history --runs -o json
expect_json '[.runs[].status] | map(select(. == "SKIPPED" or . == "MISSED_WINDOW")) | sort' '["MISSED_WINDOW","SKIPPED","SKIPPED"]'

# the network goes in mid-download: nothing is changed, and the run is none of success
head -c 3000000 /dev/urandom >"$T/pad"
make_deb "$R/repo" fine 3
cat >"$T/half.py" <<'EOF'
import http.server, os, sys
class Half(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if not self.path.endswith('.deb'):
            return super().do_GET()
        body = open(sys.argv[1] + self.path, 'rb').read()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])
        self.wfile.flush()
        self.connection.close()
    def log_message(self, *a): pass
os.chdir(sys.argv[1])
server = http.server.HTTPServer(('127.0.0.1', 0), Half)
open(sys.argv[2] + '.part', 'w').write(str(server.server_port))
os.rename(sys.argv[2] + '.part', sys.argv[2])
server.serve_forever()
EOF
index_repo "$R"
python3 "$T/half.py" "$R/repo" "$T/port" &
server=$!
while [ ! -e "$T/port" ]; do kill -0 $server || break; done
echo 'Acquire::http::Proxy "DIRECT";' >"$R/etc/apt/apt.conf.d/99direct"
echo "deb [trusted=yes] http://127.0.0.1:$(cat "$T/port") ./" >"$R/etc/apt/sources.list"
chroot "$R" apt-get -qq update >/dev/null 2>&1
canary >"$T/before"
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 75
expect_json .status '"FAILED"'
expect_err_has 'cannot download'
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "a broken download changed the root"
kill $server
wait $server 2>/dev/null
rm "$R/etc/apt/apt.conf.d/99direct" "$R"/repo/fine_3_*
index_repo "$R"

# an archive that is not what the signed lists say: untrusted, and nothing is changed
python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(-20, 2); b = f.read(1); f.seek(-20, 2); f.write(bytes([b[0] ^ 1]))' "$R/repo/fine_2_amd64.deb"
rm -f "$R"/var/cache/apt/archives/*.deb
canary >"$T/before"
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 5
expect_json .status '"FAILED"'
canary >"$T/after"
expect_same "$T/before" "$T/after"
make_deb "$R/repo" fine 2
index_repo "$R"

# a held package is left alone and told
chroot "$R" apt-mark hold fine >/dev/null
oakum --root "$R" plan --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.refused[] | [.patch, .reason]]' '[["fine.amd64","HELD"]]'
expect_json '[.actions[].patch]' '["second.amd64"]'

# an edited configuration file: kept, with the package's beside it; or the package's, with the edited one beside it
for answer in keep new; do
	fresh_root "conf-$answer"
	make_deb "$R/repo" fine 1
	index_repo "$R"
	chroot "$R" apt-get -qq -y install fine >/dev/null 2>&1
	echo mine >"$R/etc/fine/conf"
	make_deb "$R/repo" fine 2
	index_repo "$R"
	if [ $answer = keep ]; then
		oakum --root "$R" patch --baseline "$T/everything.yaml"
	else
		oakum --root "$R" patch --baseline "$T/everything.yaml" --conffiles new
	fi
	expect_exit 0
	expect_version fine 2
	ran="$ran: $(cd "$R/etc/fine" && head *)"
	case $answer in
	keep) expect_true grep -qx mine "$R/etc/fine/conf" && expect_true grep -qx 'setting of 2' "$R/etc/fine/conf.dpkg-dist" ;;
	new) expect_true grep -qx 'setting of 2' "$R/etc/fine/conf" && expect_true grep -qx mine "$R/etc/fine/conf.dpkg-old" ;;
	esac
done
finish
