#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A patch group that no baseline knows: the default of the OS judges; one that is known wins over it.
. "$(dirname "$0")/../lib/assert.sh"
group() { sed "s/tags: {}/tags: {$1: nobody}/" "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" >"$T/group.yaml"; }
judge() { oakum scan --inventory "$T/group.yaml" --at 2026-11-23T12:00:00Z --no-store -o json; }
for key in '"Patch Group"' PatchGroup; do
	group "$key"
	judge
	expect_exit 0
	expect_json .baseline.name '"oakum-rhel-default"'
	expect_json .summary.missing 3
done
printf 'baselines:\n  groups: {nobody: oakum-rhel-strict}\n' >"$T/config.yaml"
OAKUM_CONFIG=$T/config.yaml
judge
expect_exit 0
expect_json .baseline.name '"oakum-rhel-strict"'
expect_json .summary.missing 8
finish
