# SPDX-License-Identifier: GPL-3.0-or-later
# Packages that need each other, from a repository: what is missing comes first, in one call; the highest versions that all bear; conflicts
# are refused by name before anything changes; when one fails, what was brought along is taken back in reverse order.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
need_tool python3
: >"$T/empty.yaml"
mkdir -p "$T/all"
# offer NAME VERSION [X-OAKUM [install.sh]]: a script package in the repository
offer() {
	rm -rf "$T/scripts.$2" "$T/all/$1-$2"
	mkdir -p "$T/scripts.$2"
	printf '%s\n' "${4:-true}" "echo '+$1 $2' >>\"\$OAKUM_ROOT/log\"; echo $2 >\"\$OAKUM_ROOT/$1\"" >"$T/scripts.$2/install.sh"
	printf '%s\n' "echo '-$1 $2' >>\"\$OAKUM_ROOT/log\"; rm -f \"\$OAKUM_ROOT/$1\"" >"$T/scripts.$2/uninstall.sh"
	script_package "$T/all/$1-$2" "$1" "$2" "${3:-}"
	oakum repo add "$T/repo" "$T/all/$1-$2"
	expect_exit 0
}
oakum repo init "$T/repo" --keys "$T/keys"
offer base 1.0
offer base 2.0
offer base 3.0
offer lib 1.0 '"requires":["base"]'
offer lib 2.0 '"requires":["base >= 2"]'
offer app 1.0 '"requires":["lib >= 2","base < 3"]'
offer wants 1.0 '"requires":["lib","absent >= 4"]'
offer clash 1.0 '"requires":["hater"]'
offer hater 1.0 '"conflicts":["base"]'
offer both 1.0 '"requires":["hater","lib"]'
offer round 1.0 '"requires":["about"]'
offer about 1.0 '"requires":["round"]'
offer breaks 1.0 '"requires":["lib","broken"]'
offer broken 1.0 '"requires":["base"]' 'exit 7'
offer fails 1.0 '"requires":["lib"]' 'exit 9'
offer fails2 1.0 '"requires":["lib >= 2"]' 'exit 9'
offer old 1.0 '"requires":["base = 1.0"]'
offer boots 1.0 '"requires":["reboot"]'
offer reboot 1.0 '' 'exit 194'
offer asks 1.0 '"requires":["lib"],"args":{"SSM_WHO":{"type":"string","required":true}}'
offer needs-asks 1.0 '"requires":["asks"]'
oakum repo publish "$T/repo"
expect_exit 0
oakum repo trust add main --url "file://$T/repo" --root "$T/repo/metadata/1.root.json"
expect_exit 0
has() { # NAME-VERSION…: what is listed, sorted
	package list -o json
	ok; [ "$(jq -r '[.packages[] | "\(.name)-\(.version)"] | join(" ")' "$T/out")" = "$1" ] || fail "installed is $(jq -c '[.packages[] | "\(.name)-\(.version)-\(.state)"]' "$T/out") instead of '$1'"
}
log_is() { expect_file "$R/log" "$1"; : >"$R/log"; }

# --- one call brings all, those that are needed first, and no higher than all bear ---------------------------------------------
new_root a
package show app
expect_exit 0
expect_out_has ', of repository main'
expect_out_has 'requires lib'
package show lib@2.0 -o json
expect_exit 0
expect_json '[.name, .version, .repository, .signed, [.manifest["x-oakum"].requires[].name]]' '["lib","2.0","main",false,["base"]]'
package show lib@7.0
expect_refused 1 "has no version '7.0' of package 'lib'"
package show nobody
expect_refused 1 "has no package 'nobody'"
package show app --repo nowhere
expect_refused 2 "repository 'nowhere' is not trusted here"
package install app --dry-run -o json
expect_exit 0
expect_json '[.status, [.dependencies[] | [.name, .from, .to, .status]]]' '["PLANNED",[["base",null,"2.0","PLANNED"],["lib",null,"2.0","PLANNED"]]]'
has ""
package install app -o json
expect_exit 0
expect_json '[.status, .name, .to, [.dependencies[] | [.name, .to, .status, .takenBack]]]' '["SUCCESS","app","1.0",[["base","2.0","SUCCESS",false],["lib","2.0","SUCCESS",false]]]'
log_is "+base 2.0
+lib 2.0
+app 1.0"
has "app-1.0 base-2.0 lib-2.0"
oakum history --runs -o json
expect_json '[.runs[] | select(.kind == "package")] | length' 3
package install app
expect_out_has "installed already"
package uninstall base
expect_refused 1 "needs 'base"
package install base@3.0
expect_refused 1 "'app' 1.0 needs 'base < 3'"
expect_file "$R/base" 2.0
expect_tidy

