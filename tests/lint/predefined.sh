#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every predefined baseline has a scenario that says what it makes of a recorded inventory.
set -eu
cd "$OAKUM_SOURCE"
bad=0 n=0
for file in baseline/predefined/*.json; do
	name=$(basename "$file" .json)
	n=$((n + 1))
	grep -qx "baseline: $name" tests/scenario/*.scn || { echo "no scenario uses the predefined baseline '$name'"; bad=1; }
done
[ "$n" -gt 0 ] || { echo "no predefined baselines"; bad=1; }
exit "$bad"
