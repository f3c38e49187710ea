#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# oakum scan against apt list --upgradable on bench/debworld: 984 packages, this machine's real bookworm lists.
# Rows: unchanged host (warm), a host whose dpkg status changed, one without libapt's cache, first scan ever; plan.
set -u
: "${OAKUM_BUILD:?}"
OAKUM_SOURCE=${OAKUM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
world=${OAKUM_BENCH:-$OAKUM_SOURCE/../shared/bench}/debworld
pairs=${PAIRS:-7}
[ -f "$world/status" ] || { echo "skipped: no bench/debworld"; exit 77; }
T=$(mktemp -d "${TMPDIR:-/tmp}/oakum-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
W=$T/world
mkdir -p "$W/etc/apt/apt.conf.d" "$W/etc/apt/preferences.d" "$W/etc/apt/sources.list.d" "$W/etc/apt/trusted.gpg.d" \
	"$W/var/lib/apt/lists/partial" "$W/var/lib/dpkg" "$W/var/cache/apt/archives/partial" "$W/var/log/apt"
cp "$world/status" "$W/var/lib/dpkg/status"
chmod 644 "$W/var/lib/dpkg/status"
cp /etc/os-release /etc/machine-id "$W/etc/"
cp /etc/apt/trusted.gpg.d/* "$W/etc/apt/trusted.gpg.d/" 2>/dev/null
key=/usr/share/keyrings/debian-archive-keyring.gpg
apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | grep -E ' bookworm(-updates|-security)?$' |
	sort -u | while read -r uri suite; do echo "deb [signed-by=$key] $uri $suite main"; done >"$W/etc/apt/sources.list"
[ -s "$W/etc/apt/sources.list" ] || { echo "skipped: no bookworm mirror"; exit 77; }
sed "s|OUT|$W|g" "$world/apt.conf.example" >"$T/apt.conf"
apt-config dump 2>/dev/null | grep -iE '^Acquire::(https?|ftp)::' >>"$T/apt.conf"
APT_CONFIG=$T/apt.conf apt-get -qq update >/dev/null 2>&1 || { echo "skipped: the mirror cannot be reached"; exit 77; }
: >"$T/empty.yaml"
sleep 1 # files as new as the scan itself are not trusted to be settled

apts() { APT_CONFIG=$T/apt.conf apt list --upgradable >/dev/null 2>&1; }
ours() { "$OAKUM_BUILD/oakum" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" scan --root "$W" >/dev/null 2>&1; }
now() { date +%s%N; }
# pair NAME LEAST PREPARE-A PREPARE-B [A B]: medians of alternating runs, and their ratio
pair() {
	name=$1 least=$2 before_a=$3 before_b=$4 a=${5:-apts} b=${6:-ours}
	: >"$T/a"
	: >"$T/b"
	n=0
	while [ $n -lt "$pairs" ]; do
		n=$((n + 1))
		$before_a
		start=$(now); $a; echo $(($(now) - start)) >>"$T/a"
		$before_b
		start=$(now); $b; echo $(($(now) - start)) >>"$T/b"
	done
	sort -n "$T/a" | awk -v n="$pairs" 'NR == int((n + 1) / 2)' >"$T/am"
	sort -n "$T/b" | awk -v n="$pairs" 'NR == int((n + 1) / 2)' >"$T/bm"
	awk -v a="$(cat "$T/am")" -v b="$(cat "$T/bm")" -v name="$name" -v least="$least" 'BEGIN {
		printf "%-44s | %9.4f | %9.4f | %6.1f | at least %s%s\n", name, b / 1e9, a / 1e9, a / b, least,
			a / b < least ? "  MISSED" : "" }'
}
nothing() { :; }
no_peer_cache() { rm -f "$W"/var/cache/apt/*.bin; }
first_scan() { rm -rf "$T/cache"; }
no_snapshot() { rm -f "$T"/cache/nodes/*/scan.snapshot; }
status_changed() { touch "$W/var/lib/dpkg/status"; sleep 0.15; }

apts
ours
pair "scan, nothing changed (warm)" 8 nothing nothing
pair "scan, dpkg's status changed" 1.5 status_changed status_changed
pair "scan, libapt's cache alone is warm" 4 nothing no_snapshot
pair "scan, the host keeps no pkgcache, second time" 8 no_peer_cache nothing
pair "scan, no cache at all, first time" 1.3 no_peer_cache first_scan
plans() { APT_CONFIG=$T/apt.conf apt-get -s dist-upgrade >/dev/null 2>&1; }
wants() { "$OAKUM_BUILD/tests/resolve_dump" "$W" "$(echo "$T"/cache/nodes/*)" <"$T/wants" >/dev/null 2>&1; }
"$OAKUM_BUILD/tests/scan_dump" "$W" "$(echo "$T"/cache/nodes/*)" | jq -r '.updates[] | "\(.name) \(.arch) \(.evr)"' |
	awk '!seen[$1]++' >"$T/wants"
pair "resolve all updates (apt-get -s dist-upgrade)" 1 nothing nothing plans wants
rm -f "$T"/cache/nodes/*/scan.snapshot
for what in "dpkg's status changed" "nothing changed"; do
	printf '%-44s | %9s | %9s | %6s | MiB private, at most 48\n' "scan, $what" \
		"$("$OAKUM_BUILD/tests/peak" "$OAKUM_BUILD/oakum" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" scan --root "$W")" \
		"$("$OAKUM_BUILD/tests/peak" env APT_CONFIG="$T/apt.conf" apt list --upgradable)" "-"
done
