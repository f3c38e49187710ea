#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Import of 50,000 advisories: the Debian tracker's format (one document) and OSV (50,000 documents in one archive).
# Peer: jq reading the same text once. Memory is the most that was resident, of which mapped pages of the file are no cost.
set -eu
T=$(mktemp -d "${TMPDIR:-/tmp}/oakum-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
awk 'BEGIN {
	printf "{"
	for (p = 0; p < 5000; p++) {
		printf "%s\"source-%05d\": {", p ? ",\n" : "", p
		for (c = 0; c < 10; c++)
			printf "%s\"CVE-2026-%d\": {\"description\": \"A flaw was found in source-%05d: a crafted file leads to a write behind the end of a buffer, which may run code. Number %d.\", \"scope\": \"remote\", \"releases\": {\"bookworm\": {\"status\": \"resolved\", \"repositories\": {\"bookworm\": \"1.%d-1\"}, \"fixed_version\": \"1.%d-1+deb12u1\", \"urgency\": \"medium\"}, \"trixie\": {\"status\": \"resolved\", \"repositories\": {\"trixie\": \"2.%d-1\"}, \"fixed_version\": \"2.%d-1\", \"urgency\": \"not yet assigned\"}, \"sid\": {\"status\": \"open\", \"repositories\": {}, \"urgency\": \"not yet assigned\"}}}", c ? ", " : "", 10000 + p * 10 + c, p, c, c, c, c, c
		printf "}"
	}
	print "}"
}' >"$T/tracker.json"
mkdir "$T/osv"
jq -c 'to_entries[] | .key as $p | .value | to_entries[] | {id: .key, summary: "Important: \($p) update", published: "2026-11-01T00:00:00Z",
	details: .value.description, affected: [{package: {ecosystem: "AlmaLinux:10", name: $p},
	ranges: [{type: "ECOSYSTEM", events: [{introduced: "0"}, {fixed: .value.releases.bookworm.fixed_version}]}]}]}' "$T/tracker.json" |
	(cd "$T/osv" && split -a 5 -d -l 1 - x)
tar -C "$T" -cf "$T/osv.tar" osv

seconds() { # COMMAND…: the least of three
	for _ in 1 2 3; do
		begin=$(date +%s%N)
		"$@" >/dev/null
		end=$(date +%s%N)
		echo $((end - begin))
	done | sort -n | head -n 1 | awk '{ printf "%.3f", $1 / 1e9 }'
}
kilobytes() { # the most memory that COMMAND had of its own, by its cgroup-free way: VmHWM less what is mapped from files
	"$@" >/dev/null &
	pid=$! most=0
	while kill -0 $pid 2>/dev/null; do
		now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null || echo 0)
		[ "${now:-0}" -gt $most ] && most=$now
		sleep 0.02
	done
	wait $pid
	echo $most
}
row() { # NAME FILE PEER-SECONDS
	ours=$(seconds "$OAKUM_BUILD/oakum" --state "$T/state" feed import "$2")
	memory=$(kilobytes "$OAKUM_BUILD/oakum" --state "$T/state" feed import "$2")
	printf '%-44s | %9s | %9s | %6s | %s\n' "$1" "$ours" "$3" "$(awk "BEGIN { printf \"%.1f\", $3 / $ours }")" \
		"$(($(stat -c %s "$2") / 1048576)) MB of text, $((memory / 1024)) MB of memory; peer: jq reads it once"
}
row "feed import, 50,000 CVEs, tracker" "$T/tracker.json" "$(seconds jq -n '[inputs | .[] | .[] | .releases] | length' "$T/tracker.json")"
row "feed import, 50,000 OSV documents in a tar" "$T/osv.tar" "$(seconds sh -c "tar -xOf '$T/osv.tar' | jq -n '[inputs | .affected] | length'")"
