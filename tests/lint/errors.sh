#!/bin/sh
# Every error id in the code is documented in docs/errors.d/, once, and every documented one exists.
set -eu
. "$(dirname "$0")/../lib/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=$(sources)
# shellcheck disable=SC2086 # a list of files
perl -0777 -ne 'while (/\boak_fail(?:_errno)?\s*\(/g) {
		my $call = substr($_, pos, 300);
		$call =~ s/;.*//s;
		print "$1\n" while $call =~ /"([a-z][a-z0-9]*\.[a-z0-9][a-z0-9.-]*)"/g;
	}' $sources | sort -u >"$work/code"
grep -hoE '^\| `?[a-z][a-z0-9]*\.[a-z0-9.-]+`? \|' docs/errors.d/*.md | tr -d '|` ' | sort >"$work/pages"
bad=0
for id in $(comm -23 "$work/code" "$work/pages" | sort -u); do
	echo "error '$id' is not in docs/errors.d/: $(grep -lF "\"$id\"" $sources | head -n 1)"
	bad=1
done
for id in $(uniq -d "$work/pages"); do
	echo "error '$id' is documented twice"
	bad=1
done
for id in $(sort -u "$work/pages"); do
	# shellcheck disable=SC2086 # a list of files
	grep -qF "\"$id\"" $sources || {
		echo "error '$id' is documented, but nothing in the code gives it"
		bad=1
	}
done
[ -s "$work/code" ] || { echo "no error id was found"; bad=1; }
exit $bad
