# SPDX-License-Identifier: GPL-3.0-or-later
# The units as systemd reads them: nothing that it does not know, timers that fire when they say, a scan that is confined; and cron's lines.
. "$(dirname "$0")/../lib/assert.sh"
need_tool systemd-analyze
mkdir "$T/units"
for unit in "$OAKUM_SOURCE"/packaging/systemd/*; do # the program where it is now; manual pages are not installed here
	sed -e "s,/usr/bin/oakum,$OAKUM," -e '/^Documentation=/d' "$unit" >"$T/units/$(basename "$unit")"
done
for unit in "$T"/units/*; do
	run systemd-analyze verify "$unit"
	expect_exit 0
	ok; ! grep -F "$T/units" "$T/err" || fail "systemd complains of $(basename "$unit")"
done
# every ExecStart is a command that there is, with options that it knows
grep -hE '^ExecStart(Post)?=' "$OAKUM_SOURCE"/packaging/systemd/*.service | sed -E 's/^[^=]*=-?//' | sort -u >"$T/commands"
expect_true [ "$(wc -l <"$T/commands")" -ge 7 ]
while read -r program arguments; do
	ran="$program $arguments"
	expect_true [ "$program" = /usr/bin/oakum ]
	# shellcheck disable=SC2086 # words
	run "$OAKUM" $arguments --help
	expect_exit 0
done <"$T/commands"
run systemd-analyze security --offline=true --threshold=50 "$T/units/oakum-scan.service"
expect_exit 0
# what setup says of the night is what the timer does
run env TZ=UTC systemd-analyze calendar --iterations=1 --base-time='2026-11-23 12:00:00 UTC' "$(sed -n 's/^OnCalendar=//p' "$OAKUM_SOURCE/packaging/systemd/oakum-scan.timer")"
expect_exit 0
expect_out_has '2026-11-24 01:00:00'
expect_true grep -qx 'RandomizedDelaySec=4h' "$OAKUM_SOURCE/packaging/systemd/oakum-scan.timer"
# cron: the same commands, in lines that a shell can read (cron makes % a newline, \% a %)
grep -E '^(@reboot|[0-9*])' "$OAKUM_SOURCE/packaging/cron/oakum" | sed -E 's/^(@[a-z]+|([^ ]+ ){4}[^ ]+) root //; s/\\%/%/g' >"$T/cron"
expect_true [ "$(wc -l <"$T/cron")" = 2 ]
while read -r line; do
	run sh -n -c "$line"
	ran="sh -n -c $line"
	expect_exit 0
done <"$T/cron"
grep -E '^ExecStart(Post)?=' "$OAKUM_SOURCE/packaging/systemd/oakum-scan.service" | sed -E 's/^[^=]*=-?//' | while read -r command; do
	grep -qF "$command" "$T/cron" || echo "$command"
done >"$T/lacking"
ok; [ ! -s "$T/lacking" ] || fail "cron's night lacks: $(cat "$T/lacking")"
finish
