#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# 2,000 random pairs: our order is that of dpkg --compare-versions.
. "$(dirname "$0")/../lib/assert.sh"
need_tool dpkg
set -e
"$OAKUM_BUILD/tests/differential_deb_pairs" 2000 | {
	bad=0 n=0
	while read -r a op b; do
		n=$((n + 1))
		dpkg --compare-versions "$a" "$op" "$b" || { echo "dpkg does not say: $a $op $b"; bad=1; }
	done
	echo "$n pairs"
	[ "$n" = 2000 ] && [ "$bad" = 0 ]
}
