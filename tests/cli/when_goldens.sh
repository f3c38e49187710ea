# SPDX-License-Identifier: GPL-3.0-or-later
# Goldens 50 to 54, 57 and 58 of the reference by their numbers, on the command line.
. "$(dirname "$0")/../lib/assert.sh"

# 50: the third Tuesday of November 2026 and two days
oakum window next 'cron(30 23 ? * TUE#3 *)' --offset 2 --from 2026-11-01T00:00:00Z -o json
expect_exit 0
expect_json '.windows[0].opensAt' '"2026-11-19T23:30:00Z"'
# 51: the last Friday
oakum schedule next 'cron(15 10 ? * 6L *)' --from 2026-11-01T00:00:00Z -o json
expect_exit 0
expect_json '.times[0]' '"2026-11-27T10:15:00Z"'
# 52: the first Wednesday of 2021 is the sixth
oakum schedule next 'cron(0 09 ? * WED *)' --timezone America/Los_Angeles --from 2021-01-01T00:00:00-08:00 -o json
expect_exit 0
expect_json '.times[0]' '"2021-01-06T17:00:00Z"'
# 53: three hours from 15:00 with a cut-off of one
cat >"$T/window.yaml" <<'YAML'
schema: oakum.window/1
name: afternoon
schedule: at(2026-11-23T15:00:00)
timezone: UTC
duration: 3
cutoff: 1
YAML
oakum --at 2026-11-23T16:59:00Z window check "$T/window.yaml"
expect_exit 0
oakum --at 2026-11-23T17:01:00Z window check "$T/window.yaml"
expect_exit 75
# 54: a cut-off that is not shorter than the window
sed 's/cutoff: 1/cutoff: 3/' "$T/window.yaml" >"$T/bad.yaml"
oakum window check "$T/bad.yaml"
expect_refused 2 cutoff
# 57: one calendar open, one closed
calendar() { # FILE TYPE EVENT-LINE…
	file=$1 type=$2
	shift 2
	{
		printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nX-CALENDAR-TYPE:%s\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20261101T000000Z\r\n' "$type" "$file"
		printf '%s\r\n' "$@"
		printf 'END:VEVENT\r\nEND:VCALENDAR\r\n'
	} >"$T/$file.ics"
}
calendar open DEFAULT_OPEN DTSTART:20261201T000000Z DTEND:20261202T000000Z
calendar closed DEFAULT_OPEN DTSTART:20261123T000000Z DTEND:20261124T000000Z
oakum --at 2026-11-23T12:00:00Z calendar state "$T/open.ics" "$T/closed.ics" -o json
expect_exit 0
expect_json .state '"CLOSED"'
oakum --at 2026-11-23T12:00:00Z calendar state "$T/open.ics" -o json
expect_json .state '"OPEN"'
# 58: an advisory event closes nothing
calendar advisory DEFAULT_OPEN DTSTART:20261123T000000Z DTEND:20261124T000000Z X-EVENT-TYPE:ADVISORY
oakum --at 2026-11-23T12:00:00Z calendar state "$T/advisory.ics" -o json
expect_exit 0
expect_json .state '"OPEN"'
finish
