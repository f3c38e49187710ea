#!/bin/sh
# Every header compiles alone: it is a contract that can be read alone.
set -eu
. "$(dirname "$0")/../lib/sources.sh"
flags=$(grep -ohE -- '-isystem [^ "]+|-D[A-Za-z_]+=?[^ "]*' "${OAKUM_BUILD:?}/compile_commands.json" | grep -v '\\' | sort -u | tr '\n' ' ')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mingw=x86_64-w64-mingw32-gcc
compile() {
	case $1 in
	*_win32.h)
		command -v $mingw >/dev/null || return 0
		printf '#include "%s"\n#include "%s"\n' "$1" "$1" | $mingw -fsyntax-only -Wall -Wextra -Werror -I. -D_GNU_SOURCE -DUNICODE -x c -
		return
		;;
	esac
	case $1 in *.hh) language=c++ ;; *) language=c ;; esac
	# shellcheck disable=SC2086 # a list of flags
	printf '#include "%s"\n#include "%s"\n' "$1" "$1" | ${CC:-cc} -x $language -fsyntax-only -Wall -Wextra -Werror -I. -D_GNU_SOURCE $flags -
}
bad=0
for header in $(sources | grep -E '\.hh?$'); do
	if ! compile "$header" 2>"$work/err"; then
		echo "$header does not compile alone:"
		head -n 4 "$work/err"
		bad=1
	fi
done
exit $bad
