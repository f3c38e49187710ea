# SPDX-License-Identifier: GPL-3.0-or-later
# How a run ends: its hooks in their order, the reboot that it asks for, and the resume afterwards. The host is a chroot with a boot
# id of its own, its boot a program that changes it.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(systemd_root) || skip "systemd cannot be installed into a root here"
everything_baseline

# fine asks for a boot in version 2; other does not
fresh_root base
for p in fine other; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine other >/dev/null 2>&1
printf '#!/bin/sh\ntouch /run/reboot-required\n' >"$T/postinst.fine.2"
for p in fine other; do make_deb "$R/repo" $p 2; done
cp "$T/everything.yaml" "$R/everything.yaml"
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
mkdir -p "$R/opt/oakum" "$R/proc/sys/kernel/random" "$R/proc/self" "$R/hooks"
ln -s /opt/oakum/oakum "$R/proc/self/exe"
echo 00000000-0000-4000-8000-000000000000 >"$R/proc/sys/kernel/random/boot_id"
cat >"$R/hooks/say" <<'END'
#!/bin/sh
echo "$OAKUM_HOOK $OAKUM_KIND $OAKUM_STATUS $OAKUM_ACTIONS $OAKUM_REBOOT" >>/hooks/log
echo "told by $OAKUM_HOOK"
echo "complained by $OAKUM_HOOK" >&2
[ -f "$OAKUM_PLAN" ] && [ -d "$OAKUM_RUN_DIR/logs" ] && [ "$OAKUM_ROOT" = / ] && [ -n "$OAKUM_NODE" ]
END
printf '#!/bin/sh\necho "no such luck" >&2\nexit 7\n' >"$R/hooks/no"
printf '#!/bin/sh\n(trap "" TERM; exec sleep 1000) &\necho $! >/hooks/pid\nwait\n' >"$R/hooks/hang"
cat >"$R/switch" <<'END'
#!/bin/sh
echo "$OAKUM_RUN|$OAKUM_REBOOT_MESSAGE|$OAKUM_REBOOT_DELAY" >>/boots
[ ! -e /dead ] || exit 0
[ -e /loop ] || rm -f /run/reboot-required
printf '00000000-0000-4000-8000-%012d\n' "$(wc -l </boots)" >/proc/sys/kernel/random/boot_id
END
printf '#!/bin/sh\necho "the switch is broken" >&2\nexit 3\n' >"$R/broken"
chmod 755 "$R/hooks/say" "$R/hooks/no" "$R/hooks/hang" "$R/switch" "$R/broken"
index_repo "$R"
prepared=$R
n=0

# host [PACKAGE…]: a fresh one that is offered version 2 of these.
host() {
	n=$((n + 1))
	fresh_root "h$n" "$prepared"
	mount --bind -o ro "$OAKUM_BUILD" "$R/opt/oakum"
	for p in fine other; do
		case " $* " in *" $p "*) ;; *) rm "$R/repo/${p}_2_amd64.deb" ;; esac
	done
	index_repo "$R"
	config "hooks: {preInstall: /hooks/say, postInstall: /hooks/say, preReboot: /hooks/say, onExit: /hooks/say}" \
		"runs: {rebootCommand: /switch, rebootDelay: 90s, rebootMessage: go home}"
}
config() { printf '%s\n' "$@" >"$R/oakum.yaml"; }
inside() { run chroot "$R" /opt/oakum/oakum --config /oakum.yaml "$@"; }
patch() { inside patch --baseline /everything.yaml -o json "$@"; }
show() { inside run show "$id" -o json; }
hooks() { ok; [ "$(cat "$R/hooks/log" 2>/dev/null)" = "$1" ] || fail "the hooks said '$(cat "$R/hooks/log" 2>/dev/null)'"; }
boots() { ok; [ "$(cat "$R/boots" 2>/dev/null | wc -l)" = "$1" ] || fail "$(cat "$R/boots" 2>/dev/null | wc -l) boots instead of $1"; }
untouched() { expect_version fine 1; boots 0; }

# a boot is asked for with message and delay; on-exit waits for the end of the run, which is after the boot
host fine
patch --reboot if-needed
expect_exit 0
expect_json '[.status, .reboot.askedFor, .reboot.booted]' '["PENDING_REBOOT",true,false]'
id=$(jq -r .id "$T/out")
ok; [ "$(cat "$R/boots")" = "$id|go home|90" ] || fail "the boot was told '$(cat "$R/boots")'"
hooks "pre-install patch RUNNING 1 0
post-install patch SUCCESS 1 0
pre-reboot patch PENDING_REBOOT 1 1"
inside resume
expect_exit 0
show
expect_json '[.status, .reboot.booted, .reboot.needed, .verdict.summary.status]' '["SUCCESS",true,false,"COMPLIANT"]'
expect_json '[.logs[] | select(startswith("hook-"))]' '["hook-pre-install.log","hook-post-install.log","hook-pre-reboot.log","hook-on-exit.log"]'
hooks "pre-install patch RUNNING 1 0
post-install patch SUCCESS 1 0
pre-reboot patch PENDING_REBOOT 1 1
on-exit patch SUCCESS 1 0"
for hook in pre-install post-install pre-reboot on-exit; do
	expect_true grep -q "^told by $hook" "$R/var/lib/oakum/runs/$id/logs/hook-$hook.log"
	expect_true grep -q "^complained by $hook" "$R/var/lib/oakum/runs/$id/logs/hook-$hook.log"
