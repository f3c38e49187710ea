# timeout: 300
# 400 nightly scans of one host: rows and bytes grow with what changes, not with the nights; forgetting gives space back.
. "$(dirname "$0")/../lib/assert.sh"
"$OAKUM_BUILD/tests/make_verdicts" "$T/nights" 2 300 400
rm "$T"/nights/00000-*.json # nothing ever changes on that one
mkdir "$T/first" "$T/half"
cp "$T"/nights/*-000.json "$T/first"
cp "$T"/nights/*-[01]??.json "$T/half"
size() { echo $(($(stat -c %s "$T/state/state.db") / 1024)); }
oakum report import "$T/first"
expect_exit 0
one=$(size)
oakum report import "$T/half"
half=$(size)
oakum report import "$T/nights" -o json
expect_json '[.verdicts, .known]' '[200,200]'
all=$(size)
verdicts=$(du -sk "$T/nights" | cut -f1)
echo "database: $one KiB after one night, $half KiB after 200, $all KiB after 400; the verdicts are $verdicts KiB"
# a night costs next to nothing, and every night the same
expect_true [ $(((all - one) / 400)) -le 8 ]
expect_true [ $((all - half)) -le $(((half - one) * 3 / 2 + 64)) ]
expect_true [ $((all * 20)) -le "$verdicts" ]
oakum history --scans --limit 0 -o json
expect_json '.scans | length' 400
oakum report trend --since 399d --at 2026-11-23T12:00:00Z -o json
expect_json '[.days[] | select(.nodes == 1)] | length' 400
printf 'db: {vacuum: {olderThan: 30d}}\n' >"$T/keep.yaml"
OAKUM_CONFIG=$T/keep.yaml # what a timer finds
oakum db vacuum --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json '.bytesAfter < .bytesBefore' true
oakum history --scans --limit 0 -o json
expect_true [ "$(jq '.scans | length' "$T/out")" -le 31 ]
oakum db check
expect_exit 0
finish
