# SPDX-License-Identifier: GPL-3.0-or-later
# Two at once: a run stands in its middle, and every other command that would change the host, or keep archives of it, waits or is
# refused with clear words and 75; those that only look work on. Commands that crash again and again end well when they are let.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root base
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
{ printf '#!/bin/sh\n'; printf 'if [ -p /gate ]; then echo $$ >/at; read -r go </gate; fi\n'; } >"$T/postinst.fine.2"
cp "$T/postinst.fine.2" "$T/postinst.fine.1"
make_deb "$R/old" fine 1
cp "$R/old"/*.deb "$R/repo/"
index_repo "$R"
chroot "$R" apt-get -qq -y --reinstall install fine=1 >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
index_repo "$R"
prepared=$R
: >"$T/empty.yaml"
mkdir "$T/own" && printf '#!/bin/sh\nexit 0\n' >"$T/own/run.sh"
oakum package init "$T/recipe" && oakum package build "$T/recipe" --out "$T/package"
begin() { # ARG…: in the background, until it stands at the gate
	mkfifo "$R/gate" "$R/at"
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" "$@" >"$T/run.out" 2>"$T/run.err" &
	pid=$!
	script=$(timeout 15 cat "$R/at") || fail "it never came to its middle: $(cat "$T/run.err")"
}
# oakum and the package manager that it began.
kill_both() {
	group=$(ps -o pgid= -p "$script" | tr -d ' ')
	kill -9 $pid
	[ -z "$group" ] || kill -9 "-$group"
	wait $pid 2>/dev/null
	crashes=$((crashes + 1))
	rm -f "$R/gate" "$R/at"
}
let_go() {
	timeout 60 sh -c "echo go >'$R/gate'" || fail "nobody waits"
	rm -f "$R/gate" "$R/at"
}
refused() {
	expect_exit 75
	expect_err_has "process $pid"
	expect_err_has "--wait-lock"
}
others() {
	for command in "patch --baseline $T/everything.yaml" resume "rollback 20260101-000000-aaaa" "apply $T/plan.json" \
		"package install $T/package --allow-unsigned" "package uninstall nothing"; do
		oakum --root "$R" $command
		refused
	done
	for command in "scan --baseline $T/everything.yaml" "plan --baseline $T/everything.yaml" "history --runs" "run show $(last_run)" "package list" "patch --baseline $T/everything.yaml --dry-run"; do
		oakum --root "$R" $command
		ok; case $code in 0 | 4) ;; *) fail "looking while a run is under way ended with $code" ;; esac
	done
}
fresh_root one "$prepared"
oakum --root "$R" plan --baseline "$T/everything.yaml" -o json
cp "$T/out" "$T/plan.json"
chmod 600 "$T/plan.json"
begin patch --baseline "$T/everything.yaml" --restart none
others
# one that waits: it finds nothing left to do
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" --wait-lock 60s -o json >"$T/second.out" 2>"$T/second.err" &
second=$!
# another state folder, the same host: dpkg's lock is the fence
run "$OAKUM" --state "$T/state2" --cache "$T/cache2" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" --wait-lock 0s
expect_exit 75
expect_err_has lock
let_go
code=0; wait $pid || code=$?
expect_exit 0
code=0; wait $second || code=$?
cp "$T/second.out" "$T/out"
expect_exit 0
expect_json '[.status, (.actions | length)]' '["SUCCESS",0]'
expect_version fine 2
first=$("$OAKUM" --state "$T/state" history --runs -o json | jq -r '.runs[-1].id')

# the same while a rollback stands in its middle
begin rollback "$first" --restart none
others
let_go
code=0; wait $pid || code=$?
expect_exit 0
expect_version fine 1
expect_version second 1
expect_clean_dpkg

# killed in a rollback, then in each resume; the last one ends it
crashes=0
oakum --root "$R" patch --baseline "$T/everything.yaml" --restart none
expect_exit 0
id=$(last_run)
begin rollback "$id" --restart none
for again in 1 2 3; do
	kill_both
	[ $again -lt 3 ] || break
	begin resume
done
oakum --root "$R" resume
expect_exit 0
expect_clean_dpkg
expect_version fine 1
expect_version second 1
oakum history --runs -o json
expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
expect_json '[.runs[0].kind, .runs[0].status]' '["rollback","SUCCESS"]'
# the same for a patch run
begin patch --baseline "$T/everything.yaml" --restart none
for again in 1 2 3; do
	kill_both
	[ $again -lt 3 ] || break
	begin resume
done
oakum --root "$R" resume
expect_exit 0
expect_clean_dpkg
expect_version fine 2
expect_version second 2
oakum history --runs -o json
expect_json '[.runs[0].kind, .runs[0].status]' '["patch","SUCCESS"]'

# dpkg's status changed twice in one second, to the same size: apt's own cache is no longer true, and apt does not see it
now=$(date +%s)
touch -d "@$now.1" "$R/var/lib/dpkg/status"
chroot "$R" apt-get -qq -s install fine >/dev/null
touch -d "@$now.5" "$R/var/cache/apt/pkgcache.bin"
sed -i '/^Package: fine$/,/^$/s/^Version: 2$/Version: 1/' "$R/var/lib/dpkg/status"
touch -d "@$now.9" "$R/var/lib/dpkg/status"
oakum --root "$R" patch --baseline "$T/everything.yaml" --restart none
expect_exit 0
expect_version fine 2
echo "crashes one after the other: $crashes"
finish
