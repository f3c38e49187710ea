# shellcheck shell=sh
# Roots that rpm can really work in: packages wrapped from this machine's own busybox and libraries, with scriptlets that run.
# Usage: . lib/assert.sh; . lib/rpmworld.sh; . lib/rpmroot.sh; rpm_repo; rpm_root DIR fedora|opensuse

# rpm_package DIR NAME VERSION [SPEC-LINE…]: files of $T/files.NAME (a tree) are its content.
rpm_package() {
	rpmdir=$1 name=$2 version=$3
	shift 3
	tree=$T/tree.$name
	rm -rf "$tree"
	mkdir -p "$tree"
	case $name in
	kernel* | *-kmp)
		mkdir -p "$tree/lib/modules/$version"
		echo "$version" >"$tree/lib/modules/$version/$name" ;; # versions stand beside each other
	*)
		mkdir -p "$tree/usr/share/$name" "$tree/etc"
		echo "$version" >"$tree/usr/share/$name/version"
		echo "setting of $version" >"$tree/etc/$name.conf" ;;
	esac
	[ ! -d "$T/files.$name" ] || cp -a "$T/files.$name/." "$tree/"
	{
		printf 'Name: %s\nVersion: %s\nRelease: 1\nSummary: made\nLicense: MIT\nAutoReqProv: no\n' "$name" "$version"
		for line; do printf '%s\n' "$line"; done
		printf '%%description\nmade\n%%install\ncp -a %s/. %%{buildroot}/\n' "$tree"
		[ ! -e "$T/post.$name.$version" ] || { printf '%%post\n'; cat "$T/post.$name.$version"; }
		printf '%%files\n'
		(cd "$tree" && find . -type f -o -type l) | sed 's/^\.//' | sed "s,^/etc/$name.conf,%config(noreplace) &,"
	} >"$T/$name.spec"
	rpmbuild -bb --quiet --target x86_64 --define "_topdir $T/rpmtop" --define "_rpmdir $rpmdir" \
		--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '__os_install_post %{nil}' \
		--define 'debug_package %{nil}' --define '_build_id_links none' --define "buildroot $T/rpmtop/BUILDROOT" "$T/$name.spec" >"$T/rpmbuild.log" 2>&1 </dev/null ||
		{ cat "$T/rpmbuild.log" >&2; return 1; }
	rm -rf "$tree" "$T/rpmtop"
}

# rpm_baselines: $T/rpm.yaml and $T/suse.yaml approve what has an advisory on security, at once.
rpm_baselines() {
	cat >"$T/rpm.yaml" <<-'YAML'
		schema: oakum.baseline/1
		name: rpm
		operatingSystem: REDHAT_ENTERPRISE_LINUX
		approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
	YAML
	sed 's/REDHAT_ENTERPRISE_LINUX/SUSE/' "$T/rpm.yaml" >"$T/suse.yaml"
}

# rpm_repo: $T/rpms with version 1.0 and 1.1 of hello, plain, zlib and needy; needy 1.1 needs the new package extra.
rpm_repo() {
	rpmworld_home
	mkdir -p "$T/rpms" "$T/files.shell/bin" "$T/files.zlib/usr/lib64"
	cp "$(command -v busybox)" "$T/files.shell/bin/busybox"
	ln -sf busybox "$T/files.shell/bin/sh"
	cp -L "$(ldconfig -p | awk '/libz.so.1 / { print $NF; exit }')" "$T/files.zlib/usr/lib64/libz.so.1"
	rpm_package "$T/rpms" shell 1.0 'Provides: /bin/sh' || return 1
	for v in 1.0 1.1; do
		printf 'echo "post %s $1" >>/post.log\n' "$v" >"$T/post.hello.$v"
		rpm_package "$T/rpms" hello "$v" 'Requires(post): /bin/sh' || return 1
		rpm_package "$T/rpms" plain "$v" || return 1
		rpm_package "$T/rpms" zlib "$v" || return 1
	done
	rpm_package "$T/rpms" needy 1.0 || return 1
	rpm_package "$T/rpms" needy 1.1 'Requires: extra' || return 1
	rpm_package "$T/rpms" extra 1.0 || return 1
	rpm_updateinfo >"$T/updateinfo.xml"
	rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
}
# rpm_updateinfo [NAME…]: advisories on 1.1 of them.
rpm_updateinfo() {
	[ $# -gt 0 ] || set -- hello plain zlib needy
	echo '<?xml version="1.0" encoding="UTF-8"?><updates>'
	i=0
	for name; do
		i=$((i + 1))
		printf '<update from="t@example.invalid" status="final" type="security" version="1"><id>TEST-2026:%04d</id><title>t</title><issued date="2026-01-01 00:00:00"/><severity>Critical</severity><references/><pkglist><collection short="t"><name>t</name><package name="%s" version="1.1" release="1" epoch="0" arch="x86_64" src="x.src.rpm"><filename>%s-1.1-1.x86_64.rpm</filename></package></collection></pkglist></update>' $i $name $name
	done
	echo '</updates>'
}

# rpm_root DIR FAMILY: version 1.0 of everything installed, $T/rpms its repository, its metadata fetched.
rpm_root() {
	mkdir -p "$1/var/lib/rpm" "$1/etc/yum.repos.d" "$1/etc/zypp/repos.d" "$1/etc/dnf" "$1/tmp" "$1/dev" "$1/proc"
	rpmworld_os "$1" "$2"
	echo 0123456789abcdef0123456789abcde"$(printf %.1s "$2" | tr fo 12)" >"$1/etc/machine-id"
	folder=yum.repos.d
	[ "$2" = fedora ] || folder=zypp/repos.d
	printf '[made]\nname=made\nbaseurl=file://%s/rpms\nenabled=1\ngpgcheck=0\nrepo_gpgcheck=0\nautorefresh=0\n' "$T" >"$1/etc/$folder/made.repo"
	printf '[main]\ngpgcheck=0\nplugins=0\n' >"$1/etc/dnf/dnf.conf"
	rpm --define '_dbpath /var/lib/rpm' --root "$1" --initdb
	rpm --define '_dbpath /var/lib/rpm' --root "$1" -i --nosignature --nodeps "$T"/rpms/*-1.0-1.x86_64.rpm 2>"$T/rpm.err" || { cat "$T/rpm.err" >&2; return 1; }
	rpm --define '_dbpath /var/lib/rpm' --root "$1" -e --nodeps extra 2>/dev/null
	rm -f "$1/post.log"
	case $2 in
	fedora) dnf -q -c "$1/etc/dnf/dnf.conf" --installroot="$1" --releasever=39 makecache >"$T/dnf.log" 2>&1 || { cat "$T/dnf.log" >&2; return 1; } ;;
	*) zypper -q --root "$1" --non-interactive --no-gpg-checks refresh >"$T/zypper.log" 2>&1 || { cat "$T/zypper.log" >&2; return 1; } ;;
	esac
}
rpm_all() { rpm --define '_dbpath /var/lib/rpm' --root "$1" -qa 2>/dev/null | sort; }
rpm_verify() { rpm --define '_dbpath /var/lib/rpm' --root "$1" -Va --nodeps 2>/dev/null; }
