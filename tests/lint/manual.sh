#!/bin/sh
# Help, manual pages and completion agree: every command and option of the one is in the others.
set -eu
oakum=${OAKUM_BUILD:?}/oakum
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
	echo "$*"
	bad=1
}
for shell in bash zsh fish; do
	"$oakum" help --completion $shell >"$work/$shell"
done
bash -n "$work/bash" || complain "the bash completion is no valid script"
"$oakum" help --man oakum.yaml >"$work/oakum.yaml"
"$oakum" help --man list >"$work/list"
"$oakum" help --man oakum >"$work/oakum"

# the words bash completes behind "oakum WORDS "
words_after() { bash -c '. "$1"; _oakum_words "$2"' - "$work/bash" "$1"; }

for page in $(sed 's/\.[0-9]$//' "$work/list"); do
	"$oakum" help --man "$page" >"$work/page"
	[ -s "$work/page" ] || complain "manual page $page is empty"
	case $page in oakum | oakum.yaml) continue ;; esac
	# the command's words: the page's name with as many "-" as its SYNOPSIS has blanks
	words=$(sed -n '/^\.SH SYNOPSIS/{n;s/^\.B oakum //;s/\\-/-/g;p;}' "$work/page" | sed 's/ [^ ]*[[<|A-Z].*//')
	[ "oakum-$(echo "$words" | tr ' ' '-')" = "$page" ] || complain "page $page has the synopsis of '$words'"
	# shellcheck disable=SC2086 # words of a command
	"$oakum" $words --help >"$work/help" || complain "oakum $words --help fails"
	summary=$(sed -n 3p "$work/help")
	sed -n '/^\.SH NAME/{n;s/\\-/-/g;p;}' "$work/page" | grep -qF -- "- $summary" || complain "$page: NAME is not '$summary'"
	sed 's/\\-/-/g' "$work/oakum" | grep -qF ".B oakum $words" || complain "oakum.1 lacks 'oakum $words'"
	grep -oE -- '^ +(-[a-zA-Z0-9], )?--[a-z0-9-]+' "$work/help" | grep -oE -- '--[a-z0-9-]+$' | sort >"$work/in-help"
	sed 's/\\-/-/g' "$work/page" | grep -E -- '^\.B (-[a-zA-Z0-9], )?--' | grep -oE -- '--[a-z0-9-]+' | sort -u >"$work/in-man"
	words_after "$words" | tr ' ' '\n' | grep -- '^--' | sort >"$work/in-bash"
	grep -F "'__oakum_at \"$words\"'" "$work/fish" | grep -oE -- ' -l [a-z0-9-]+' | sed 's/ -l /--/' | sort >"$work/in-fish"
	for other in man bash fish; do
		cmp -s "$work/in-help" "$work/in-$other" || complain "oakum $words: --help and $other differ: $(diff "$work/in-help" "$work/in-$other" | grep '^[<>]' | tr '\n' ' ')"
	done
	parent=${words% *}
	[ "$parent" != "$words" ] || parent=
	words_after "$parent" | tr ' ' '\n' | grep -qx -- "${words##* }" || complain "completion of 'oakum $parent' lacks '${words##* }'"
done
# every setting is described in docs/formats/config.md
for key in $(sed -n '/^\.SH SETTINGS/,/^\.SH OPTIONS/{s/\\-/-/g;s/^\.B \([^:]*\):.*/\1/p;}' "$work/oakum.yaml"); do
	grep -qF "\`$key\`" "${OAKUM_SOURCE:-.}/docs/formats/config.md" || complain "docs/formats/config.md lacks the key \`$key\`"
done
[ "$(wc -l <"$work/list")" -gt 3 ] || complain "there are no manual pages"
if command -v groff >/dev/null 2>&1; then
	for page in $(sed 's/\.[0-9]$//' "$work/list"); do
		"$oakum" help --man "$page" | groff -k -man -Tutf8 -ww >/dev/null 2>"$work/warnings" || true
		[ ! -s "$work/warnings" ] || complain "$page: $(head -n 2 "$work/warnings")"
	done
fi
# every format has a page of its own, if the build found lowdown
if command -v lowdown >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
	for file in "${OAKUM_SOURCE:-.}"/docs/formats/*.md; do
		page=$OAKUM_BUILD/man/oakum-$(basename "$file" .md).5
		grep -q '^\.SH NAME' "$page" || complain "no manual page of $file"
		groff -k -t -man -Tutf8 "$page" >/dev/null 2>"$work/warnings" || true
		! grep -q error "$work/warnings" || complain "$page: $(head -n 2 "$work/warnings")"
	done
fi
# every function of the library is in its page
for function in $(sed -n 's/^OAK_TUF_API.*[ *]\(oak_tuf_[a-z_]*\)(.*/\1/p' "${OAKUM_SOURCE:-.}/repo/tuf.h"); do
	grep -q "$function(" "${OAKUM_SOURCE:-.}/docs/man/liboaktuf.3" || complain "docs/man/liboaktuf.3 lacks $function"
done
exit $bad
