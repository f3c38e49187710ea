# SPDX-License-Identifier: GPL-3.0-or-later
# How a run ends: its hooks in their order, the reboot that it asks for, and the resume afterwards. The host is a chroot with a boot
# id of its own, its boot a program that changes it.
# timeout: 300
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
printf '#!/bin/sh\ntouch /run/reboot-required\n[ ! -e /pid ] || kill -TERM "$(cat /pid)"\n' >"$T/postinst.fine.2"
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
hooks "pre-install patch RUNNING 1 0
post-install patch SUCCESS 1 0
pre-reboot patch PENDING_REBOOT 1 1
pre-reboot patch PENDING_REBOOT 1 1
on-exit patch PENDING_REBOOT 1 0"
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

# a hook of any of the four points that somebody else could have written, wherever a link leads to, is refused before the change
mkdir -m 777 "$R/open"
mkdir "$R/theirs"
for place in open theirs hooks; do cp "$R/hooks/say" "$R/$place/copy"; done
chown 65534 "$R/theirs/copy"
chmod 775 "$R/hooks/copy"
ln -s /theirs/copy "$R/hooks/link"
ln -s say "$R/hooks/good"
rm "$R/hooks/log"
for point in preInstall postInstall preReboot onExit; do
	for hook in /open/copy /theirs/copy /hooks/copy /hooks/link; do
		config "hooks: {$point: [/hooks/say, $hook]}"
		patch
		expect_exit 5
		expect_err_has "$(echo "$point" | sed 's/[A-Z]/-&/' | tr '[:upper:]' '[:lower:]') hook"
	done
done
untouched
hooks "$(for time in 1 2 3 4; do echo 'on-exit patch FAILED 1 0'; done)"
rm "$R/hooks/log"
config 'hooks: {onExit: /hooks/good}'
patch --reboot never
expect_exit 0
hooks 'on-exit patch PENDING_REBOOT 1 0'

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

# asked to stop while the last batch runs, and while a hook does: no boot follows, and what hooks clean up is cleaned up
printf '#!/bin/sh\necho $PPID >/pid\n' >"$T/pid" && printf '#!/bin/sh\nkill -TERM $PPID\nsleep 1000\n' >"$T/ask"
for status in PARTIAL INTERRUPTED; do
	host fine
	install -m 755 "$T/pid" "$T/ask" "$R/hooks"
	case $status in
	PARTIAL) config 'hooks: {preInstall: /hooks/pid, onExit: /hooks/say}' 'runs: {rebootCommand: /switch}' ;;
	*) config 'hooks: {postInstall: /hooks/ask, onExit: /hooks/say}' 'runs: {rebootCommand: /switch}' ;;
	esac
	patch --reboot if-needed
	expect_json '[.status, .reboot.askedFor, .actions[0].status]' "[\"$status\",false,\"INSTALLED\"]"
	expect_json '.detail | test("interrupted|asked to stop")' true
	boots 0
	hooks "on-exit patch $status 1 0"
done
expect_exit 1

# the time limit ends the hook and what it began
host fine
config 'hooks: {preInstall: /hooks/hang, timeout: 1s}'
patch
expect_exit 1
expect_json '[.status, (.detail | test("/hooks/hang.*1 second"))]' '["FAILED",true]'
untouched
ok; case $(ps -o stat= -p "$(cat "$R/hooks/pid")") in '' | Z*) ;; *) fail "what the hook began is still there" ;; esac

# services that run replaced files, here as the kernel would show them: listed, restarted, failed, or never touched (the bus, logins, and what
# we run in ourselves: the first hook tells whose child its caller is)
process() { # PID UNIT
	mkdir -p "$R/proc/$1"
	echo "0::/system.slice/$2" >"$R/proc/$1/cgroup"
	echo '7f0000000000-7f0000001000 r-xp 00000000 08:01 7 /usr/lib/libold.so.1 (deleted)' >"$R/proc/$1/maps"
	echo "$1 (x) S 1 1 1" >"$R/proc/$1/stat"
}
services() { # MODE of --restart, on a fresh host whose control program of systemd writes down what it is asked
	host other
	process 500 web.service
	process 501 web.service
	process 502 weak.service
	process 503 dead.service
	process 504 dbus.service
	process 505 systemd-logind.service
	process 506 ssh.service
	process 507 'user.slice/user-0.slice/session-1.scope'
	mkdir -p "$R/run/systemd/system"
	cat >"$R/systemctl" <<-'END'
		#!/bin/sh
		echo "$* $(cat /usr/share/other/version)" >>/systemctl.log
		case "$*" in "try-restart weak.service") echo "no weak today" >&2; exit 1 ;; "is-active dead.service") exit 3 ;; esac
	END
	chmod 755 "$R/systemctl"
	mv "$R/systemctl" "$R/usr/bin/systemctl"
	printf '#!/bin/sh\nmkdir -p /proc/$PPID && echo "$PPID (oakum) S 506 1 1" >/proc/$PPID/stat && : >/proc/$PPID/maps\n' >"$R/hooks/child"
	chmod 755 "$R/hooks/child"
	config 'hooks: {preInstall: /hooks/child}'
	patch --reboot never --restart "$1"
}
found() { expect_json '[.services[] | [.unit, .status]]' "$1"; }
services none
expect_exit 0
found '[]'
ok; [ ! -e "$R/systemctl.log" ] || fail "--restart none called $(cat "$R/systemctl.log")"
services list
expect_exit 0
found '[["dbus.service","LEFT_ALONE"],["dead.service","LISTED"],["ssh.service","LEFT_ALONE"],["systemd-logind.service","LEFT_ALONE"],["weak.service","LISTED"],["web.service","LISTED"]]'
expect_json '.services[0].reason' '"maps deleted /usr/lib/libold.so.1"'
ok; [ ! -e "$R/systemctl.log" ] || fail "--restart list called $(cat "$R/systemctl.log")"
services auto
found '[["dbus.service","LEFT_ALONE"],["dead.service","FAILED"],["ssh.service","LEFT_ALONE"],["systemd-logind.service","LEFT_ALONE"],["weak.service","FAILED"],["web.service","RESTARTED"]]'
expect_json '[.services[] | select(.status == "FAILED") | (.error | length > 0)]' '[true,true]'
ok; [ "$(cat "$R/systemctl.log")" = 'try-restart dead.service 2
is-active dead.service 2
try-restart weak.service 2
try-restart web.service 2
is-active web.service 2' ] || fail "systemctl was called with: $(cat "$R/systemctl.log")"

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
