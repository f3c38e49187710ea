#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Module streams as dnf takes them: enabled, switched, disabled, by default, hotfixes; advisories and versions, and why.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
need_tool rpmbuild createrepo_c dnf
rpmworld_home
rpmworld 1 24 || { fail "world 1 cannot be built"; finish; }
root=$T/root
cp -a "$WORLD/root" "$root"
mkdir -p "$root/etc/dnf/modules.defaults.d"
state() { # state LINE…: of the module app; none = it has no state
	rm -f "$root/etc/dnf/modules.d/app.module"
	[ $# = 0 ] || { printf '[app]\nname=app\nprofiles=\n' && printf '%s\n' "$@"; } >"$root/etc/dnf/modules.d/app.module"
}
compare() { # compare WHAT
	rm -rf "$T/cache" "$T/dnf-cache"
	rpmworld_dnf_needed "$root" >"$T/needed"
	rpmworld_dnf_rows "$root" >"$T/theirs"
	oakum inventory --root "$root" -o json
	ran="scan: $1"
	rpmworld_our_rows >"$T/ours"
	expect_same "$T/theirs" "$T/ours"
	dnf -q -c "$T/dnf.conf" --installroot="$root" --releasever=39 -C --setopt=obsoletes=0 check-update 2>/dev/null |
		awk 'NF == 3 { print $1, $2 }' | sort -u >"$T/theirs"
	jq -r '[.updates[] | select(.origins != [])] | group_by(.name + "." + .arch)[] | .[-1] | .name + "." + .arch + " " + .evr' "$T/out" | sort -u >"$T/ours.all"
	# versions of a stream that is not in use are listed with their module: dnf does not offer them
	jq -r '.updates[] | select(.module) | .name + "." + .arch + " " + .evr' "$T/out" | sort -u >"$T/modular"
	comm -23 "$T/ours.all" "$T/modular" | grep -v '^app\.' >"$T/plain"
	grep -v '^app\.' "$T/theirs" >"$T/theirs.plain"
	expect_same "$T/theirs.plain" "$T/plain"
}
app() { jq -c '[.updates[] | select(.name == "app") | [.evr, (.module | split(":")[1]), ([.advisories[].id] | sort)]]' "$T/out"; }

state stream=1 state=enabled
compare "stream 1"
expect_true [ "$(app)" = '[["1.2-1.module_el9_2","1",["W-APP-2"]],["2.5-1.module_el9_3","2",[]]]' ]
state stream=2 state=enabled
compare "switched to stream 2"
expect_true [ "$(app)" = '[["1.2-1.module_el9_2","1",[]],["2.5-1.module_el9_3","2",["W-APP-3"]]]' ]
state stream= state=disabled
compare "disabled"
state
compare "no state"
printf -- '---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: app\n  stream: "2"\n...\n' >"$root/etc/dnf/modules.defaults.d/app.yaml"
compare "stream 2 by default"
state stream=1 state=enabled
compare "stream 1, the default is another"
rm "$root/etc/dnf/modules.defaults.d/app.yaml"
echo module_hotfixes=1 >>"$root/etc/yum.repos.d/world.repo"
compare "hotfixes"
sed -i '/module_hotfixes/d' "$root/etc/yum.repos.d/world.repo"

# why: of a package, an advisory, a CVE
at() { oakum "$@" --root "$root" --baseline oakum-fedora-strict --no-store -o json; }
at scan
advisory=$(jq -r '[.patches[] | select(.state == "MISSING" and (.cves | length) > 0)][0].advisories[0]' "$T/out")
package=$(jq -r '[.patches[] | select(.state == "MISSING" and (.cves | length) > 0)][0].name' "$T/out")
cve=$(jq -r '[.patches[] | select(.state == "MISSING" and (.cves | length) > 0)][0].cves[0]' "$T/out")
for item in "$package" "$advisory" "$cve"; do
	oakum why "$item" --root "$root" --baseline oakum-fedora-strict -o json
	expect_exit 0
	expect_json '.decision' '"MISSING"'
	expect_json '[.steps[] | select(.matched)] | length > 0' true
done
oakum why CVE-1999-0001 --root "$root" --baseline oakum-fedora-strict -o json
expect_json '.decision' '"NOT_APPLICABLE"'
finish
