# timeout: 60
# A full disk while the database is written: exit 1, said, and what was stored before is whole. (Own mounts, as root.)
. "$(dirname "$0")/../lib/assert.sh"
data=$OAKUM_SOURCE/tests/data/cli/debian.json
[ "$(id -u)" = 0 ] || skip "needs root to mount a small disk"
if [ "${OAKUM_OWN_MOUNTS:-}" != 1 ]; then
	OAKUM_OWN_MOUNTS=1 exec unshare -m sh "$0"
fi
mkdir "$T/disk"
mount -t tmpfs -o size=400k tmpfs "$T/disk" || skip "no small disk can be mounted here"
scan() { run "$OAKUM" scan --state "$T/disk/state" --cache "$T/cache" --inventory "$data" --at "$1"; }
scan 2026-11-20T12:00:00Z
expect_exit 0
# fill it to the last byte
cat /dev/zero >"$T/disk/ballast" 2>/dev/null
jq '.packages = [range(3000) | {name: ("p" + tostring), arch: "amd64", evr: "1"}]' "$data" >"$T/large.json"
data=$T/large.json scan 2026-11-21T12:00:00Z
expect_refused 1 "$T/disk/state"
expect_err_lacks "corrupt-"
rm "$T/disk/ballast"
run "$OAKUM" history --state "$T/disk/state" --scans -o json
expect_json '[.scans[] | .at]' '["2026-11-20T12:00:00Z"]'
run "$OAKUM" db check --state "$T/disk/state"
expect_exit 0
data=$OAKUM_SOURCE/tests/data/cli/debian.json scan 2026-11-22T12:00:00Z
expect_exit 0
umount "$T/disk"
finish
