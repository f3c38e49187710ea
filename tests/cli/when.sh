# Windows, schedules and calendars on the command line: documents, words, exit codes, refusals.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"

# --- schedule ------------------------------------------------------------------------------------------------------
oakum schedule next 'cron(30 23 ? * TUE#3 *)' --offset 2 --from 2026-11-01T00:00:00Z --count 2 -o json
expect_exit 0
expect_json .schema '"oakum.schedule/1"'
expect_json '.times[0]' '"2026-11-19T23:30:00Z"'
expect_json '.times[1]' '"2026-12-17T23:30:00Z"'
oakum schedule next 'cron(0 09 ? * WED *)' --timezone America/Los_Angeles --from 2021-01-01T00:00:00-08:00
expect_out "2021-01-06T17:00:00Z"
oakum schedule next 'rate(7 days)' --from 2026-11-23T12:00:00Z -o csv
expect_out "$(printf 'time\r\n2026-11-30T12:00:00Z\r')"
oakum schedule next 'at(2020-01-01T00:00:00)' --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json '.times' '[]'
oakum schedule next 'weekly Europe/Berlin' --at 2026-11-23T12:00:00Z
expect_out "2026-11-29T23:00:00Z"
oakum schedule next 'cron(71 8 1 * ? *)'
expect_refused 2 "minutes '71': only 0 to 59"
oakum schedule next 'cron(0 8 1 * ? *)' --offset 32
expect_refused 2 "'--offset' cannot be '32' (give 0 to 31 days)"
oakum schedule next 'rate(1 day)' --offset 1
expect_refused 2 "'--offset' goes with cron() only"
oakum schedule next 'rate(1 days)'
expect_refused 2 "is no schedule"
oakum schedule next 'cron(0 8 1 * ? *)' --timezone Mars/Olympus
expect_refused 2 "there is no time zone 'Mars/Olympus'"

# what is wrong, where, and what to write instead
while IFS='|' read -r expression words; do
	oakum schedule next "$expression"
	expect_refused 2 "$words"
done <<'END'
cron(0 2 * * MON)|a crontab's five are 'cron(0 2 ? * MON *)' here
cron(0 2 1 * *)|a crontab's five are 'cron(0 2 1 * ? *)' here
cron(0 2 * * 1-5)|weekdays from 1 = SUN
cron(0 2 * * * *)|such as 'cron(0 2 * * ? *)'
cron(0 2 1 * MON *)|such as 'cron(0 2 ? * MON *)'
cron(0 2 ? * MON-XYZ *)|day-of-week 'MON-XYZ': 'XYZ' is no number from 1 to 7 and no name (SUN to SAT)
cron(x 2 ? * MON *)|minutes 'x': 'x' is no number from 0 to 59
Mon..Frx 03:00|'Mon..Frx' (character 1): neither a weekday
*-*-* 25:00|'25' (character 7): hour: a number from 0 to 23
*-13-01|'13' (character 3): month: a number from 1 to 12
0 2 * * *|'0' (character 1): a date is
2026-11-23 15:00:00:00|'15:00:00:00' (character 12): a time is
12:00 13:00|'13:00' (character 7): something follows the time
END

# --- windows -------------------------------------------------------------------------------------------------------
cat > "$T/window.yaml" <<'END'
schema: oakum.window/1
name: nightly
schedule: cron(0 15 * * ? *)
duration: 3
cutoff: 1
END
for at in 15:00:00 16:59:00 16:59:59; do
	oakum window check "$T/window.yaml" --at 2026-11-23T${at}Z
	expect_exit 0
	expect_out "window 'nightly' is open; something may start before 2026-11-23T17:00:00Z"
done
for at in 17:00:00 17:01:00 17:59:59; do
	oakum window check "$T/window.yaml" --at 2026-11-23T${at}Z
	expect_exit 75
	expect_out_has "nothing new starts after 2026-11-23T17:00:00Z; it opens 2026-11-24T15:00:00Z"
