# SPDX-License-Identifier: GPL-3.0-or-later
# Archives kept with a snapshot: what no repository offers any more is planned and installed all the same, by apt, dnf and zypper,
# and only if it is what the snapshot recorded.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root live
for p in fine second needy; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second needy >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
make_deb "$R/repo" needy 2 'Depends: brought'
make_deb "$R/repo" brought 1
index_repo "$R"

oakum --root "$R" snapshot create monday --keep-archives --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.archives[] | [.name, .evr, .file]] | sort' \
	'[["brought","1","brought_1_amd64.deb"],["fine","2","fine_2_amd64.deb"],["needy","2","needy_2_amd64.deb"],["second","2","second_2_amd64.deb"]]'
ok; [ "$(ls "$T/state/snapshots" | tr '\n' ' ')" = 'monday.archives monday.json ' ] || fail "left in the folder: $(ls "$T/state/snapshots")"
ok; [ ! -e "$R/var/cache/oakum" ] || fail "left in the root: $(find "$R/var/cache/oakum")"

# what its repository dropped is on offer from what was kept
rm "$R"/repo/fine_* "$R"/repo/needy_* "$R"/repo/brought_*
index_repo "$R"
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot monday -o json
expect_exit 0
expect_json '[.actions[] | [.patch, .to]] | sort' '[["brought.amd64","1"],["fine.amd64","2"],["needy.amd64","2"],["second.amd64","2"]]'
expect_json .refused '[]'
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot monday -o json
cp "$T/out" "$T/plan.json"

# not what was recorded: as if it were not there
cp "$T/state/snapshots/monday.archives/fine_2_amd64.deb" "$T/good.deb"
printf x >>"$T/state/snapshots/monday.archives/fine_2_amd64.deb"
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot monday -o json
expect_json '[.refused[] | [.patch, .reason]]' '[["fine.amd64","NO_LONGER_OFFERED"]]'
expect_err_has 'not the recorded one'
oakum --root "$R" apply "$T/plan.json" --baseline "$T/everything.yaml"
expect_exit 1
expect_version fine 1
cp "$T/good.deb" "$T/state/snapshots/monday.archives/fine_2_amd64.deb"

# the plan from a file, and back
canary >"$T/before"
oakum --root "$R" apply "$T/plan.json" --baseline "$T/everything.yaml" -o json
expect_exit 0
for p in fine second needy; do expect_version $p 2; done
expect_version brought 1
ok; chroot "$R" apt-mark showauto | grep -qx brought || fail "what was brought along is not marked as automatic"
expect_clean_dpkg
ok; [ ! -e "$R/var/cache/oakum" ] || fail "left in the root: $(find "$R/var/cache/oakum")"
oakum --root "$R" rollback "$(last_run)"
expect_exit 0
canary >"$T/after"
expect_same "$T/before" "$T/after"
oakum --root "$R" patch --baseline "$T/everything.yaml" --snapshot monday -o json
expect_exit 0
expect_json .status '"SUCCESS"'
expect_version fine 2

# rpm hosts
need_tool rpmbuild dnf zypper
rpm_repo || fail "no packages could be made"
rpm_baselines
rpm_package "$T/rpms" absent 1.1
rpm_updateinfo hello plain zlib needy absent | sed 's,</updates>,,' >"$T/updateinfo.xml"
rpm_updateinfo hello | sed -e 's/<?xml.*<updates>//' -e 's/TEST-2026/TEST-2025/; s/version="1.1"/version="1.0"/; s/hello-1.1/hello-1.0/' >>"$T/updateinfo.xml"
rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
rpm_root "$T/dnf" fedora
rpm_root "$T/zypp" opensuse
on_rpm() { # NAME BASELINE: every approved version that the repository offers is in it, of what is not installed, too
	oakum --root "$T/$1" snapshot create "$1" --keep-archives --baseline "$2" -o json
	expect_exit 0
	expect_json '[.approved[] | [.name, .evr]] | sort' '[["absent","1.1-1"],["hello","1.0-1"],["hello","1.1-1"],["needy","1.1-1"],["plain","1.1-1"],["zlib","1.1-1"]]'
	expect_json '[.repositories[].offered]' '[11]'
	expect_json '[.archives[].file] | sort' '["extra-1.0-1.x86_64.rpm","hello-1.1-1.x86_64.rpm","needy-1.1-1.x86_64.rpm","plain-1.1-1.x86_64.rpm","zlib-1.1-1.x86_64.rpm"]'
}
on_rpm dnf "$T/rpm.yaml"
on_rpm zypp "$T/suse.yaml"
rm "$T"/rpms/hello-1.1* "$T"/rpms/needy-1.1* "$T"/rpms/extra-*
rpm_updateinfo plain zlib >"$T/updateinfo.xml"
rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
dnf -q -c "$T/dnf/etc/dnf/dnf.conf" --installroot="$T/dnf" --releasever=39 clean all >/dev/null 2>&1
rm -rf "$T/dnf/var/cache/dnf"
dnf -q -c "$T/dnf/etc/dnf/dnf.conf" --installroot="$T/dnf" --releasever=39 makecache >/dev/null 2>&1
rm -rf "$T/zypp/var/cache/zypp/packages"
zypper -q --root "$T/zypp" --non-interactive --no-gpg-checks refresh -f >/dev/null 2>&1
goes_on() { # NAME BASELINE
	oakum --root "$T/$1" plan --baseline "$2" --snapshot "$1" -o json
	expect_exit 0
	expect_json '[.actions[].patch] | sort' '["extra.x86_64","hello.x86_64","needy.x86_64","plain.x86_64","zlib.x86_64"]'
	expect_json .refused '[]'
	cp "$T/out" "$T/$1.json"
	oakum --root "$T/$1" apply "$T/$1.json" --baseline "$2" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	ok; [ "$(rpm_all "$T/$1" | grep -c -- '-1.1-1')" = 4 ] || fail "not all are there: $(rpm_all "$T/$1")"
}
goes_on dnf "$T/rpm.yaml"
goes_on zypp "$T/suse.yaml"
finish
