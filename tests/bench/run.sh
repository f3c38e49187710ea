#!/bin/sh
# Side-by-side measurements: every tests/bench/NAME.sh prints its rows; all of them, or those named.
# A row: "name | ours s | peer s | ratio peer/ours (median of pairs) | note". No assertion here: a person reads it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
OAKUM_SOURCE=${OAKUM_SOURCE:-$(dirname "$(dirname "$here")")}
OAKUM_BUILD=${OAKUM_BUILD:-$OAKUM_SOURCE/build/release}
export OAKUM_SOURCE OAKUM_BUILD
printf '%-44s | %9s | %9s | %6s | %s\n' work ours peer ratio note
if [ $# -gt 0 ]; then
	for name in "$@"; do sh "$here/$name.sh"; done
else
	for file in "$here"/*.sh; do
		case ${file##*/} in run.sh) ;; *) sh "$file" ;; esac
	done
fi
