# SPDX-License-Identifier: GPL-3.0-or-later
# Full disks and failing ones: each file system that a patch run writes to is full, or has no inode left, on its own; then single writes, syncs and
# renames of oakum fail, spread over a whole run. Exit and status are honest, the reason is told, and with room again the next run ends new and clean.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
need_tool cc
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
cc -shared -fPIC -O1 -o "$T/diskerror.so" "$OAKUM_SOURCE/tests/lib/diskerror/diskerror.c" -ldl || exit 1
fresh_root base
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
index_repo "$R"
prepared=$R
: >"$T/empty.yaml"
both() { printf %s%s "$(version_of fine)" "$(version_of second)"; }
honest() { # WHAT
	ok; [ "$first" -lt 126 ] || fail "$1 ended with $first"
	ok; [ "$first" != 0 ] || [ "$(both)" = 22 ] || fail "$1: success is told, and there is $(both)"
	ok; [ "$first" = 0 ] || [ -s "$T/err" ] || [ -s "$T/out" ] || fail "$1 ended with $first, and not a word"
}
# With room again: resume is honest, or the next run alone; both end new and clean.
whole() { # WHAT THEN
	if [ "$2" = resume ]; then
		oakum --root "$R" resume
		ok; case $code in 0 | 1 | 4) ;; *) fail "resume after $1 ended with $code" ;; esac
		expect_clean_dpkg
	fi
	oakum --root "$R" patch --baseline "$T/everything.yaml" --restart none
	expect_exit 0
	ok; [ "$(both)" = 22 ] || fail "after $1: $(both)"
	expect_clean_dpkg
	oakum history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
	oakum history --audit
	expect_exit 0
}

# full WHERE bytes|inodes ROOM THEN: a tmpfs on that folder with its content, where ROOM kilobytes or inodes are free. The smallest files
# of a whole root take a page each there, hence the 40 MB above what du counts.
full() {
	fresh_root d "$prepared"
	rm -rf "$T/state" "$T/cache"
	mkdir -p "$T/cache" "$T/aside"
	cp -a "$T/state.used" "$T/state"
	case $1 in
	state) at=$T/state ;;
	cache) at=$T/cache ;;
	*) at=$R$1 ;;
	esac
	mkdir -p "$at"
	cp -a "$at/." "$T/aside/"
	case $2 in
	bytes) mount -t tmpfs -o "size=$(($(du -sk "$T/aside" | cut -f1) + 40000))k" none "$at" ;;
	inodes) mount -t tmpfs -o "size=500m,nr_inodes=$(($(find "$T/aside" | wc -l) + 50))" none "$at" ;;
	esac
	cp -a "$T/aside/." "$at/"
	rm -rf "$T/aside"
	case $2 in
	bytes)
		cat /dev/zero >"$at/fill" 2>/dev/null
		truncate -s "-$3K" "$at/fill" ;;
	inodes)
		(i=0; while true >"$at/fill.$i"; do i=$((i + 1)); done) 2>/dev/null
		for i in $(seq 0 $(($3 - 1))); do rm -f "$at/fill.$i"; done ;;
	esac
	oakum --root "$R" patch --baseline "$T/everything.yaml" --restart none
	first=$code fulls=$((fulls + 1))
	honest "$1 with $3 $2"
	[ "$first" = 0 ] || refusals=$((refusals + 1))
	[ "$first" = 0 ] || { ok; grep -qiE "no space|disk|full|room" "$T/err" "$T/out" || fail "$1 with $3 $2: the reason is not told"; }
	rm -f "$at"/fill*
	mount -o remount,size=600m,nr_inodes=100000 "$at"
	whole "$1 with $3 $2" "$4"
	umount "$at"
	drop_root d
}
fulls=0 refusals=0
fresh_root d "$prepared"
oakum --root "$R" scan --baseline "$T/everything.yaml"
cp -a "$T/state" "$T/state.used"
drop_root d
for what in bytes inodes; do
	for at in state cache / /var/lib/dpkg /var/cache /usr/share/fine /var/lib/apt /tmp; do
		[ $what = inodes ] && then=patch || then=resume
		full $at $what 0 $then
	done
done
for room in 100 300 500; do full state bytes $room resume; done # it ends somewhere in the middle
for room in 5 9 12 15; do full state inodes $room patch; done
for room in 100 300; do full /var/lib/dpkg bytes $room resume; done
for room in 2 6 10; do full /var/lib/dpkg inodes $room resume; done
ok; [ $refusals -gt 10 ] || fail "only $refusals of $fulls full disks were noticed"
echo "full disks: $fulls, of them $refusals noticed"

# Every so many writes, syncs, renames, creations of oakum itself fail with EIO: once, or from then on.
errors=0 told=0
strike() { # N MODE
	fresh_root e "$prepared"
	rm -rf "$T/state" "$T/cache" "$T/struck"
	run env LD_PRELOAD="$T/diskerror.so" DISKERROR="$1" DISKERROR_MODE="$2" DISKERROR_DIRS="$R/var:$T/state" DISKERROR_LOG="$T/struck" \
		"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" --restart none
	first=$code
	[ -s "$T/struck" ] || { drop_root e; return 1; }
	struck=$(cat "$T/struck")
	errors=$((errors + 1))
	honest "error $1 $2 ($struck)"
	[ "$first" != 0 ] || told=$((told + 1))
	case "$struck" in "sync $T/state/runs/"*) ok; [ "$first" != 0 ] || fail "success is told although a sync failed ($struck)" ;; esac
	whole "error $1 $2 ($struck)" "$3"
	drop_root e
}
for way in "once 13 resume" "on 19 patch"; do
	set -- $way
	n=1
	while strike $n "$1" "$3"; do n=$((n + $2)); done
done
ok; [ $errors -gt 15 ] || fail "only $errors errors"
echo "errors of the disk: $errors, of them $told without harm"
finish
