#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# 40 patches are missing: a scan that could be stored ends with 0, one that could not with 1; compliance never tells.
. "$(dirname "$0")/../lib/assert.sh"
{
	sed '/^packages:/,$d' "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml"
	echo "packages:"
	for i in $(seq 40); do echo "  - {name: p$i, arch: x86_64, evr: 1-1}"; done
	echo "updates:"
	for i in $(seq 40); do
		echo "  - {name: p$i, arch: x86_64, evr: 2-1, origins: [main], advisories: [{id: 'RHSA-2026:$i', classification: Security, severity: Critical, updated: '2026-10-01T00:00:00Z', cves: []}]}"
	done
} >"$T/forty.yaml"
scan() { oakum scan --inventory "$T/forty.yaml" --baseline oakum-rhel-default --at 2026-11-23T12:00:00Z -o json "$@"; }
scan
expect_exit 0
expect_json .summary.missing 40
scan --exit-code
expect_exit 3
oakum history --scans -o json
expect_exit 0
: >"$T/file"
run "$OAKUM" --config "$T/empty.yaml" --cache "$T/cache" --state "$T/file/below" scan --inventory "$T/forty.yaml" --baseline oakum-rhel-default \
	--at 2026-11-23T12:00:00Z -o json
expect_exit 1
expect_no_out
expect_err_has "$T/file"
finish
