#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# 10,000 list entries against 5,000 packages and 20,000 updates, evaluated in one process.
set -eu
"$OAKUM_BUILD/tests/glob_bench" | while read -r ours peer rows missing; do
	printf '%-44s | %9s | %9s | %6s | %s\n' "10,000 globs x 5,000 packages x 20,000 updates" "$ours" "$peer" \
		"$(awk "BEGIN { printf \"%.0f\", $peer / $ours }")" "peer: fnmatch on names in loops, from a sample; $rows rows, $missing missing"
done