done
oakum window check "$T/window.yaml" --at 2026-11-23T18:00:00Z -o json
expect_exit 75
expect_json .schema '"oakum.windows/1"'
expect_json .state '"CLOSED"'
expect_json '.windows[0].opensAt' '"2026-11-24T15:00:00Z"'
oakum window next "$T/window.yaml" --from 2026-11-23T15:00:00Z --count 2 -o json
expect_json '.windows[0]' '{"name":"nightly","opensAt":"2026-11-24T15:00:00Z","closesAt":"2026-11-24T18:00:00Z","cutoffAt":"2026-11-24T17:00:00Z"}'
oakum window next 'cron(0 3 ? * SUN *)' --duration 90m --cutoff 0.5 --timezone Europe/Berlin --from 2026-11-23T00:00:00Z -o csv
expect_out "$(printf 'name,opensAt,closesAt,cutoffAt\r\ncron(0 3 ? * SUN *),2026-11-29T02:00:00Z,2026-11-29T03:30:00Z,2026-11-29T03:00:00Z\r')"

# duration and cut-off are elapsed time, on the nights of changed clocks too (Berlin, 01:00 to 04:00 or so)
sed -e 's/cron.*/cron(0 1 * * ? *)/' -e '$a timezone: Europe/Berlin' "$T/window.yaml" >"$T/night.yaml"
while read -r at code; do
	oakum window check "$T/night.yaml" --at "$at"
	expect_exit "$code"
done <<'END'
2026-03-28T23:59:59Z 75
2026-03-29T00:00:00Z 0
2026-03-29T01:59:59Z 0
2026-03-29T02:00:00Z 75
2026-10-24T22:59:59Z 75
2026-10-24T23:00:00Z 0
2026-10-25T00:59:59Z 0
2026-10-25T01:00:00Z 75
END
# an offset reaches over midnight and month; dates bound it
printf '%s\n' 'name: late' 'schedule: cron(0 23 ? * MON#5 *)' 'offset: 4' 'duration: 3' 'endDate: 2026-12-01T00:00:00Z' >"$T/late.yaml"
oakum window check "$T/late.yaml" --at 2026-09-03T23:30:00Z
expect_exit 75
oakum window next "$T/late.yaml" --from 2026-11-01T00:00:00Z --count 3 -o json
expect_json .windows '[]'
oakum window next "$T/late.yaml" --from 2026-08-01T00:00:00Z --count 3 -o json
expect_json '[.windows[].opensAt]' '["2026-09-04T23:00:00Z"]'
oakum window check "$T/late.yaml" --at 2026-12-04T23:30:00Z
expect_exit 75
expect_out "window 'late' is closed; it does not open again"

# AWS's create form, disabled, limits
cat > "$T/aws.json" <<'END'
{"Name": "Tuesday-3", "Schedule": "cron(30 23 ? * TUE#3 *)", "ScheduleTimezone": "UTC", "ScheduleOffset": 2,
 "StartDate": "2026-11-01T00:00-08:00", "Duration": 4, "Cutoff": 1, "AllowUnassociatedTargets": false}
END
oakum window next "$T/aws.json" --from 2026-01-01T00:00:00Z -o json
expect_json '.windows[0].opensAt' '"2026-11-19T23:30:00Z"'
bad() { # DOCUMENT MESSAGE
	printf '%s\n' "$1" > "$T/bad.json"
	oakum window check "$T/bad.json"
	expect_refused 2 "$2"
}
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 2, "cutoff": 2}' "the cutoff must be less than the duration"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 0}' "the duration must be over 0 and at most 24 hours"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 25}' "the duration must be over 0 and at most 24 hours"
bad '{"name": "ab", "schedule": "cron(0 1 * * ? *)", "duration": 1}' "name"
bad '{"name": "abc", "schedule": "rate(1 day)", "duration": 1, "offset": 1}' "an offset goes with cron() only"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 1, "offset": 32}' "offset"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 1, "colour": 1}' "colour"
bad '{"name": "abc", "schedule": "cron(0 1 * * *)", "duration": 1}' "six"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": "long"}' "duration"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 1, "timezone": "X"}' "there is no time zone 'X'"
bad '{"name": "abc", "schedule": "cron(0 1 * * ? *)", "duration": 1, "startDate": "2026-01-01T00:00:00"}' "startDate"
bad '{"Name": "abc", "Schedule": "cron(0 1 * * ? *)", "Duration": 1, "Cutoff": 0, "ScheduleOffset": 7}' "ScheduleOffset"
bad '{"Name": "abc", "Schedule": "rate(2 minutes)", "Duration": 1, "Cutoff": 0}' "every five minutes"
bad '[]' "object"
oakum window check "$T/absent.json"
expect_refused 2 "absent.json"
oakum window check nightly
expect_refused 2 "there is no window 'nightly'"
printf '%s\n' '{"name": "off", "schedule": "cron(0 15 * * ? *)", "duration": 3, "enabled": false}' > "$T/off.json"
oakum window check "$T/off.json" --at 2026-11-23T16:00:00Z
expect_exit 75
expect_out "window 'off' is disabled"
oakum window next "$T/off.json" -o json
expect_exit 0
expect_json '.windows' '[]'

