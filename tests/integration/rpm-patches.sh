#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# SUSE's patches as zypper lists them: status, category and severity of each, locks, retracted ones; their count in a verdict.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
need_tool rpmbuild createrepo_c zypper
rpmworld_home
root=$T/root
mkdir -p "$T/rpms" "$root/etc/zypp/repos.d"
printf '%s\n' '1 noarch alpha 0 1.0 1 -' '2 noarch alpha 0 1.1 1 -' '1 x86_64 beta 0 1.0 1 -' '2 x86_64 beta 0 1.1 1 -' \
	'2 noarch ghost 0 1.1 1 -' >"$T/plan"
rpmworld_build "$T/plan" "$T/rpms"
rpmworld_install "$root" "$T"/rpms/alpha-1.0* "$T"/rpms/beta-1.0*
rpmworld_os "$root" opensuse

# patch ID TYPE SEVERITY STATUS PACKAGE VERSION ARCH
patch() {
	printf '<update from="x" status="%s" type="%s" version="1"><id>%s</id><title>title of %s</title><issued date="1205492400"/>' "$4" "$2" "$1" "$1"
	[ "$3" = none-said ] || printf '<severity>%s</severity>' "$3"
	printf '<references><reference href="h" id="CVE-2024-1000" type="cve" title="t"/></references><pkglist><collection><name>c</name>'
	printf '<package name="%s" version="%s" release="1" epoch="0" arch="%s" src="s"><filename>f</filename></package></collection></pkglist></update>\n' "$5" "$6" "$7"
}
{
	echo '<?xml version="1.0"?><updates>'
	for category in security recommended optional feature document yast enhancement bugfix newpackage other "" Security unspecified; do
		patch "category-$category" "$category" important stable alpha 1.1 noarch
	done
	for severity in critical Critical important moderate Moderate medium low none unspecified "" none-said odd; do
		patch "severity-$severity" security "$severity" stable alpha 1.1 noarch
	done
	patch satisfied security low stable alpha 0.9 noarch
	patch elsewhere security low stable ghost 1.1 noarch
	patch elsewhere-optional optional low stable ghost 1.1 noarch
	patch other-arch security low stable beta 1.1 i686
	patch every-arch security low stable beta 1.1 noarch
	patch sources security low stable beta 1.1 src
	patch withdrawn security low retracted alpha 1.1 noarch
	patch in-test security low testing alpha 1.1 noarch
	patch locked security low stable beta 1.1 x86_64
	echo '</updates>'
} >"$T/updateinfo.xml"
rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
printf '[r]\nname=r\nbaseurl=file://%s/rpms\nenabled=1\ngpgcheck=0\n' "$T" >"$root/etc/zypp/repos.d/r.repo"
compare() {
	rpmworld_zypper_patches "$root" >"$T/zypper"
	oakum inventory --root "$root" -o json
	expect_exit 0
	rpmworld_our_patches >"$T/ours"
	expect_same "$T/zypper" "$T/ours"
}
status() { jq -r --arg id "$1" '.patches[] | select(.id == $id) | .status' "$T/out"; }

compare
expect_true [ "$(status locked)" = NEEDED ]
expect_true [ "$(status withdrawn)" = RETRACTED ]
expect_json '[.patches[] | select(.id == "elsewhere")]' '[{"id":"elsewhere","repository":"r","status":"NOT_APPLICABLE","classification":"Security","severity":"low","issued":"2008-03-14T11:00:00Z"}]'
expect_json '[.patches[] | select(.id == "satisfied") | [.title, .cves]]' '[["title of satisfied",["CVE-2024-1000"]]]'
for lock in 'type: patch\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: lock*' 'type: patch\nmatch_type: exact\nrepo: r\ncase_sensitive: on\nsolvable_name: locked'; do
	# shellcheck disable=SC2059
	printf "\n$lock\n\n" >"$root/etc/zypp/locks"
	compare
	expect_true [ "$(status locked)" = UNWANTED ]
done
rm "$root/etc/zypp/locks"

# a baseline counts what it would approve and what concerns nothing here; the inventory reads back
oakum inventory --root "$root" -o json
cp "$T/out" "$T/inventory.json"
cat >"$T/baseline.yaml" <<'YAML'
schema: oakum.baseline/1
name: security-only
operatingSystem: SUSE
approvalRules:
  patchRules:
    - patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}
      approveAfterDays: 0
YAML
for from in "--root $root" "--inventory $T/inventory.json"; do
	# shellcheck disable=SC2086
	oakum scan $from --baseline "$T/baseline.yaml" --no-store -o json
	expect_exit 0
	expect_json '.summary | [.missing, .notApplicable]' '[2,1]'
done
finish
