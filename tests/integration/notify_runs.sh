# timeout: 240
# The end of real patch runs is told: one that failed, one that did its work, one that found its window closed; once each.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root noted
make_deb "$R/repo" fine 1
index_repo "$R"
chroot "$R" apt-get -qq -y install fine >/dev/null 2>&1
make_deb "$R/repo" fine 2
index_repo "$R"
chmod 755 "$T"
mkdir -p "$T/hooks"
printf '#!/bin/sh\nexit 7\n' >"$T/hooks/no"
printf '#!/bin/sh\ncat >>"%s/told"\necho "$OAKUM_KEY" >>"%s/keys"\n' "$T" "$T" >"$T/hooks/tell"
chmod 755 "$T/hooks/no" "$T/hooks/tell"
: >"$T/told"
printf 'notify: [{name: ops, on: run, command: %s}]\n' "$T/hooks/tell" >"$T/notify.yaml"
{
	cat "$T/notify.yaml"
	printf 'hooks: {preInstall: %s}\n' "$T/hooks/no"
} >"$T/failing.yaml"
told() { jq -s -c '[.[] | [.kind, .status]]' "$T/told"; }
OAKUM_CONFIG=$T/failing.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_exit 1
expect_true [ "$(told)" = '[["RUN_ENDED","FAILED"]]' ]
cat >"$T/window.yaml" <<'EOF'
{schema: oakum.window/1, name: afternoon, schedule: 'at(2026-11-23T15:00:00)', timezone: UTC, duration: 3, cutoff: 1}
EOF
OAKUM_CONFIG=$T/notify.yaml oakum --root "$R" --at 2026-11-23T19:00:00Z patch --baseline "$T/everything.yaml" --window "$T/window.yaml"
expect_exit 75
OAKUM_CONFIG=$T/notify.yaml oakum --root "$R" patch --baseline "$T/everything.yaml"
ran="the run that does its work"
expect_exit 0
expect_true [ "$(told)" = '[["RUN_ENDED","FAILED"],["RUN_ENDED","MISSED_WINDOW"],["RUN_ENDED","SUCCESS"]]' ]
# told is told: nothing comes again
OAKUM_CONFIG=$T/notify.yaml oakum notify flush
expect_exit 0
OAKUM_CONFIG=$T/notify.yaml oakum --root "$R" resume
expect_true [ "$(sort "$T/keys" | uniq -d | wc -l)" = 0 ]
expect_true [ "$(wc -l <"$T/keys")" = 3 ]
# the runs are in the report
oakum report compliance -o json
expect_json '.nodes[0].lastRun.status' '"SUCCESS"'
finish
