# SPDX-License-Identifier: GPL-3.0-or-later
# What is looked at before each batch: window and calendar, space, power, a stop signal. A batch that runs is not cut, the next one is not
# started. And what was downloaded before the window is not downloaded in it.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
need_tool nginx
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline

# aa and bb in version 1, 2 on offer; the script of aa, which comes first, is what changes the world in the midst of a run
fresh_root base
for p in aa bb; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install aa bb >/dev/null 2>&1
printf '#!/bin/sh\nset -e\n[ ! -e /meanwhile ] || . /meanwhile\n' >"$T/postinst.aa.2"
for p in aa bb; do make_deb "$R/repo" $p 2; done
index_repo "$R"
canary >"$T/before"
prepared=$R
n=0
host() {
	n=$((n + 1))
	rm -rf "$T/state" "$T/cache"
	fresh_root "h$n" "$prepared"
}
meanwhile() { printf '%s\n' "$@" >"$R/meanwhile"; }
patch() { oakum --root "$R" patch --baseline "$T/everything.yaml" -o json "$@"; }
untouched() {
	canary >"$T/after"
	expect_same "$T/before" "$T/after"
}
status() { # STATUS PATTERN
	expect_json .status "\"$1\""
	ok; jq -e --arg words "$2" '.detail | test($words)' "$T/out" >/dev/null || fail "the document does not say '$2': $(jq -r .detail "$T/out")"
}
half() { # the first batch was done to its end, the second one not begun
	expect_json '[.actions[] | [.patch, .status]]' '[["aa.amd64","INSTALLED"],["bb.amd64","NOT_STARTED"]]'
	expect_version aa 2
	expect_version bb 1
	expect_clean_dpkg
}

# --- power ---------------------------------------------------------------------------------------------------------
battery() { # PERCENT STATUS
	printf 'mkdir -p %s\necho Battery >%s/type\necho %s >%s/status\necho %s >%s/capacity\n' "$supply" "$supply" "$2" "$supply" "$1" "$supply"
}
host
supply=$R/sys/class/power_supply/BAT0
eval "$(battery 20 Discharging)"
patch
expect_exit 1
status FAILED 'batch 1 of 1 was not started: the host runs on a battery of 20 %'
untouched
eval "$(battery 20 Charging)"
mkdir -p "$R/sys/class/power_supply/AC"
echo Mains >"$R/sys/class/power_supply/AC/type"
echo 1 >"$R/sys/class/power_supply/AC/online"
patch
expect_exit 0
host
supply=/sys/class/power_supply/BAT0
meanwhile "$(battery 10 Discharging)"
patch --batches smallest
expect_exit 4
status PARTIAL 'batch 2 of 2 was not started: the host runs on a battery of 10 %'
half

# --- space ---------------------------------------------------------------------------------------------------------
host
make_deb "$R/repo" bb 3 'Installed-Size: 90000000'
index_repo "$R"
patch
expect_exit 1
status FAILED "needs [0-9]+ MB"
untouched

# --- a stop signal -------------------------------------------------------------------------------------------------
host
mkfifo "$R/go" "$R/here"
meanwhile 'echo aa >/here' 'read -r word </go'
printf '#!/bin/sh\nsleep 1\necho "$OAKUM_HOOK $OAKUM_STATUS" >>%s/hooks.log\n' "$T" >"$T/say" # long enough to be caught by a signal
chmod 755 "$T/say"
echo "hooks: {postInstall: $T/say, onExit: $T/say}" >"$T/hooks.yaml"
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/hooks.yaml" --root "$R" patch --baseline "$T/everything.yaml" --batches smallest \
	-o json >"$T/out" 2>"$T/err" &
pid=$!
read -r word <"$R/here"
kill -TERM $pid
echo on >"$R/go"
code=0
wait $pid || code=$?
ran="oakum patch, stopped"
expect_exit 1
status INTERRUPTED 'batch 2 of 2 was not started: asked to stop'
half
ok; [ "$(cat "$T/hooks.log")" = 'on-exit INTERRUPTED' ] || fail "the hooks said '$(cat "$T/hooks.log")'" # cleaning up is part of stopping
patch # the next one goes on
expect_exit 0
expect_version bb 2
# signalled SIGNAL BATCHES [COMMAND…]: a run that gets the signal while aa is installed
signalled() {
	number=$1 batches=$2
	shift 2
	host
	mkfifo "$R/go" "$R/here"
	meanwhile 'echo aa >/here' 'read -r word </go'
	"$@" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" \
		--batches "$batches" -o json >"$T/out" 2>"$T/err" &
	pid=$!
	read -r word <"$R/here"
	kill -"$number" $pid
	echo on >"$R/go"
	code=0
	wait $pid || code=$?
	ran="oakum patch --batches $batches, signal $number"
}
# a terminal that is gone stops it as a signal does, unless nohup said otherwise
signalled HUP smallest
expect_exit 1
status INTERRUPTED 'batch 2 of 2 was not started: asked to stop'
half
signalled HUP smallest nohup
expect_exit 0
expect_json .status '"SUCCESS"'
expect_version bb 2