# --- calendars -----------------------------------------------------------------------------------------------------
cat > "$T/freeze.ics" <<'END'
BEGIN:VCALENDAR
VERSION:2.0
X-CALENDAR-TYPE:DEFAULT_OPEN
BEGIN:VEVENT
UID:1
SUMMARY:Year end
DTSTART:20261123T150000Z
DTEND:20261123T160000Z
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20261123T100000Z
DTEND:20261123T140000Z
X-EVENT-TYPE:ADVISORY
END:VEVENT
END:VCALENDAR
END
sed -e /X-CALENDAR-TYPE/d -e /ADVISORY/d "$T/freeze.ics" > "$T/plain.ics"
oakum calendar state "$T/freeze.ics" --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json . '{"schema":"oakum.calendar/1","state":"OPEN","atTime":"2026-11-23T12:00:00Z","nextTransitionTime":"2026-11-23T15:00:00Z"}'
oakum calendar state "$T/freeze.ics" --at 2026-11-23T15:00:00Z
expect_out "$(printf "CLOSED at 2026-11-23T15:00:00Z: 'Year end' in calendar '%s/freeze.ics'\nopens 2026-11-23T16:00:00Z" "$T")"
oakum calendar state "$T/freeze.ics" --at 2026-11-23T16:00:00Z -o json
expect_json .state '"OPEN"'
expect_json .nextTransitionTime '"2027-11-23T15:00:00Z"'
oakum calendar state "$T/plain.ics"
expect_refused 2 "give --type DEFAULT_OPEN or DEFAULT_CLOSED"
oakum calendar state "$T/plain.ics" --type DEFAULT_CLOSED --at 2026-11-23T10:00:00Z -o json
expect_json .state '"OPEN"'
expect_json .nextTransitionTime '"2026-11-23T14:00:00Z"'
oakum calendar state "$T/freeze.ics" "$T/plain.ics#DEFAULT_CLOSED" --at 2026-11-23T14:30:00Z -o json
expect_json .state '"CLOSED"'
expect_json .nextTransitionTime 'null' # one opens only while the other closes
oakum calendar state "$T/freeze.ics" "$T/plain.ics#DEFAULT_CLOSED" --at 2026-11-23T09:00:00Z -o json
expect_json .state '"CLOSED"'
expect_json .nextTransitionTime '"2026-11-23T10:00:00Z"'
oakum calendar next "$T/freeze.ics" --from 2026-11-23T12:00:00Z
cp "$T/out" "$T/from"
oakum calendar next "$T/freeze.ics" --at 2026-11-23T12:00:00Z
expect_same "$T/out" "$T/from"
expect_out "$(printf 'closes 2026-11-23T15:00:00Z\nOPEN at 2026-11-23T12:00:00Z')"
printf 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' > "$T/empty.ics"
oakum calendar state "$T/empty.ics" --type DEFAULT_CLOSED -o json
expect_json .state '"OPEN"'
expect_json .nextTransitionTime 'null'
oakum calendar state "$T/absent.ics" --type DEFAULT_OPEN
expect_refused 2 "absent.ics"
oakum calendar state "$T/window.yaml" --type DEFAULT_OPEN
expect_refused 2 "is no iCalendar file"
oakum calendar state "$T/freeze.ics" --type SOMETIMES
expect_refused 2 "SOMETIMES"

# a window with a calendar: closed for an hour in its middle; openings that the calendar swallows are left out
cat >> "$T/window.yaml" <<END
calendars: [$T/freeze.ics]
END
oakum window check "$T/window.yaml" --at 2026-11-23T15:30:00Z
expect_exit 75
expect_out "window 'nightly' is open, but closed by 'Year end' in calendar '$T/freeze.ics'; it opens 2026-11-23T16:00:00Z"
oakum window next "$T/window.yaml" --from 2026-11-23T12:00:00Z -o json
expect_json '.windows[0]' '{"name":"nightly","opensAt":"2026-11-23T16:00:00Z","closesAt":"2026-11-23T18:00:00Z","cutoffAt":"2026-11-23T17:00:00Z"}'

