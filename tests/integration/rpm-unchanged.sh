#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An unchanged rpm host is answered from the kept answer; a change of anything that a scan reads is seen by the next scan.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
need_tool rpmbuild createrepo_c strace
rpmworld_home
rpmworld 1 24 || { fail "world 1 cannot be built"; finish; }
root=$T/root
cp -a "$WORLD/root" "$root"
mkdir -p "$T/cache" "$T/repo" "$root/etc/dnf/plugins" "$root/etc/dnf/vars" "$root/etc/pki" "$root/sys/kernel/livepatch/kpatch_1"
cp -a "$WORLD/rpms/repodata" "$T/repo/"
repo() { # repo ID URL [LINE…]
	file=$root/etc/yum.repos.d/$1.repo
	printf '[%s]\nname=%s\nbaseurl=%s\n' "$1" "$1" "$2" >"$file"
	shift 2
	for line in "$@"; do echo "$line" >>"$file"; done
}
repo world "file://$T/repo"

# Two scans of one moment; what they say may differ only where the host does.
at() { oakum --at 2026-11-01T00:00:00Z "$@"; }
snapshot() { find "$T/cache" -name scan.snapshot; }
# Scan until the answer is kept: changes of this very moment are not settled.
keep() {
	rm -f "$(snapshot)"
	tries=0
	while [ -z "$(snapshot)" ] && [ $tries -lt 500 ]; do
		at inventory --root "$root" -o json
		tries=$((tries + 1))
	done
	ok
	[ -n "$(snapshot)" ] || fail "no answer is ever kept"
	cp "$T/out" "$T/before"
}
# seen WHAT: the kept answer is no longer taken, and the new one is that of a host that was never seen before
seen() {
	at inventory --root "$root" -o json
	cp "$T/out" "$T/after"
	run "$OAKUM" --state "$T/state" --cache "$T/never" --config "$T/empty.yaml" --at 2026-11-01T00:00:00Z inventory --root "$root" -o json
	rm -rf "$T/never"
	ran="scan after a change of $1"
	ok
	cmp -s "$T/after" "$T/out" || { fail "the answer is not that of a first scan"; diff "$T/after" "$T/out" | head -n 5 >&2; }
	ok
	cmp -s "$T/after" "$T/before" && fail "the answer did not change"
	keep
}
loads_librpm() {
	strace -f -qq -e trace=openat -o "$T/trace" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" \
		--at 2026-11-01T00:00:00Z inventory --root "$root" -o json >"$T/out" 2>"$T/err"
	grep -q 'librpm' "$T/trace"
}

keep
ok
if loads_librpm; then fail "an unchanged host is examined again"; fi
expect_same "$T/before" "$T/out"

# readers of the database, dnf among them, set the owner of its log: no change
rpm --root "$root" --define '_dbpath /var/lib/rpm' -qa >/dev/null 2>&1
keep
chown "$(id -u)" "$root/var/lib/rpm/rpmdb.sqlite-wal" 2>/dev/null
ok
if loads_librpm; then fail "a reader of the database makes the host be examined again"; fi
expect_same "$T/before" "$T/out"

# a repository read in place is as fresh as the scan, also where the answer is the kept one
oakum --at 2026-11-09T00:00:00Z inventory --root "$root" -o json
expect_json '[.metadataAt, .repositories[0].fetchedAt]' '["2026-11-09T00:00:00Z","2026-11-09T00:00:00Z"]'

# the database
rpm --root "$root" --define '_dbpath /var/lib/rpm' -e --nodeps --noscripts kernel-5.1-1 2>/dev/null
seen "the rpm database"