# --- calendars and windows -----------------------------------------------------------------------------------------
# event FILE SUMMARY: now is in it
event() {
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//t//t//EN X-CALENDAR-TYPE:DEFAULT_OPEN BEGIN:VEVENT UID:1 DTSTAMP:20200101T000000Z \
		DTSTART:20200101T000000Z DTEND:29990101T000000Z "SUMMARY:$2" END:VEVENT END:VCALENDAR >"$1"
}
empty() { printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//t//t//EN X-CALENDAR-TYPE:DEFAULT_OPEN END:VCALENDAR >"$1"; }
window() { # CALENDAR: open all day
	printf 'schema: oakum.window/1\nname: all day\nschedule: cron(0 0 * * ? *)\ntimezone: UTC\nduration: 24\ncutoff: 0\ncalendars: ["%s"]\n' "$1" >"$T/window.yaml"
}
runs() { "$OAKUM" --state "$T/state" history --runs -o json | jq -c '[.runs[].status]'; }
mkdir "$T/www"
nginx_serve "$T/www"
host
window "$nginx_url/c.ics"
event "$T/www/c.ics" 'freeze of the year'
patch --window "$T/window.yaml"
expect_exit 75
status MISSED_WINDOW "freeze of the year"
# whatever the server says instead of the calendar, nothing is started, and history tells why
echo '<html>please log in</html>' >"$T/www/c.ics"
patch --window "$T/window.yaml"
expect_exit 75
status MISSED_WINDOW 'not known: .*web page'
event "$T/www/c.ics" 'freeze of the year'
sed -i '$d' "$T/www/c.ics"
patch --window "$T/window.yaml"
expect_exit 75
status MISSED_WINDOW 'not known: .*cut off'
rm "$T/www/c.ics"
patch --window "$T/window.yaml"
expect_exit 75
status MISSED_WINDOW 'not known: .*404'
window http://127.0.0.1:1/c.ics
patch --window "$T/window.yaml"
expect_exit 75
status MISSED_WINDOW 'not known: .*127.0.0.1'
patch --window "$T/window.yaml" --if-due
expect_exit 75
# a plan can be made all the same, and applying it is turned away likewise
oakum --root "$R" plan --baseline "$T/everything.yaml" --window "$T/window.yaml" -o json
expect_exit 0
expect_err_has 'whether a window is open is not known'
cp "$T/out" "$T/plan.json"
oakum --root "$R" apply "$T/plan.json" --window "$T/window.yaml" -o json
expect_exit 75
status MISSED_WINDOW 'not known: .*127.0.0.1'
oakum --root "$R" apply "$T/plan.json" --dry-run -o json
expect_exit 0
expect_json .digest "$(jq .digest "$T/plan.json")"
oakum --root "$R" apply "$T/plan.json" --dry-run -q
expect_exit 0
expect_out_has '2 actions in 1 batch'
expect_no_err
untouched
ok; [ "$(runs)" = '["MISSED_WINDOW","MISSED_WINDOW","MISSED_WINDOW","MISSED_WINDOW","MISSED_WINDOW","MISSED_WINDOW"]' ] || fail "history tells of $(runs)"
# to download, no window is needed; --now is for whoever knows better
patch --window "$T/window.yaml" --download-only
expect_exit 0
untouched
patch --window "$T/window.yaml" --now
expect_exit 0
expect_version bb 2
# of several windows the one that is open counts; one whose calendar is lost closes only itself
host
printf 'windows:\n  lost: %s\n  shut: {schedule: "at(2020-01-01T00:00:00)", duration: 1}\n' "$T/window.yaml" >"$T/windows.yaml"
OAKUM_CONFIG=$T/windows.yaml
patch
expect_exit 75
status MISSED_WINDOW 'not known: .*127.0.0.1'
printf '  open: {schedule: "cron(0 0 * * ? *)", duration: 24}\n' >>"$T/windows.yaml"
patch
expect_exit 0
expect_json .status '"SUCCESS"'
expect_err_has "window 'all day' stays closed"
OAKUM_CONFIG=
# a freeze begins while a batch runs
host
window "$R/c.ics"
empty "$R/c.ics"
event "$R/freeze.ics" 'freeze of the hour'
meanwhile 'mv /freeze.ics /c.ics'
patch --window "$T/window.yaml" --batches smallest
expect_exit 4
status CUT_OFF 'batch 2 of 2 was not started: .*freeze of the hour'
half
empty "$R/c.ics"
patch --window "$T/window.yaml"
expect_exit 0
expect_version bb 2
# three hours from 15:00, the last of which lets nothing start
host
day=$(date -u -d tomorrow +%F)
echo '{schema: oakum.window/1, name: afternoon, schedule: cron(0 15 * * ? *), timezone: UTC, duration: 3, cutoff: 1}' >"$T/afternoon.yaml"
for time in 14:59:59 17:00:00 17:01:00; do
	patch --window "$T/afternoon.yaml" --at "${day}T${time}Z"
	expect_exit 75
	expect_json .status '"MISSED_WINDOW"'
done
untouched
patch --window "$T/afternoon.yaml" --at "${day}T16:59:00Z"
expect_exit 0
expect_json .status '"SUCCESS"'
expect_version bb 2
# --- downloads before the window -----------------------------------------------------------------------------------
host
window "$nginx_url/c.ics"
cp "$R"/repo/* "$T/www/"
echo 'Acquire::http::Proxy "DIRECT";' >"$R/etc/apt/apt.conf.d/99direct"
echo "deb [trusted=yes] $nginx_url ./" >"$R/etc/apt/sources.list"
chroot "$R" apt-get -qq update >/dev/null 2>&1
event "$T/www/c.ics" 'not yet'
: >"$T/nginx.log"
patch --window "$T/window.yaml" --download-only
expect_exit 0
ok; [ "$(grep -c '_2_amd64.deb' "$T/nginx.log")" = 2 ] || fail "downloaded were: $(cat "$T/nginx.log")"
untouched
empty "$T/www/c.ics"
: >"$T/nginx.log"
patch --window "$T/window.yaml"
expect_exit 0
expect_version aa 2
expect_version bb 2
ok; ! grep '_2_amd64.deb' "$T/nginx.log" >&2 || fail "these were downloaded in the window"
finish
