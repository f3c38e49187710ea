# A scan that systemd started leaves an entry with fields in the journal; without it, or with a journal that is gone, nothing differs.
. "$(dirname "$0")/../lib/assert.sh"
need_tool python3
cat >"$T/inventory.yaml" <<'Y'
schema: oakum.inventory/1
node: {id: n1, platform: {family: debian, id: debian, version: "12", arch: amd64}}
collectedAt: 2026-01-02T00:00:00Z
Y
listen() {
	rm -f "$T/socket" "$T/ready"
	python3 - "$T/socket" "$T/ready" >"$T/entry" <<'P' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(120)
open(sys.argv[2], "w").close()
sys.stdout.write(s.recv(65536).decode())
P
	listener=$!
	while [ ! -e "$T/ready" ] && kill -0 $listener 2>/dev/null; do sleep 0.1; done
}
listen
export OAKUM_JOURNAL_SOCKET="$T/socket" JOURNAL_STREAM=1:2
oakum scan --inventory "$T/inventory.yaml" -o json
expect_exit 0
wait $listener
for line in SYSLOG_IDENTIFIER=oakum OAKUM_EVENT=scan OAKUM_NODE=n1 OAKUM_MISSING=0 "OAKUM_STATUS=$(jq -r .summary.status "$T/out")"; do
	ok; grep -qx -- "$line" "$T/entry" || fail "the entry lacks '$line': $(tr '\n' ' ' <"$T/entry")"
done
# a package run, too
if [ "$(id -u)" = 0 ] && have_tool zstd; then
	. "$OAKUM_SOURCE/tests/lib/package.sh"
	plain_scripts "$T/scripts.1.0" 1.0
	script_package "$T/s1.0" tool 1.0
	new_root journal
	listen
	oakum --root "$R" package install "$T/s1.0" --allow-unsigned -o json
	expect_exit 0
	wait $listener
	for line in OAKUM_EVENT=run OAKUM_KIND=package OAKUM_STATUS=SUCCESS "OAKUM_RUN=$(jq -r .id "$T/out")"; do
		ok; grep -qx -- "$line" "$T/entry" || fail "the entry lacks '$line': $(tr '\n' ' ' <"$T/entry")"
	done
fi
OAKUM_JOURNAL_SOCKET=$T/gone
oakum scan --inventory "$T/inventory.yaml" -o json
expect_exit 0
expect_no_err
finish
