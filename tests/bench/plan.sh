#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# oakum plan against apt-get -s dist-upgrade and unattended-upgrade --dry-run (984 packages, real lists), dnf --assumeno and
# zypper --dry-run (small root); a whole patch in one batch against the bare package manager (real bookworm, real updates).
set -u
: "${OAKUM_BUILD:?}"
OAKUM_SOURCE=${OAKUM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${OAKUM_OWN_MOUNTS:-}" ] && [ "$(id -u)" = 0 ]; then
	OAKUM_OWN_MOUNTS=1 exec unshare -m sh "$0" "$@"
fi
. "$OAKUM_SOURCE/tests/lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/roots.sh"
. "$OAKUM_SOURCE/tests/lib/patch.sh"
. "$OAKUM_SOURCE/tests/lib/rpmworld.sh"
. "$OAKUM_SOURCE/tests/lib/rpmroot.sh"
[ "$(id -u)" != 0 ] || own_mounts
everything_baseline
: >"$T/empty.yaml"
now() { date +%s%N; }
us() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" "$@" >/dev/null 2>&1; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# pair NAME NOTE PAIRS OURS PEER [BEFORE]: alternating runs
pair() {
	: >"$T/pairs"
	i=0
	while [ $i -lt "$3" ]; do
		i=$((i + 1))
		${6:-:}
		start=$(now); $4; a=$(($(now) - start))
		${6:-:}
		start=$(now); $5; b=$(($(now) - start))
		echo "$a $b" | awk '{ print $1 / 1e9, $2 / 1e9, $2 / $1 }' >>"$T/pairs"
	done
	printf '%-44s | %9.4f | %9.4f | %6.2f | %s\n' "$1" "$(cut -d' ' -f1 "$T/pairs" | median)" "$(cut -d' ' -f2 "$T/pairs" | median)" \
		"$(cut -d' ' -f3 "$T/pairs" | median)" "$2"
}

# a dpkg host of 984 packages
world=${OAKUM_BENCH:-$OAKUM_SOURCE/../shared/bench}/debworld
if [ -f "$world/status" ]; then
	W=$T/world
	empty_root "$W"
	cp "$world/status" "$W/var/lib/dpkg/status"
	chmod 644 "$W/var/lib/dpkg/status"
	cp /etc/os-release "$W/etc/"
	for suite in bookworm bookworm-updates bookworm-security; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror_of $suite) $suite main"
	done >"$W/etc/apt/sources.list"
	apt-config dump 2>/dev/null | grep -iE '^Acquire::(https?|ftp)::' >"$W/etc/apt/apt.conf.d/90net" || :
	apt_in "$W" sh -c 'cat "$1" >>"$APT_CONFIG"; apt-get -qq update' sh "$W/etc/apt/apt.conf.d/90net" >/dev/null 2>&1
	plan_deb() { us --root "$W" plan --baseline "$T/everything.yaml"; }
	apt_deb() { APT_CONFIG=$T/apt.conf apt-get -s dist-upgrade >/dev/null 2>&1; }
	plan_deb
	pair "plan / apt-get -s dist-upgrade" "984 packages; not slower is asked" 5 plan_deb apt_deb
	# unattended-upgrade as it is packaged, unpacked only: installed, it would start timers on this machine
	(
		cd "$T" && apt-get -qq download unattended-upgrades python3-distro-info &&
			for deb in unattended-upgrades_*.deb python3-distro-info_*.deb; do dpkg-deb -x "$deb" "$T/uu"; done
	) >/dev/null 2>&1
	mkdir -p "$W/var/run" "$W/var/lib/dpkg/updates" "$W/var/log/unattended-upgrades" "$W/var/lib/apt/periodic" "$W/var/cache/apt/archives/partial" # what it writes to
	if PYTHONPATH=$T/uu/usr/lib/python3/dist-packages /usr/bin/python3 -c 'import apt, distro_info' 2>/dev/null; then
		cat >>"$T/apt.conf" <<-EOF
			Unattended-Upgrade::Origins-Pattern { "origin=Debian"; };
			Unattended-Upgrade::LogDir "$W/var/log/unattended-upgrades/";
		EOF
		unattended() {
			APT_CONFIG=$T/apt.conf PYTHONPATH=$T/uu/usr/lib/python3/dist-packages \
				/usr/bin/python3 "$T/uu/usr/bin/unattended-upgrade" --dry-run --verbose >"$T/unattended" 2>&1
		}
		pair "plan / unattended-upgrade --dry-run" "20 times is asked" 1 plan_deb unattended
		grep -q 'Packages that will be upgraded' "$T/unattended" || tail -n 3 "$T/unattended" >&2
	else
		echo "skipped: no unattended-upgrade (python3-apt, or no mirror)" >&2
	fi
