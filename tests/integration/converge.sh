# timeout: 300
# Desired state without a server: kinds of nodes with different tags take what one repository on nginx assigns to them.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
. "$OAKUM_SOURCE/tests/lib/roots.sh"
. "$OAKUM_SOURCE/tests/lib/rpmworld.sh"
. "$OAKUM_SOURCE/tests/lib/rpmroot.sh"
[ "$(id -u)" = 0 ] || skip "changing roots needs root"
need_tool nginx
OAKUM_CONFIG=$T/config.yaml

# --- two packages in two versions, one team's repository ---------------------------------------------------------------------
package() { # NAME VERSION
	mkdir -p "$T/src/$1/files"
	echo "$1 $2" >"$T/src/$1/files/version"
	cat >"$T/src/$1/recipe.yaml" <<-Y
		schema: oakum.recipe/1
		name: $1
		version: "$2"
		publisher: T
		description: made
		model: tree
		targets: [{platform: _any, version: _any, arch: _any, files: [{from: files/version, to: version}]}]
	Y
	oakum package build "$T/src/$1/recipe.yaml" --out "$T/built/$1-$2" --format tar.zst
	expect_exit 0
	oakum repo add "$T/repo" "$T/built/$1-$2"
	expect_exit 0
}
assign() { # NAME TEXT
	printf 'schema: oakum.assignment/1\n%s\n' "$2" >"$T/$1.yaml"
	oakum repo add "$T/repo" --policy "$T/$1.yaml"
	expect_exit 0
}
publish() { oakum repo publish "$T/repo"; expect_exit 0; }
echo '{}' >"$OAKUM_CONFIG"
oakum repo init "$T/repo" --keys "$T/keys"
expect_exit 0
package site 1.0
package agent 1.0
cat >"$T/rpm-all.yaml" <<-Y
	schema: oakum.baseline/1
	name: all-of-it
	operatingSystem: REDHAT_ENTERPRISE_LINUX
	approvalRules:
	  patchRules:
	    - {patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: ["*"]}]}, approveAfterDays: 0, complianceLevel: HIGH}
Y
printf 'schema: oakum.window/1\nname: always\nschedule: cron(0 * * * ? *)\nduration: 1\n' >"$T/always.yaml"
printf 'schema: oakum.window/1\nname: never-now\nschedule: cron(0 0 1 1 ? 2099)\nduration: 1\n' >"$T/never.yaml"
for f in rpm-all.yaml always.yaml never.yaml; do oakum repo add "$T/repo" --policy "$T/$f"; expect_exit 0; done
assign everyone 'selector: all
windows: [policy/always.yaml]
packages: [{name: agent, channel: latest, withdrawn: UNINSTALL}]'
assign web 'selector: role == web
packages: [{name: site, version: "1.0", withdrawn: UNINSTALL}]'
assign rpms 'selector: family == rhel
baseline: policy/rpm-all.yaml'
publish

# --- nginx carries the folder ---------------------------------------------------------------------------------------------------
nginx_serve "$T/repo"