done
inside resume
expect_exit 0
expect_err_has 'nothing to resume'
boots 1
# nothing is missing any more: on-exit alone
: >"$R/hooks/log"
patch
expect_exit 0
hooks 'on-exit patch SUCCESS 0 0'
# going back is a change like any other
: >"$R/hooks/log"
inside rollback "$id" -o json
expect_exit 0
expect_version fine 1
hooks 'pre-install rollback RUNNING 1 0
post-install rollback SUCCESS 1 0
on-exit rollback SUCCESS 1 0'

# nobody booted: the run goes on waiting, however often it is asked
host fine
touch "$R/dead"
patch --reboot if-needed
id=$(jq -r .id "$T/out")
for time in once twice; do
	inside resume
	expect_exit 0
	expect_err_has "has not happened yet"
	show
	expect_json '[.status, .reboot.booted]' '["PENDING_REBOOT",false]'
done
boots 1

# a boot that never is enough: as often as the limit says, then a person is told
host fine
touch "$R/loop"
sed -i 's/rebootDelay: 90s/rebootLimit: 2/' "$R/oakum.yaml"
patch --reboot if-needed
id=$(jq -r .id "$T/out")
boots 1
inside resume
boots 2
inside resume
expect_exit 0
boots 2
show
expect_json '[.status, .reboot.booted, .reboot.needed]' '["PENDING_REBOOT",true,true]'
expect_json '[.notes[] | select(test("2 times.*rebootLimit"))] | length' 1
ok; [ "$(grep -c on-exit "$R/hooks/log")" = 1 ] || fail "on-exit ran $(grep -c on-exit "$R/hooks/log") times"
inside resume
expect_err_has 'nothing to resume'
host fine
sed -i 's/rebootDelay: 90s/rebootLimit: 0/' "$R/oakum.yaml"
patch --reboot always
expect_exit 0
expect_json '[.status, .reboot.askedFor]' '["PENDING_REBOOT",false]'
boots 0
expect_version fine 2

# no boot is needed, or none is wanted: no pre-reboot hook
host other
patch --reboot if-needed
expect_json '[.status, .reboot.askedFor]' '["SUCCESS",false]'
hooks 'pre-install patch RUNNING 1 0
post-install patch SUCCESS 1 0
on-exit patch SUCCESS 1 0'
host fine
patch --reboot never
expect_json '[.status, .reboot.askedFor, .reboot.needed]' '["PENDING_REBOOT",false,true]'
boots 0

# a failing pre-reboot hook, a failing program: no boot, and it is said
host fine
config 'hooks: {preReboot: /hooks/no, onExit: /hooks/say}' 'runs: {rebootCommand: /switch}'
patch --reboot if-needed
expect_exit 0
expect_json '[.status, .reboot.askedFor, (.detail | test("pre-reboot hook failed"))]' '["PENDING_REBOOT",false,true]'
expect_json '[.notes[] | select(test("no such luck"))] | length' 1
boots 0
hooks 'on-exit patch PENDING_REBOOT 1 0'
host fine
config 'runs: {rebootCommand: /broken}'
patch --reboot if-needed
expect_exit 0
expect_json '[.status, .reboot.askedFor, (.detail | test("could not be rebooted"))]' '["PENDING_REBOOT",false,true]'
expect_json '[.notes[] | select(test("the switch is broken"))] | length' 1

# what cannot work is refused before anything is changed
host fine
chmod 777 "$R/switch"
patch --reboot if-needed
expect_exit 5
expect_err_has rebootCommand
untouched
chmod 644 "$R/switch"
patch --reboot if-needed
expect_exit 2
expect_err_has 'not executable'
config 'runs: {rebootCommand: switch}'
patch --reboot if-needed
expect_exit 2
expect_err_has 'absolute path'
config 'runs: {rebootDelay: soon}'
patch --reboot if-needed
expect_exit 2
expect_err_has "'soon'"
config 'runs: {rebootLimit: many}'
patch --reboot if-needed
expect_exit 2
expect_err_has "'many'"
config 'hooks: {timeout: 0.5 eternities}'
patch
expect_exit 2
expect_err_has 'eternities'
config 'hooks: {preInstall: /hooks/absent}'
patch
expect_exit 2
expect_err_has '/hooks/absent'
untouched

# failing hooks after the change: the run failed, nothing of it is hidden, and no boot follows
host fine
config 'hooks: {preInstall: /hooks/say, postInstall: [/hooks/no, /hooks/say], preReboot: /hooks/say, onExit: /hooks/say}' 'runs: {rebootCommand: /switch}'
patch --reboot if-needed
expect_exit 1
expect_json '[.status, (.detail | test("no such luck")), .actions[0].status]' '["FAILED",true,"INSTALLED"]'
expect_json .verdict.summary.missing 0
boots 0
hooks 'pre-install patch RUNNING 1 0
on-exit patch FAILED 1 0'
host other
config 'hooks: {onExit: /hooks/no}'
patch
expect_exit 1
expect_json '[.status, (.detail | test("no such luck"))]' '["FAILED",true]'
expect_version other 2

# the time limit ends the hook and what it began
host fine
config 'hooks: {preInstall: /hooks/hang, timeout: 1s}'
patch
expect_exit 1
expect_json '[.status, (.detail | test("/hooks/hang.*1 second"))]' '["FAILED",true]'
untouched
ok; case $(ps -o stat= -p "$(cat "$R/hooks/pid")") in '' | Z*) ;; *) fail "what the hook began is still there" ;; esac

# looking and downloading are no change: no hook, no boot
host fine
patch --dry-run
expect_exit 0
hooks ''
patch --download-only
expect_exit 0
hooks ''
untouched
finish
