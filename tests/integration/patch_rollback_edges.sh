# SPDX-License-Identifier: GPL-3.0-or-later
# What may stand between a run and its rollback: each is told before anything is changed, and a dry run tells it package by package.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root edges
for p in fine second needy; do make_deb "$R/repo" $p 1; done
make_deb "$R/repo" clings 1 'Depends: brought'
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second needy >/dev/null 2>&1
chroot "$R" apt-mark auto second >/dev/null
for p in fine second; do make_deb "$R/repo" $p 2; done
make_deb "$R/repo" needy 2 'Depends: brought'
make_deb "$R/repo" brought 1
rm "$R"/repo/second_1_*
index_repo "$R"
rm -f "$R"/var/cache/apt/archives/*.deb
canary >"$T/before"
same() { canary >"$T/after"; expect_same "$T/$1" "$T/after"; }
forward() {
	oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
	expect_exit 0
	run_id=$(jq -r .id "$T/out")
	old=$T/state/runs/$run_id/old
	canary >"$T/forward"
}
back() { oakum --root "$R" rollback "$run_id" "$@"; }
forward
ok; (cd "$old" && sha256sum -c SHA256SUMS >/dev/null) || fail "the hashes of the old archives are not theirs"

# what it would do, package by package
back --dry-run -o json
expect_exit 0
expect_json '[.schema, .refused]' '["oakum.plan/1",[]]'
expect_json '[.actions[] | [.patch, .kind, .from, .to, (.reason | gsub("run [^ ]* "; ""))]] | sort' \
	'[["brought.amd64","REMOVE","1",null,"undoes (remove)"],["fine.amd64","DOWNGRADE","2","1","undoes (repository: fine_1_amd64.deb)"],["needy.amd64","DOWNGRADE","2","1","undoes (repository: needy_1_amd64.deb)"],["second.amd64","DOWNGRADE","2","1","undoes (rebuild: second_1_amd64.deb)"]]'
back --dry-run
expect_exit 0
expect_out_has '4 actions in 1 batch'
expect_out_has 'second_1_amd64.deb'
same forward

# archives that are damaged, or gone: nothing is changed
cp "$old/second_1_amd64.deb" "$T/kept.deb"
printf x >>"$old/second_1_amd64.deb"
back
expect_refused 5 'damaged'
same forward
back --dry-run -o json
expect_exit 5
expect_json '[.refused[] | [.patch, .reason]]' '[["second.amd64","ARCHIVE_CHANGED"]]'
rm "$old/second_1_amd64.deb"
back
expect_refused 1 'second_1_amd64.deb'
same forward
cp "$T/kept.deb" "$old/second_1_amd64.deb"

# somebody needs what the run brought in: it is not removed with it
chroot "$R" apt-get -qq -y install clings >/dev/null 2>&1
canary >"$T/clinging"
back -o json
expect_exit 1
expect_out_has clings
same clinging
chroot "$R" apt-get -qq -y purge clings >/dev/null 2>&1
same forward

# the host has moved on: a package upgraded, one removed
make_deb "$R/repo" fine 3
index_repo "$R"
chroot "$R" apt-get -qq -y install fine >/dev/null 2>&1
back
expect_refused 1 "'fine.amd64': it is 3 now"
back --dry-run
expect_exit 1
expect_out_has MOVED
expect_version second 2
rm "$R"/repo/fine_3_*
index_repo "$R"
chroot "$R" apt-get -qq -y --allow-downgrades install fine=2 >/dev/null 2>&1
same forward
chroot "$R" apt-get -qq -y purge needy >/dev/null 2>&1
back
expect_refused 1 "'needy.amd64': it is absent now"
chroot "$R" apt-get -qq -y install needy=2 >/dev/null 2>&1
chroot "$R" apt-mark auto brought >/dev/null
same forward

# another root, an unknown run, a run of nothing
mkdir "$T/other"
mount --bind "$T/edges" "$T/other"
echo 11111111111111111111111111111111 >"$T/id"
mount --bind "$T/id" "$T/other/etc/machine-id"
oakum --root "$T/other" rollback "$run_id"
expect_refused 1 'not on this system'
umount "$T/other/etc/machine-id" "$T/other"
oakum --root "$R" rollback 20200101-000000-ffff
expect_refused 2 'no patch run'
oakum --root "$R" rollback ../../etc
expect_refused 2 'no patch run'

# back; again is no harm; a rollback is not rolled back; forward and back once more
back -o json
expect_exit 0
expect_json .status '"SUCCESS"'
same before
expect_clean_dpkg
rolled=$(last_run)
back --dry-run -o json
expect_exit 0
expect_json '[.actions, .refused]' '[[],[]]'
back -o json
expect_exit 0
expect_json .status '"SUCCESS"'
same before
oakum --root "$R" rollback "$rolled"
expect_refused 2 'itself a rollback'
rm -f "$R"/var/cache/apt/archives/*.deb
forward
back -o json
expect_exit 0
same before
expect_clean_dpkg
finish
