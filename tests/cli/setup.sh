# setup: what it would do, what it writes, what it leaves; twice is once; patch --if-due.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/oakum.yaml
setup() { oakum setup --no-timers "$@"; }

# a dry run writes nothing, and says everything
setup --dry-run --tags 'role=web,Patch Group=prod' --window 'cron(0 3 ? * SUN *)' --timezone Europe/Berlin --reboot never
expect_exit 0
expect_out_has 'node.tags.Patch Group: prod'
expect_out_has 'patches next in'
expect_true test ! -e "$OAKUM_CONFIG"
oakum setup --dry-run -o json
expect_exit 0
expect_json .schema '"oakum.setup/1"'

setup --tags 'role=web,Patch Group=prod' --window 'cron(0 3 ? * SUN *)' --timezone Europe/Berlin --reboot never --baseline oakum-debian-default
expect_exit 0
expect_true test "$(stat -c %a "$OAKUM_CONFIG")" = 644
oakum window list -o json
expect_exit 0
expect_json '.windows[0].name' '"maintenance"'
oakum --at 2026-11-29T02:30:00Z window check maintenance
expect_exit 0
# again: nothing changes, not even the file
cp -p "$OAKUM_CONFIG" "$T/first"
setup --tags 'role=web,Patch Group=prod' --window 'cron(0 3 ? * SUN *)' --timezone Europe/Berlin --reboot never -o json
expect_json '.changes' '[]'
expect_same "$OAKUM_CONFIG" "$T/first"
expect_true test ! -e "$OAKUM_CONFIG.before-setup"
setup
expect_out_has 'as it should be'

# one thing more: the rest stays, what was there before too, and a copy of it
printf '# mine\noutput: table\nnode: {tags: {role: db, site: x}, name: n1}\n' >"$OAKUM_CONFIG"
setup --tags role=web --window 'rate(1 day)' --duration 90m --cutoff 0 -o json
expect_exit 0
expect_json '[.changes[] | [.key, .from]]' '[["node.tags.role","db"],["windows.maintenance",null]]'
expect_true grep -q '^# mine' "$OAKUM_CONFIG.before-setup"
for key in 'output: ' 'site: ' 'name: '; do expect_true grep -q "$key" "$OAKUM_CONFIG"; done
setup --window none -o json
expect_json '[.changes[] | [.key, .to]]' '[["windows.maintenance",null]]'
expect_true test "$(grep -c maintenance "$OAKUM_CONFIG")" = 0

# who is told: one target a kind is setup's own; others, and what was added to it by hand, stay
printf '#!/bin/sh\ncat >>"%s/told"\n' "$T" >"$T/tell"
chmod 755 "$T" "$T/tell"
printf 'notify: [{name: mine, command: %s}, {name: mail, on: run, mail: old@example.org}]\n' "$T/tell" >"$OAKUM_CONFIG"
tell() { setup --notify-mail ops@example.org --notify-mail root --notify-webhook 'https://u:geheim@hooks.example.org/x?t=geheim' --notify-template slack --notify-command "$T/tell" "$@"; }
tell --dry-run -o json
expect_exit 0
expect_out_lacks '"to": "https'
expect_json '[.notify[] | [.name, .kind]]' '[["mine","command"],["mail","mail"],["webhook","webhook"],["command","command"]]'
expect_json '.notify[1,2].to' '"ops@example.org, root"
"hooks.example.org, as slack expects it"'
expect_true test "$(grep -c ops@ "$OAKUM_CONFIG")" = 0
tell
expect_exit 0
expect_out_has 'tells '
oakum notify test command -q
expect_exit 0
expect_true grep -q '"kind":"TEST"' "$T/told"
expect_true grep -Eq '"?on"?: ' "$OAKUM_CONFIG"
tell -o json
expect_json .changes '[]'
setup --notify-mail none --notify-webhook none --notify-command none
expect_exit 0
expect_true test "$(grep -c 'name: ' "$OAKUM_CONFIG")" = 1
expect_true grep -q 'name: .*mine' "$OAKUM_CONFIG"

# what happens and when
printf 'windows: {one: {schedule: "cron(0 3 ? * SUN *)", duration: 3, cutoff: 1}, two: {schedule: "cron(0 4 ? * MON *)", duration: 3, cutoff: 1}}\n' >"$OAKUM_CONFIG"
oakum --at 2026-11-23T12:00:00Z setup --dry-run -o json
expect_json .openings '["2026-11-29T03:00:00Z","2026-11-30T04:00:00Z"]'
expect_json '[.timers[] | select(.next) | [.next, .nextUntil]] | unique - [["2026-11-24T01:00:00Z","2026-11-24T05:00:00Z"]]' '[]'
printf 'output: table\n' >"$OAKUM_CONFIG"

# bad input writes nothing
before=$(cat "$OAKUM_CONFIG")
for bad in '--window cron(nonsense)' '--window rate(1day) --duration 30' '--tags role' '--baseline no-such-baseline' '--timers-only --remove-timers' \
	'--window rate(1day) --timezone Nowhere/Else' '--notify-webhook ftp://x/' '--notify-template slack' '--notify-command tell' \
	'--notify-webhook https://x/ --notify-template chat'; do
	# shellcheck disable=SC2086 # words
	setup $bad
	expect_exit 2
	expect_no_out
	expect_true test "$before" = "$(cat "$OAKUM_CONFIG")"
done
echo 'bogus: 1' >"$OAKUM_CONFIG"
setup --tags role=web
expect_refused 2 bogus
chmod 666 "$OAKUM_CONFIG"
setup --tags role=web
expect_refused 5 writable

# --if-due: silent and without a trace while no window is open
chmod 644 "$OAKUM_CONFIG"
printf 'windows: {nightly: {schedule: "cron(0 3 ? * SUN *)", duration: 3, cutoff: 1}}\n' >"$OAKUM_CONFIG"
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$T/root"
	oakum --root "$T/root" --at 2026-11-28T03:30:00Z patch --if-due
	expect_exit 0
	expect_no_out
	expect_no_err
	oakum history --runs -o json
	expect_json '.runs // []' '[]'
fi
finish
