# SPDX-License-Identifier: GPL-3.0-or-later
# A patch run and a rollback die at every fault point of ours, one after the other; resume ends each in the old or the new state.
# timeout: 420
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
FAULTS=${OAKUM_FAULTS:-$OAKUM_SOURCE/build/faults/oakum}
need_file "$FAULTS" "build with fault points (./bootstrap build faults)"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root base
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
index_repo "$R"
prepared=$R

: >"$T/empty.yaml"
faulty() { OAKUM_FAULT=$1 run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" "$2" "$3" "$4"; }
with() { run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" "$@"; }
# Old, or new; never between, never unclean, and no run left open.
expect_whole() {
	ok
	case "$(version_of fine)$(version_of second)" in 11 | 22) ;; *) fail "between old and new: $(version_of fine) $(version_of second)" ;; esac
	expect_clean_dpkg
	with history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
}

n=0
while n=$((n + 1)); do
	fresh_root "p$n" "$prepared"
	rm -rf "$T/state" "$T/cache"
	faulty $n patch --baseline "$T/everything.yaml"
	[ "$code" = 137 ] || break
	case "$(version_of fine)$(version_of second)" in 11 | 22) ;; *) echo "note: fault $n left a mixture before resume" ;; esac
	with resume
	ok; case $code in 0 | 1) ;; *) fail "resume after fault $n ended with $code" ;; esac
	expect_whole
	with patch --baseline "$T/everything.yaml"
	expect_exit 0
	expect_version fine 2
	expect_version second 2
	drop_root "p$n"
	[ $n -lt 200 ] || { fail "fault points without an end"; break; }
done
expect_exit 0
patch_points=$((n - 1))
ok; [ $patch_points -ge 12 ] || fail "only $patch_points fault points in a patch run"

# The same for going back, from the new state.
after=$T/p$n.top/up:$T/base.top/up:$BASE # overlays do not stack three deep
cp -a "$T/state" "$T/state.after"
cp -a "$T/cache" "$T/cache.after"
id=$("$FAULTS" --state "$T/state" history --runs -o json | jq -r '.runs[0].id')
n=0
while n=$((n + 1)); do
	fresh_root "r$n" "$after"
	rm -rf "$T/state"
	cp -a "$T/state.after" "$T/state"
	faulty $n rollback "$id" --restart=none
	[ "$code" = 137 ] || break
	with resume
	ok; case $code in 0 | 1) ;; *) fail "resume after fault $n of a rollback ended with $code" ;; esac
	expect_whole
	drop_root "r$n"
	[ $n -lt 200 ] || break
done
expect_version fine 1
echo "runs: $patch_points fault points in a patch, $((n - 1)) in a rollback"
finish
