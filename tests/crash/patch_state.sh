# SPDX-License-Identifier: GPL-3.0-or-later
# What oakum keeps of a run is cut, emptied, garbled, lost, or of a newer oakum, while the run did not end: resume, and the next run, never
# stop on it, nothing that was there is lost, no success is told that is none, and other commands work. The same for what lies beside it.
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
printf '#!/bin/sh\nif [ -p /gate ]; then echo here >/at; read -r go </gate; fi\n' >"$T/postinst.fine.2"
for p in fine second; do make_deb "$R/repo" $p 2; done
index_repo "$R"
prepared=$R
: >"$T/empty.yaml"
patch() { oakum --root "$R" patch --baseline "$T/everything.yaml" --restart none "$@"; }

# A run that was killed with its package manager, while dpkg configured: kept, to be broken in many ways.
fresh_root cut "$prepared"
mkfifo "$R/gate" "$R/at"
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" --restart none >/dev/null 2>&1 &
pid=$!
timeout 60 cat "$R/at" >/dev/null || { fail "the run never came to its middle"; finish; }
kill -9 $pid
kill -9 "-$(cat "$T"/state/runs/*/manager.lock)"
wait $pid 2>/dev/null
rm "$R/gate" "$R/at"
cut=$T/cut.top/up:$T/base.top/up:$BASE
id=$(basename "$T"/state/runs/*)
cp -a "$T/state" "$T/state.cut"
ok; [ -n "$(chroot "$R" dpkg --audit)" ] || fail "the run was not cut in its middle"

hurt() { # FILE HOW
	case $2 in
	empty) : >"$1" ;;
	half) truncate -s "$(($(stat -c %s "$1") / 2))" "$1" ;;
	garbage) head -c 700 /dev/urandom >"$1" ;;
	gone) rm "$1" ;;
	first) sed -i '1s/^../zz/' "$1" ;; # the first line does not fit its sum
	newer) sed -i 's/\(oakum\.[a-z]*\)\/1/\1\/9/; s/"kind":/"future":1,"kind":/' "$1" ;;
	esac
}
hurts=0
hurt_run() { # FILE HOW THEN
	fresh_root h "$cut"
	rm -rf "$T/state"
	cp -a "$T/state.cut" "$T/state"
	for file in $1; do hurt "$T/state/runs/$id/$file" "$2"; done
	what="$1 $2, $3"
	hurts=$((hurts + 1))
	oakum --root "$R" plan --baseline "$T/everything.yaml"
	expect_exit 0
	oakum history --runs -o json
	expect_exit 0
	oakum run show "$id" -o json
	expect_exit 0
	if [ "$3" = resume ]; then
		oakum --root "$R" resume
		ok; case $code in
		0) [ "$(version_of fine)$(version_of second)" = 22 ] || fail "$what: success is told, and there is $(version_of fine) $(version_of second)" ;;
		1) oakum run show "$id" -o json
			[ "$(jq -r .status "$T/out")" = INTERRUPTED ] || fail "$what: it is $(jq -r .status "$T/out")"
			jq -e '.detail | test("journal|plan")' "$T/out" >/dev/null || fail "$what: the run does not say why" ;;
		*) fail "$what: resume ended with $code" ;;
		esac
		expect_clean_dpkg
		oakum --root "$R" resume
		expect_exit 0
		expect_err_has "nothing to resume"
	fi
	patch -o json
	expect_exit 0
	expect_version fine 2
	expect_version second 2
	expect_clean_dpkg
	oakum history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
	ok; [ $failures = 0 ] || echo "at: $what" >&2
	drop_root h
}
for how in empty garbage gone first newer; do hurt_run journal $how resume; done
hurt_run journal first patch
hurt_run journal half resume
for file in plan.json options.json baseline.json run.json; do hurt_run $file half resume; done
hurt_run plan.json garbage patch
hurt_run "plan.json run.json" garbage resume
hurt_run "plan.json run.json" garbage patch
hurt_run "plan.json run.json journal" garbage resume
hurt_run "plan.json options.json baseline.json" newer resume
hurt_run marks gone resume
ok; [ $hurts -gt 12 ] || fail "only $hurts"

# what was cut off a damaged journal is kept
rm -rf "$T/state"
cp -a "$T/state.cut" "$T/state"
fresh_root h "$cut"
hurt "$T/state/runs/$id/journal" first
cp "$T/state/runs/$id/journal" "$T/hurt"
oakum --root "$R" resume
expect_same "$T/hurt" "$T/state/runs/$id/journal.damaged"
patch
expect_exit 0

# a run that asked for a reboot: on the same boot it waits, and says so, however often it is asked; after the boot it ends
line() { printf '%s %s\n' "$(printf %s "$1" | sha256sum | cut -c 1-16)" "$1"; }
id=$(last_run)
journal=$T/state/runs/$id/journal
mkdir -p "$R/proc/sys/kernel/random"
echo 11111111-2222-3333-4444-555555555555 >"$R/proc/sys/kernel/random/boot_id"
sed -i '$d' "$journal"
line '{"kind":"INTENT","step":"REBOOT","bootId":"11111111-2222-3333-4444-555555555555","at":"2026-11-23T15:47:08Z"}' >>"$journal"
cp "$journal" "$T/journal.waiting"
for again in 1 2; do
	oakum --root "$R" resume
	expect_exit 0
	expect_err_has "waits for a reboot that has not happened yet"
	expect_same "$T/journal.waiting" "$journal"
done
patch
expect_exit 0
expect_err_has "waits for a reboot that has not happened yet"
echo 99999999-2222-3333-4444-555555555555 >"$R/proc/sys/kernel/random/boot_id"
oakum --root "$R" resume
expect_exit 0
oakum run show "$id" -o json
expect_json '[.status, .reboot.booted]' '["SUCCESS",true]'
oakum --root "$R" resume
expect_err_has "nothing to resume"
rm -rf "$R/proc/sys"

# what lies beside the runs: the database, the audit log, what is remembered; of a run that ended well
last=$(last_run)
cp -a "$T/state" "$T/state.good"
beside() { # FILE HOW
	rm -rf "$T/state"
	cp -a "$T/state.good" "$T/state"
	for one in "$T"/state/$1; do hurt "$one" "$2"; done
	what="$1 $2"
}
for file in audit.log 'forecast-*' 'boot-*' ; do
	ls "$T"/state.good/$file >/dev/null 2>&1 || continue
	for how in empty half garbage gone; do
		beside "$file" $how
		make_deb "$R/repo" fine 3$how
		index_repo "$R"
		patch
		expect_exit 0
		expect_version fine 3$how
		oakum history --audit -o json
		ok; case "$file $how $code" in *" 0" | audit.log*" 5" | audit.log*" 1" | audit.log*" 4") ;; *) fail "$what: history --audit ended with $code" ;; esac
		make_deb "$R/repo" fine 2
		rm -f "$R"/repo/fine_3*
		index_repo "$R"
		chroot "$R" apt-get -qq -y --allow-downgrades install fine=2 >/dev/null 2>&1
	done
done
# a half last line of the audit log: the next entry stands on a line of its own, and the check says where it is broken
rm -rf "$T/state"
cp -a "$T/state.good" "$T/state"
lines=$(wc -l <"$T/state/audit.log")
truncate -s -20 "$T/state/audit.log"
oakum patch pause --until 2020-01-01T00:00:00Z --reason over
expect_exit 0
oakum history --audit
expect_err_has "line $lines"
ok; [ "$code" != 0 ] || fail "a broken chain is not told in the exit code"
for how in half garbage; do
	beside state.db $how
	rm -f "$T/state/state.db-wal" "$T/state/state.db-shm"
	patch
	ok; case $code in 0) ;; *) [ -s "$T/err" ] || fail "$what: no word" ;; esac
	ok; ls "$T"/state/state.db.corrupt-* >/dev/null 2>&1 || fail "$what: the old database is lost"
	oakum --root "$R" rollback "$last"
	ok; case $code in 0 | 1 | 2) ;; *) fail "$what: rollback ended with $code" ;; esac
done
echo "hurt: $hurts"
finish
