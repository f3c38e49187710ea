#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports on 2,000 nodes: from the database (at most 2 s) and from a folder of verdicts (at most 10 s, 200 MB); peer: jq reading the
# same folder. And the database after 400 nightly scans of one host: its size beside that of the verdicts.
set -eu
T=$(mktemp -d "${TMPDIR:-/tmp}/oakum-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
: >"$T/empty.yaml"
oakum() { "$OAKUM_BUILD/oakum" --config "$T/empty.yaml" --cache "$T/cache" "$@"; }
"$OAKUM_BUILD/tests/make_verdicts" "$T/fleet" 2000 200
oakum --state "$T/state" report import "$T/fleet" -q >/dev/null
seconds() { # COMMAND…: the least of three
	for _ in 1 2 3; do
		begin=$(date +%s%N)
		"$@" >/dev/null
		end=$(date +%s%N)
		echo $((end - begin))
	done | sort -n | head -n 1 | awk '{ printf "%.3f", $1 / 1e9 }'
}
row() { # NAME OURS PEER NOTE
	printf '%-44s | %9s | %9s | %6s | %s\n' "$1" "$2" "$3" "$(awk "BEGIN { printf \"%.1f\", $3 / $2 }")" "$4"
}
jq_reads() { find "$T/fleet" -name '*.json' -print0 | xargs -0 jq -c '[.node.id, .summary.status]'; }
peer=$(seconds jq_reads)
for format in table html; do
	# a function of this script runs in "seconds" as a program would
	from_store() { oakum --state "$T/state" report compliance -o $format; }
	from_folder() { oakum --state "$T/none" report compliance --from "$T/fleet" -o $format; }
	row "report-store, 2,000 nodes, $format" "$(seconds from_store)" "$peer" "at most 2 s; peer: jq reads the verdicts"
	peak=$("$OAKUM_BUILD/tests/peak" "$OAKUM_BUILD/oakum" --config "$T/empty.yaml" --state "$T/none" --cache "$T/cache" report compliance \
		--from "$T/fleet" -o $format)
	row "report-from, 2,000 files, $format" "$(seconds from_folder)" "$peer" "at most 10 s, $peak MiB private (200 allowed); $(du -sm "$T/fleet" | cut -f1) MB of verdicts"
done
"$OAKUM_BUILD/tests/make_verdicts" "$T/nights" 2 900 400
rm "$T"/nights/00000-*.json # nothing ever changes on that one
begin=$(date +%s%N)
oakum --state "$T/one" report import "$T/nights" -q >/dev/null
end=$(date +%s%N)
row "store 400 nightly scans, 900 packages" "$(awk "BEGIN { printf \"%.3f\", ($end - $begin) / 1e9 }")" 0 \
	"$(($(stat -c %s "$T/one/state.db") / 1024)) KiB of database for $(du -sm "$T/nights" | cut -f1) MB of verdicts"
