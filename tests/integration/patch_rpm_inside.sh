# SPDX-License-Identifier: GPL-3.0-or-later
# Roots that hold dnf and zypper themselves: theirs is run, chrooted, with --root; apart from this system by an overlay.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
need_tool rpmbuild createrepo_c
rpm_repo || { echo "cannot make the repository"; exit 1; }
rpm_baselines

# story FAMILY PROGRAM BASELINE
story() {
	have_tool "$2" || return 0
	rpm_root "$T/small-$1" "$1"
	fresh_root "in-$1" / 200m || { echo "skipped: no overlay on this system's root"; return; }
	# its own database, repositories and name; the packages of the small root are put where they say
	rm -rf "$R/var/lib/rpm" "$R/etc/yum.repos.d" "$R/etc/zypp" "$R/etc/dnf" "$R/var/cache/dnf" "$R/var/cache/zypp" "$R/etc/os-release"
	mkdir -p "$R/repo" "$R/etc/rpm" "$R/proc"
	cp -a "$T/rpms/." "$R/repo/"
	for part in var/lib/rpm etc/yum.repos.d etc/zypp etc/dnf etc/machine-id; do
		[ ! -e "$T/small-$1/$part" ] || { rm -rf "${R:?}/$part"; cp -a "$T/small-$1/$part" "$R/$part"; }
	done
	for name in hello plain zlib needy; do
		cp -a "$T/small-$1/usr/share/$name" "$R/usr/share/"
		cp -a "$T/small-$1/etc/$name.conf" "$R/etc/"
	done
	cp "$T/small-$1/etc/os-release" "$R/etc/os-release"
	for file in "$R"/etc/yum.repos.d/*.repo "$R"/etc/zypp/repos.d/*.repo; do
		[ ! -e "$file" ] || sed -i 's,^baseurl=.*,baseurl=file:///repo,' "$file"
	done
	printf '%%_dbpath /var/lib/rpm\n' >"$R/etc/rpm/macros"
	case $2 in
	dnf) run chroot "$R" env HOME=/nonexistent dnf -q --releasever=39 makecache ;;
	*) run chroot "$R" env HOME=/nonexistent zypper -q --non-interactive --no-gpg-checks refresh ;;
	esac
	[ "$code" = 0 ] || { echo "skipped: $2 does not work in a copy of this system: $(tail -n 2 "$T/err")"; return; }
	oakum --root "$R" plan --baseline "$3" -o json
	expect_exit 0
	expect_json '[.actions[].patch] | sort' '["extra.x86_64","hello.x86_64","needy.x86_64","plain.x86_64","zlib.x86_64"]'
	oakum --root "$R" patch --baseline "$3" -o json
	expect_exit 0
	expect_json '[.status, .installer]' "[\"SUCCESS\",\"$2\"]"
	run rpm_all "$R"
	expect_out "$(printf '%s\n' extra-1.0-1.x86_64 hello-1.1-1.x86_64 needy-1.1-1.x86_64 plain-1.1-1.x86_64 shell-1.0-1.x86_64 zlib-1.1-1.x86_64)"
	id=$(last_run)
	ok; ! grep -qE '^# .*(--installroot|--root)' "$T/state/runs/$id/logs/install.log" || fail "this system's $2 was used, not the root's"
	oakum --root "$R" rollback "$id"
	expect_exit 0
	run rpm_all "$R"
	expect_out "$(printf '%s\n' hello-1.0-1.x86_64 needy-1.0-1.x86_64 plain-1.0-1.x86_64 shell-1.0-1.x86_64 zlib-1.0-1.x86_64)"
}
before=$(sha256sum /var/lib/dpkg/status)
story fedora dnf "$T/rpm.yaml"
story opensuse zypper "$T/suse.yaml"
ok; [ "$(sha256sum /var/lib/dpkg/status)" = "$before" ] || fail "this system's own packages changed"
finish
