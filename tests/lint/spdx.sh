#!/bin/sh
# Every source file says its licence, the right one for its folder, and in one sentence what it is for; no file names
# a path of the machine it was written on.
set -eu
. "$(dirname "$0")/../lib/sources.sh"
bad=0
for file in $(sources $layers tests); do
	case $file in
	core/* | repo/tuf*) licence=LGPL-2.1-or-later ;;
	*) licence=GPL-3.0-or-later ;;
	esac
	line=$(head -n 1 "$file")
	case $line in
	"/* SPDX-License-Identifier: $licence */") ;;
	*)
		echo "$file:1: begin with '/* SPDX-License-Identifier: $licence */'"
		bad=1
		;;
	esac
	case $(sed -n 2p "$file") in
	"/* "*) ;;
	*)
		echo "$file:2: say in one sentence what the file is for"
		bad=1
		;;
	esac
done
if git rev-parse --git-dir >/dev/null 2>&1; then
	here=$(pwd)
	if git grep -nI -e '/[w]ork/' -e "$here/" -- . ':!*.patch'; then
		echo "a committed file names a path of this machine"
		bad=1
	fi
fi
exit $bad
