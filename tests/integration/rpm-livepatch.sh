#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A loaded live patch covers a kernel's CVEs: real packages and database, the kernel's folders as fixtures below the root.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
need_tool rpmbuild createrepo_c dnf
rpmworld_home
mkdir -p "$T/rpms"
rpm_package "$T/rpms" kernel-core 1.0
rpm_package "$T/rpms" kernel-core 1.1
rpm_package "$T/rpms" kpatch-patch-1_0-1 1.0

# advisory ID PACKAGE VERSION CVE…
advisory() {
	id=$1 package=$2 version=$3
	shift 3
	printf '<update from="t@example.invalid" status="final" type="security" version="1"><id>%s</id><title>t</title><issued date="2026-01-01 00:00:00"/><severity>Important</severity><references>' "$id"
	for cve; do printf '<reference href="x" id="%s" type="cve" title="t"/>' "$cve"; done
	printf '</references><pkglist><collection short="t"><name>t</name><package name="%s" version="%s" release="1" epoch="0" arch="x86_64" src="x.src.rpm"><filename>x.rpm</filename></package></collection></pkglist></update>' "$package" "$version"
}
# world CVE…: what the live patch's advisories fix; the kernel's fixes CVE-2026-1 and CVE-2026-2.
world() {
	{
		echo '<?xml version="1.0" encoding="UTF-8"?><updates>'
		advisory TEST-2026:1 kernel-core 1.1 CVE-2026-1 CVE-2026-2
		advisory TEST-2026:2 kpatch-patch-1_0-1 0.9 CVE-2026-1
		advisory TEST-2026:3 kpatch-patch-1_0-1 1.0 "$@"
		echo '</updates>'
	} >"$T/updateinfo.xml"
	rm -rf "$T/rpms/repodata" "$T/root" "$T/cache"
	rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
	rpm_root "$T/root" fedora
	mkdir -p "$T/root/proc/sys/kernel" "$T/root/sys/kernel/livepatch/kpatch_1_0_1_1"
	echo 1.0-1.x86_64 >"$T/root/proc/sys/kernel/osrelease"
	echo "Linux version 1.0-1.x86_64 (t@t) #1 SMP" >"$T/root/proc/version"
	echo "${enabled:-1}" >"$T/root/sys/kernel/livepatch/kpatch_1_0_1_1/enabled"
	oakum scan --root "$T/root" --baseline oakum-fedora-strict --no-store -o json
	expect_exit 0
}
kernel() { jq -r '.patches[] | select(.name == "kernel-core") | "\(.state) \(.reason // "-")"' "$T/out"; }

world CVE-2026-2
ok; [ "$(kernel)" = "INSTALLED LIVE_PATCHED" ] || fail "covered by two advisories of the live patch, but $(kernel)"
world CVE-2026-3
ok; [ "$(kernel)" = "MISSING -" ] || fail "one CVE is open, but $(kernel)"
enabled=0
world CVE-2026-2
ok; [ "$(kernel)" = "MISSING -" ] || fail "the live patch is switched off, but $(kernel)"
finish
