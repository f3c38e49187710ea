# SPDX-License-Identifier: GPL-3.0-or-later
# The end of package runs and of converge is told, once: done, failed, undone, a window missed, a run that died; nothing to do is no news.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
[ "$(id -u)" = 0 ] || skip "package runs need root"
for v in 1.0 2.0; do
	plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" tool $v
done
plain_scripts "$T/scripts.3.0" 3.0
echo 'exit 9' >"$T/scripts.3.0/install.sh"
script_package "$T/s3.0" tool 3.0
chmod 755 "$T"
printf '#!/bin/sh\ncat >>"%s/told"\necho "$OAKUM_KEY" >>"%s/keys"\n' "$T" "$T" >"$T/tell"
chmod 755 "$T/tell"
: >"$T/told"
: >"$T/keys"
printf 'node: {id: n1, name: web01}\nnotify: [{name: ops, on: run, command: %s}]\n' "$T/tell" >"$T/config.yaml"
OAKUM_CONFIG=$T/config.yaml
package() { oakum --root "$R" package "$@"; }
told() { jq -s -c '[.[] | .status]' "$T/told"; }
expect_told() {
	ok
	[ "$(told)" = "$1" ] || fail "told $(told) instead of $1"
	ok
	[ "$(sort "$T/keys" | uniq -d | wc -l)" = 0 ] || fail "something was told twice"
}
new_root notify
package install "$T/s1.0" --allow-unsigned
expect_exit 0
expect_told '["SUCCESS"]'
expect_true [ "$(jq -r '[.kind, .node.id, .node.name, .detail] | @csv' "$T/told")" = '"RUN_ENDED","n1","web01","install of package tool, none to 1.0"' ]
package install "$T/s1.0" --allow-unsigned # nothing to do
package update "$T/s2.0" --allow-unsigned --dry-run
package list
expect_told '["SUCCESS"]'
package update "$T/s3.0" --allow-unsigned
expect_exit 1
expect_told '["SUCCESS","FAILED"]'
expect_true grep -q 'update of package tool, 1.0 to 3.0: ' "$T/told"
package update "$T/s2.0" --allow-unsigned --no-notify
expect_exit 0
package rollback tool
expect_told '["SUCCESS","FAILED","SUCCESS"]'
printf 'schema: oakum.window/1\nname: never-now\nschedule: cron(0 0 1 1 ? 2099)\nduration: 1\n' >"$T/never.yaml"
package uninstall tool --window "$T/never.yaml"
expect_exit 75
package uninstall tool
expect_told '["SUCCESS","FAILED","SUCCESS","MISSED_WINDOW","SUCCESS"]'
# what failed before anything changed is told, too: a package without an install script
mkdir -p "$T/scripts.4.0"
echo 'exit 0' >"$T/scripts.4.0/uninstall.sh"
script_package "$T/bad" tool 4.0
package install "$T/bad" --allow-unsigned
expect_exit 2
expect_told '["SUCCESS","FAILED","SUCCESS","MISSED_WINDOW","SUCCESS","FAILED"]'
# a boot is waited for: told as such, and once more when it is over
plain_scripts "$T/scripts.5.0" 5.0
echo 'exit 194' >>"$T/scripts.5.0/install.sh"
echo 'exit 0' >"$T/scripts.5.0/validate.sh"
script_package "$T/boot" tool 5.0
: >"$T/told"
mkdir -p "$R/proc/sys/kernel/random"
echo 11111111-1111-4111-8111-111111111111 >"$R/proc/sys/kernel/random/boot_id"
package install "$T/boot" --allow-unsigned
oakum --root "$R" resume
expect_told '["PENDING_REBOOT"]'
echo 22222222-2222-4222-8222-222222222222 >"$R/proc/sys/kernel/random/boot_id"
oakum --root "$R" resume
expect_told '["PENDING_REBOOT","SUCCESS"]'
oakum --root "$R" resume
expect_told '["PENDING_REBOOT","SUCCESS"]'

# --- converge: what it did is told once for all steps; a failure once, not at every start of its timer -------------------------------
: >"$T/told"
package uninstall tool --no-notify
oakum repo init "$T/repo" --keys "$T/rkeys"
for p in s1.0 s3.0; do oakum repo add "$T/repo" "$T/$p"; expect_exit 0; done
assign() {
	printf 'schema: oakum.assignment/1\nselector: all\npackages: [{name: tool, version: "%s", withdrawn: UNINSTALL}]\n' "$1" >"$T/all.yaml"
	oakum repo add "$T/repo" --policy "$T/all.yaml"
	oakum repo publish "$T/repo"
	expect_exit 0
}
assign 1.0
oakum --root "$R" repo trust add main --url "file://$T/repo" --root "$T/repo/metadata/1.root.json"
expect_exit 0
converge() { oakum --root "$R" converge --no-patches "$@"; }
converge
expect_exit 0
expect_told '["CONVERGED"]'
expect_true grep -q '"detail":"converge: tool none -> 1.0 DONE"' "$T/told"
converge
expect_told '["CONVERGED"]'
assign 3.0
for again in 1 2 3; do
	converge
	expect_exit 1
done
expect_told '["CONVERGED","FAILED"]'
assign 1.0
converge
expect_exit 0
expect_told '["CONVERGED","FAILED","UNCHANGED"]'
converge
expect_told '["CONVERGED","FAILED","UNCHANGED"]'
finish