# configuration
printf '[main]\nexcludepkgs=kernel*\n' >"$root/etc/dnf/dnf.conf"
seen "dnf.conf"
printf '[app]\nname=app\nstream=2\nprofiles=\nstate=enabled\n' >"$root/etc/dnf/modules.d/app.module"
seen "a module's stream"
mkdir -p "$root/etc/dnf/modules.defaults.d"
rm "$root/etc/dnf/modules.d/app.module"
printf -- '---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: app\n  stream: "1"\n...\n' >"$root/etc/dnf/modules.defaults.d/app.yaml"
seen "a module's default"
printf '!app-0:1.2-*\n' >"$root/etc/dnf/plugins/versionlock.list"
seen "versionlock.list"
mkdir -p "$root/srv"
: >"$root/srv/locks"
printf '[main]\nlocklist=/srv/locks\n' >"$root/etc/dnf/plugins/versionlock.conf"
seen "versionlock.conf"
printf '!app-0:1.2-*\n' >"$root/srv/locks"
seen "a list that versionlock.conf names"
# shellcheck disable=SC2016
repo other 'file:///$where/nothing' 'enabled=1'
seen "a new .repo file"
echo else >"$root/etc/dnf/vars/where"
seen "a variable"
rm "$root/etc/yum.repos.d/other.repo"
seen "a .repo file that is gone"
mkdir -p "$root/srv/repos"
repo linked "file://$T/absent"
mv "$root/etc/yum.repos.d/linked.repo" "$root/srv/repos/linked.repo"
ln -s /srv/repos/linked.repo "$root/etc/yum.repos.d/linked.repo" # means a file below the root there, and none here
seen "a .repo file that is a link"
sed -i 's/absent/elsewhere/' "$root/srv/repos/linked.repo"
seen "the target of a link"
rm "$root/etc/yum.repos.d/linked.repo"
keep
rpmworld_os "$root" opensuse
seen "os-release"
printf 'type: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: kernel*\n\n' >"$root/etc/zypp/locks"
seen "zypp's locks"
printf '[two]\nbaseurl=file://%s\n' "$T/absent" >"$root/etc/zypp/repos.d/two.repo"
seen "zypp's repositories"
rm -r "$root/etc/zypp/repos.d/two.repo" "$root/etc/zypp/locks"
rpmworld_os "$root" fedora

# metadata: in place; of the host's cache; of ours
keep
zcat -f "$T"/repo/repodata/*updateinfo.xml* | sed 's|<title>update |<title>renewed |' >"$T/updateinfo.xml"
modifyrepo_c --mdtype=updateinfo "$T/updateinfo.xml" "$T/repo/repodata" >/dev/null 2>&1
seen "a repository in place"
mv "$T/repo" "$T/moved"
seen "a repository that is gone"
mkdir -p "$root/var/cache/dnf/world-$(printf 'file://%s/repo' "$T" | sha256sum | cut -c1-16)"
cp -a "$T/moved/repodata" "$root"/var/cache/dnf/world-*/
seen "the host's cache"
touch -d '2026-10-01' "$root"/var/cache/dnf/world-*/repodata/*
seen "times in the host's cache"

# a key that decides on a signature
gpg -q --batch --passphrase '' --quick-gen-key 'r <r@example.invalid>' rsa2048 sign never 2>/dev/null
mv "$T/moved" "$T/repo"
gpg -q --batch --armor --detach-sign -u r@example.invalid -o "$T/repo/repodata/repomd.xml.asc" "$T/repo/repodata/repomd.xml"
repo world "file://$T/repo" repo_gpgcheck=1 gpgkey=file:///etc/pki/key
seen "a repository that must be signed"
gpg -q --armor --export r@example.invalid >"$root/etc/pki/key"
seen "a key"

# a live patch is looked at on every scan, whatever was kept
printf '1 x86_64 kpatch-patch-5_2-1 0 1 1 -\n' >"$T/plan"
mkdir -p "$T/kpatch"
rpmworld_build "$T/plan" "$T/kpatch"
rpm --root "$root" --define '_dbpath /var/lib/rpm' -i --nodeps --noscripts --nosignature "$T"/kpatch/*.rpm 2>/dev/null
keep
expect_json 'has("livePatches")' false
echo 1 >"$root/sys/kernel/livepatch/kpatch_1/enabled"
at inventory --root "$root" -o json
expect_json '.livePatches | length' 1
echo 0 >"$root/sys/kernel/livepatch/kpatch_1/enabled"
at inventory --root "$root" -o json
expect_json 'has("livePatches")' false
finish