# --- nodes ------------------------------------------------------------------------------------------------------------------------
made=$(debian_root) || skip "no mirror to build a root from"
copy_root "$made" "$T/deb"
rpm_repo && rpm_root "$T/rpm" fedora || { fail "no rpm root"; finish; }
echo 'ID=rhel
VERSION_ID="9.4"' >"$T/rpm/etc/os-release"
node() { # NAME ROLE COMMAND…: as that node, with a state of its own
	name=$1 role=$2
	shift 2
	printf 'node: {id: %s, tags: {role: %s}}\n' "$name" "$role" >"$T/$name.conf"
	run "$OAKUM" --config "$T/$name.conf" --state "$T/state-$name" --cache "$T/cache-$name" --root "$T/$name" "$@"
	ran="oakum($name) $*"
}
for n in deb:web rpm:db; do
	node ${n%:*} ${n#*:} repo trust add corp --url "$nginx_url" --root "$T/repo/metadata/1.root.json"
	expect_exit 0
done
version() { cat "$T/$1/var/lib/oakum/pkgs/$2/current/tree/version" 2>/dev/null || echo none; }

# a dry run says it and does nothing
node deb web converge --dry-run -o json
expect_exit 0
expect_json '[.status, (.steps[] | [.name, .action, .to, .status])]' '["WOULD_CHANGE",["agent","INSTALL","1.0","WOULD"],["site","INSTALL","1.0","WOULD"]]'
expect_true test ! -e "$T/deb/var/lib/oakum"

# what is assigned is brought; a second run changes nothing
node deb web converge -o json
expect_exit 0
expect_json '[.status, .window, (.steps[] | [.name, .status])]' '["CONVERGED","always",["agent","DONE"],["site","DONE"]]'
expect_true test "$(version deb agent) $(version deb site)" = "agent 1.0 site 1.0"
node deb web converge -o json
expect_exit 0
expect_json .status '"UNCHANGED"'
expect_json '[.steps[].status] | unique' '["UNCHANGED"]'
node rpm db converge -o json
expect_exit 0
expect_json '[.status, (.steps[] | [.what, .status])]' '["CONVERGED",["PACKAGE","DONE"],["PATCH","DONE"]]'
expect_true test "$(version rpm agent) $(version rpm site)" = "agent 1.0 none"
ok; rpm_all "$T/rpm" | grep -q '^hello-1.1' || fail "the rpm node was not patched"
node rpm db converge -o json
expect_exit 0
expect_json '[.status, (.steps[] | [.what, .status])]' '["UNCHANGED",["PACKAGE","UNCHANGED"],["PATCH","UNCHANGED"]]'

# a new version by the channel; a withdrawn one goes as its assignment said; what is to be absent goes
package agent 1.1
assign web 'selector: role == web
ring: early'
assign rpms 'selector: family == rhel
packages: [{name: agent, action: UNINSTALL}]
priority: 5'
publish
node deb web converge -o json
expect_exit 0
expect_json '[.steps[] | [.name, .action, .from, .to, .status]]' '[["site","UNINSTALL","1.0",null,"DONE"],["agent","INSTALL","1.0","1.1","DONE"]]'
expect_true test "$(version deb agent) $(version deb site)" = "agent 1.1 none"
node rpm db converge -o json
expect_exit 0
expect_json '[.steps[] | [.name, .action, .status]]' '[["agent","UNINSTALL","DONE"]]'
node rpm db converge -o json
expect_json .status '"UNCHANGED"'

# outside the window nothing happens; --now does it
package agent 1.2
assign everyone 'selector: all
windows: [policy/never.yaml]
packages: [{name: agent, channel: 1.*}]'
publish
node deb web converge -o json
expect_exit 75
expect_json .status '"MISSED_WINDOW"'
expect_true test "$(version deb agent)" = "agent 1.1"
node deb web converge --now
expect_exit 0
expect_true test "$(version deb agent)" = "agent 1.2"

# a third kind of node: Windows, by the same repository
if [ -f "$OAKUM_SOURCE/build/windows/oakum.exe" ] && [ -x /usr/lib/wine/wine64 ]; then
	. "$OAKUM_SOURCE/tests/lib/wine.sh"
	wine_start
	trap '"$wine_server" -k 2>/dev/null; "$wine_server" -w; servers_end' EXIT
	# a folder that anybody may write, as Z:\\tmp, is trusted for nothing
	mkdir "$WINEPREFIX/drive_c/oakum"
	printf 'node: {id: win, tags: {role: web}}\n' >"$WINEPREFIX/drive_c/oakum/oakum.yaml"
	on_windows() { run wine "$exe" --config 'C:\oakum\oakum.yaml' --state 'C:\oakum\state' --cache 'C:\oakum\cache' "$@"; }
	assign windows 'selector: family == windows
packages: [{name: site, version: "1.0", withdrawn: UNINSTALL}]'
	publish
	on_windows repo trust add corp --url "$nginx_url" --root "$(winepath "$T/repo/metadata/1.root.json")"
	expect_exit 0
	on_windows converge --now -o json
	expect_exit 0
	expect_json '[.status, (.steps[] | [.name, .to, .status])]' '["CONVERGED",["agent","1.2","DONE"],["site","1.0","DONE"]]'
	on_windows converge --now -o json
	expect_exit 0
	expect_json .status '"UNCHANGED"'
	assign windows 'selector: family == windows
ring: early'
	publish
	on_windows converge --now -o json
	expect_exit 0
	expect_json '[.steps[] | [.name, .action, .status]]' '[["site","UNINSTALL","DONE"],["agent","INSTALL","UNCHANGED"]]'
fi

# a version that nobody offers: named, the rest is done
assign everyone 'selector: all
packages: [{name: agent, version: "9"}, {name: site, channel: latest}]'
publish
node deb web converge -o json
expect_exit 4
expect_json '[.steps[] | [.name, .status]]' '[["agent","FAILED"],["site","DONE"]]'
expect_json '.steps[0].detail' '"no trusted repository offers 9"'
expect_true test "$(version deb agent) $(version deb site)" = "agent 1.2 site 1.0"

# two repositories that contradict: what is contested stays, both are named
oakum repo init "$T/other" --keys "$T/otherkeys"
printf 'schema: oakum.assignment/1\nselector: role == web\npackages: [{name: agent, action: UNINSTALL}]\n' >"$T/theirs.yaml"
oakum repo add "$T/other" --policy "$T/theirs.yaml"
oakum repo publish "$T/other"
node deb web repo trust add other --url "file://$T/other" --root "$T/other/metadata/1.root.json"
node deb web converge -o json
expect_exit 2
expect_err_has "'corp/everyone' and 'other/theirs' set the package 'agent' differently"
expect_true test "$(version deb agent)" = "agent 1.2"
# only one of them asked
node deb web converge --repo other -o json
expect_exit 0
expect_true test "$(version deb agent)" = "none"

# two at once: one waits for nobody
"$OAKUM" --config "$T/deb.conf" --state "$T/state-deb" --cache "$T/cache-deb" --root "$T/deb" converge --repo corp --now >"$T/one" 2>&1 &
one=$!
node deb web converge --repo corp --now
second=$code
wait $one
first=$?
ok; case $first in 4 | 75) ;; *) fail "the first of two ended with $first: $(cat "$T/one")" ;; esac
ok; case $second in 4 | 75) ;; *) fail "the second of two ended with $second" ;; esac
finish