# events without an end: the next change is the true one or none, never the end of what is read
calendar() { # FILE LINE…
	ics=$1
	shift
	{ printf 'BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:e\n'; printf '%s\n' "$@"; printf 'END:VEVENT\nEND:VCALENDAR\n'; } >"$T/$ics"
}
calendar always.ics 'DTSTART;VALUE=DATE:20200101' RRULE:FREQ=DAILY
calendar seconds.ics DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY
calendar weekdays.ics DTSTART:20260105T080000Z DURATION:PT8H 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'
oakum calendar next "$T/always.ics" --type DEFAULT_CLOSED --timezone Europe/Berlin --from 2026-11-23T12:00:00Z
expect_out "$(printf 'OPEN at 2026-11-23T12:00:00Z\nnever closes')"
oakum calendar state "$T/always.ics" --type DEFAULT_OPEN --at 2026-11-23T12:00:00Z -o json
expect_json .state '"CLOSED"'
expect_json .nextTransitionTime null
oakum calendar next "$T/weekdays.ics" --type DEFAULT_CLOSED --from 2198-12-31T00:00:00Z -o json
expect_json .nextTransitionTime '"2198-12-31T08:00:00Z"'
always() { # SCHEDULE CALENDAR#TYPE
	printf 'name: always\nschedule: %s\nduration: 3\ncalendars: ["%s"]\n' "$1" "$T/$2" >"$T/always.yaml"
}
# five years and ten thousand occurrences are one reading; openings after it are those of the calendar all the same
always 'cron(0 7 * * ? *)' weekdays.ics#DEFAULT_OPEN
oakum window next "$T/always.yaml" --from 2026-11-23T12:00:00Z --count 5000 -o json
expect_json '[.windows[] | select((.closesAt == .cutoffAt) != ((.opensAt | fromdate | gmtime | strftime("%u") | tonumber) > 5))] | length' 0
expect_json '.windows | length' 5000
always 'cron(0 7 * * ? *)' always.ics#DEFAULT_OPEN
oakum window next "$T/always.yaml" --from 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json .windows '[]'
oakum window check "$T/always.yaml" --at 2026-11-23T07:30:00Z
expect_exit 75
expect_out_has "it does not open again"
always 'cron(0 7 * * ? *)' seconds.ics#DEFAULT_OPEN
oakum window check "$T/always.yaml" --at 2026-11-23T09:59:00Z
[ "$code" != 0 ] || fail "a window opened under events of every second"
ok

# several windows of a host, from its configuration
cat > "$T/oakum.yaml" <<END
windows:
  early: {schedule: cron(0 3 * * ? *), duration: 1}
  nightly: window.yaml
END
chmod 644 "$T/oakum.yaml" "$T/window.yaml"
oakum window list --config "$T/oakum.yaml" --at 2026-11-24T12:00:00Z -o json
expect_exit 0
expect_json '.windows[0].opensAt' '"2026-11-25T03:00:00Z"'
expect_json '.windows[1].opensAt' '"2026-11-24T15:00:00Z"'
oakum window check early --config "$T/oakum.yaml" --at 2026-11-24T03:30:00Z
expect_exit 0
# a window whose calendar cannot be read stays closed; the others are what they are
cat >>"$T/oakum.yaml" <<END
  lost: {schedule: cron(0 3 * * ? *), duration: 1, calendars: [$T/absent.ics]}
END
oakum window list --config "$T/oakum.yaml" --at 2026-11-24T12:00:00Z -o json
expect_exit 4
expect_json '[.windows[] | [.name, .opensAt]]' '[["early","2026-11-25T03:00:00Z"],["nightly","2026-11-24T15:00:00Z"],["lost",null]]'
expect_err_has "window 'lost' stays closed"
expect_err_has absent.ics
oakum window check lost --config "$T/oakum.yaml" --at 2026-11-24T03:30:00Z
expect_refused 2 "window 'lost' stays closed"
oakum window check nihgtly --config "$T/oakum.yaml"
expect_refused 2 "did you mean 'nightly'?"
finish