# --- an installed one that is too old comes along; a rollback that would take it away is refused ---------------------------------
new_root b
package install base@1.0
package install lib@1.0
package install app -o json
expect_exit 0
expect_json '[.dependencies[] | [.name, .from, .to]]' '[["base","1.0","2.0"],["lib","1.0","2.0"]]'
: >"$R/log"
package rollback base
expect_refused 1 "needs 'base"
has "app-1.0 base-2.0 lib-2.0"
package uninstall app
package rollback lib
expect_exit 0
package rollback base
expect_exit 0
has "base-1.0 lib-1.0"

# --- who needs the old one is named -------------------------------------------------------------------------------------------------
new_root c
package install old
expect_exit 0
before=$(package_canary)
package install lib@2.0
expect_refused 1 "package 'lib' 2.0 needs 'base >= 2'"
package install wants
expect_refused 1 "package 'wants' 1.0 needs 'absent >= 4'"
package install clash
expect_refused 1 "package 'hater' conflicts with 'base' 1.0, which is installed"
package install round
expect_refused 1 "package 'round'"
expect_err_has "needs 'about', which needs it in turn"
has "base-1.0 old-1.0"
ok; [ "$(package_canary)" = "$before" ] || fail "a refusal changed something"
new_root d
package install both
expect_refused 1 "they cannot be installed together"
package install needs-asks
expect_exit 2
expect_err_has "SSM_WHO"
has ""

# --- one fails: nothing of this call stays, in reverse order; exit 4 for what is needed, 1 for the package itself ----------------------
new_root e
package install breaks -o json
expect_exit 4
expect_json '[.status, [.dependencies[] | [.name, .status, .takenBack]]]' '["FAILED",[["base","SUCCESS",true],["lib","SUCCESS",true],["broken","FAILED",false]]]'
expect_err_has "package 'broken' 1.0, which it needs, failed"
has ""
ok; [ "$(tail -n 2 "$R/log")" = "-lib 2.0
-base 3.0" ] || fail "taken back as $(cat "$R/log")"
expect_absent "$R/base"
package install fails
expect_exit 1
has ""
expect_absent "$R/lib"
expect_tidy
# what was there before is at its version before
package install base@1.0
package install lib@1.0
package install fails2 -o json
expect_exit 1
expect_json '[.dependencies[] | [.name, .from, .to, .takenBack]]' '[["base","1.0","3.0",true],["lib","1.0","2.0",true]]'
has "base-1.0 lib-1.0"
expect_file "$R/base" 1.0
expect_file "$R/lib" 1.0
oakum history --audit -o json
expect_json .auditSound true
expect_tidy

# --- one waits for a reboot: so does what needs it ---------------------------------------------------------------------------------------
new_root f
mkdir -p "$R/proc/sys/kernel/random"
echo one >"$R/proc/sys/kernel/random/boot_id"
package install boots
expect_exit 75
expect_out_has "waits"
has "reboot-1.0"
package install boots
expect_exit 75

# --- a folder brings nothing along, and says what it lacks ---------------------------------------------------------------------------------
new_root g
package install "$T/all/app-1.0" --allow-unsigned
expect_refused 1 "(install that first)"
has ""

# --- a name that another repository has, too: the one that the package comes from counts ----------------------------------------------------
oakum repo init "$T/other" --keys "$T/otherkeys"
sed -i 's/+base/+evil/' "$T/scripts.2.0/install.sh"
rm -rf "$T/all/evil"
plain_scripts "$T/scripts.9.0" 9.0
script_package "$T/all/evil" base 9.0
oakum repo add "$T/other" "$T/all/evil"
oakum repo publish "$T/other"
oakum repo trust add aaa --url "file://$T/other" --root "$T/other/metadata/1.root.json"
package install lib
expect_exit 0
has "base-3.0 lib-2.0"
package show lib --repo main
expect_exit 0
expect_out_has 'requires base'

# --- a repository that cannot be asked might have it, too: none behind it is taken in its place, unless it is named -------------------------
mv "$T/other" "$T/gone"
package install app
expect_refused 75 "was not looked for behind repository 'aaa' (give '--repo' to take it from another)"
has "base-3.0 lib-2.0"
package install app --repo main
expect_exit 0
finish