else
	echo "skipped: no bench/debworld" >&2
fi

# rpm roots
if [ "$(id -u)" = 0 ] && command -v rpmbuild >/dev/null && rpm_repo; then
	cat >"$T/rpm.yaml" <<-'EOF'
		schema: oakum.baseline/1
		name: rpm
		operatingSystem: REDHAT_ENTERPRISE_LINUX
		approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
	EOF
	sed 's/REDHAT_ENTERPRISE_LINUX/SUSE/' "$T/rpm.yaml" >"$T/suse.yaml"
	rpm_root "$T/dnf" fedora
	rpm_root "$T/zypp" opensuse
	plan_dnf() { us --root "$T/dnf" plan --baseline "$T/rpm.yaml"; }
	plan_zypp() { us --root "$T/zypp" plan --baseline "$T/suse.yaml"; }
	by_dnf() { dnf -q -c "$T/dnf/etc/dnf/dnf.conf" --installroot="$T/dnf" --releasever=39 -C --assumeno upgrade >/dev/null 2>&1; }
	by_zypp() { zypper -q --root "$T/zypp" --non-interactive --no-refresh update --dry-run >/dev/null 2>&1; }
	pair "plan / dnf --assumeno upgrade" "4 updates" 3 plan_dnf by_dnf
	pair "plan / zypper update --dry-run" "4 updates" 3 plan_zypp by_zypp
fi

# a whole patch run on rpm hosts: thirty updates of a megabyte or two, archives in a repository on this machine
if [ -d "$T/dnf" ] && [ -d "$T/zypp" ]; then
	libraries=$(find /usr/lib/x86_64-linux-gnu -maxdepth 1 -type f -size +1000k -size -2500k | sort | head -n 30)
	for v in 1.0 1.1; do
		i=0
		for library in $libraries; do
			i=$((i + 1))
			rm -rf "$T/files.many$i"
			mkdir -p "$T/files.many$i/usr/lib64"
			cp "$library" "$T/files.many$i/usr/lib64/"
			rpm_package "$T/rpms" many$i $v
		done
	done
	rpm_updateinfo $(seq -f 'many%g' 1 $i) >"$T/updateinfo.xml"
	rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
	rm -rf "$T/dnf" "$T/zypp"
	rpm_root "$T/dnf" fedora
	rpm_root "$T/zypp" opensuse
	fresh() { # KIND BASELINE
		rm -rf "$T/now" "$T/state"
		cp -a "$T/$1" "$T/now"
		us --root "$T/now" scan --baseline "$2"
		sync # neither pays for what the copy left to be written
	}
	fresh_dnf() { fresh dnf "$T/rpm.yaml"; }
	fresh_zypp() { fresh zypp "$T/suse.yaml"; }
	patch_dnf() { us --root "$T/now" patch --baseline "$T/rpm.yaml" || echo "our patch failed" >&2; }
	patch_zypp() { us --root "$T/now" patch --baseline "$T/suse.yaml" || echo "our patch failed" >&2; }
	bare_dnf() { dnf -q -y -c "$T/now/etc/dnf/dnf.conf" --installroot="$T/now" --releasever=39 -C upgrade >/dev/null 2>&1; }
	bare_zypp() { zypper -q --root "$T/now" --non-interactive --no-refresh update >/dev/null 2>&1; }
	pair "patch, one batch / dnf upgrade" "30 updates; ours also secures the old ones and scans" 3 patch_dnf bare_dnf fresh_dnf
	pair "patch, one batch / zypper update" "30 updates; ours also secures the old ones and scans" 3 patch_zypp bare_zypp fresh_zypp
fi

# a whole patch run on a dpkg host
if [ "$(id -u)" = 0 ] && BASE=$(debian_root); then
	fresh_root base
	enable_updates "$R" 2>/dev/null
	mkdir -p "$R/var/cache/apt/archives"
	chroot "$R" apt-get -qq -y -d dist-upgrade >/dev/null 2>&1
	BASE=$R n=0
	again() { [ $n = 0 ] || drop_root "w$n"; n=$((n + 1)); fresh_root "w$n"; rm -rf "$T/state"; us --root "$R" scan --baseline "$T/everything.yaml"; }
	patch_run() { us --root "$R" patch --baseline "$T/everything.yaml" || echo "our patch failed" >&2; }
	bare() { chroot "$R" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y dist-upgrade >/dev/null 2>&1; }
	pair "patch, one batch / apt-get dist-upgrade" "archives there; ours also secures the old ones and scans" 3 patch_run bare again
fi
