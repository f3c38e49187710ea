# SPDX-License-Identifier: GPL-3.0-or-later
# Going back on a dpkg host: shown before it is done, all or nothing, and what stands in the way.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline

# --dry-run shows each package; what a person did meanwhile is in the way, and nothing is changed before it is gone
fresh_root story
rm -rf "$T/state" "$T/cache"
for p in fine second stuck; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second stuck >/dev/null 2>&1
canary >"$T/before"
make_deb "$R/repo" new 1
make_deb "$R/repo" fine 2 'Depends: new'
make_deb "$R/repo" second 2
make_deb "$R/repo" stuck 2 'Depends: nowhere'
index_repo "$R"
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 4
id=$(jq -r .id "$T/out")
canary >"$T/patched"
oakum --root "$R" rollback --dry-run "$id" -o json
expect_exit 0
expect_json .schema '"oakum.plan/1"'
expect_json '[.actions[] | [.patch, .kind, .from, .to, .reason]] | sort' \
	"[[\"fine.amd64\",\"DOWNGRADE\",\"2\",\"1\",\"undoes run $id (repository: fine_1_amd64.deb)\"],[\"new.amd64\",\"REMOVE\",\"1\",null,\"undoes run $id (remove)\"],[\"second.amd64\",\"DOWNGRADE\",\"2\",\"1\",\"undoes run $id (repository: second_1_amd64.deb)\"]]"
expect_json .refused '[]'
chroot "$R" apt-get -qq -y remove second >/dev/null 2>&1
canary >"$T/moved"
oakum --root "$R" rollback --dry-run "$id" -o json
expect_exit 1
expect_json '[.refused[] | [.patch, .reason]]' '[["second.amd64","MOVED"]]'
oakum --root "$R" rollback "$id"
expect_refused 1 "'second.amd64': it is absent now, not 2"
canary >"$T/after"
expect_same "$T/moved" "$T/after"
chroot "$R" apt-get -qq -y install second >/dev/null 2>&1
# all of it; that the run's plan had refused something is no fault of going back; the scan is by the run's own rules
oakum --root "$R" rollback "$id"
expect_exit 0
expect_out_has 'SUCCESS'
expect_out_has "by 'everything'"
expect_out_lacks 'stuck'
ok; grep -q 'new.amd64 .*removed' "$T/out" || fail "what was removed is not called so"
canary >"$T/after"
expect_same "$T/before" "$T/after"
back=$(last_run)
# again: nothing is left to do; and a rollback is not rolled back, patch goes forward
oakum --root "$R" rollback "$id" -o json
expect_exit 0
expect_json .status '"SUCCESS"'
oakum --root "$R" rollback --dry-run "$id"
expect_out_has 'nothing to do'
oakum --root "$R" rollback "$back"
expect_refused 2 "is itself a rollback of '$id'"
canary >"$T/after"
expect_same "$T/before" "$T/after"

# kept archives that are gone or damaged: no half way back
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
id=$(jq -r .id "$T/out")
canary >"$T/patched"
old=$T/state/runs/$id/old
rm "$R"/repo/*_1_amd64.deb
index_repo "$R"
ok; [ -n "$(ls "$old" 2>/dev/null)" ] || fail "no archive was put aside"
for deb in "$old"/second*; do head -c 200 "$deb" >"$T/cut" && cp "$T/cut" "$deb"; done
oakum --root "$R" rollback "$id" -o json
expect_refused 5 second
canary >"$T/after"
expect_same "$T/patched" "$T/after"
rm "$old"/second*
oakum --root "$R" rollback "$id" -o json
expect_exit 1
ok; grep -q second "$T/err" || jq -e '.detail | test("second")' "$T/out" >/dev/null || fail "it is not said whose archive is gone"
canary >"$T/after"
expect_same "$T/patched" "$T/after"
expect_clean_dpkg
finish
