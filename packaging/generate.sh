#!/bin/sh
# generate.sh OAKUM FOLDER: writes the manual pages and completion scripts that OAKUM prints into FOLDER, and pages of the formats.
set -eu
oakum=$1 folder=$2
mkdir -p "$folder/man" "$folder/completions"
rm -f "$folder/man/"*
for shell in bash zsh fish; do
	"$oakum" help --completion $shell >"$folder/completions/oakum.$shell"
done
for page in $("$oakum" help --man list); do
	[ "$page" = oakum.1 ] || "$oakum" help --man "${page%.*}" >"$folder/man/$page"
done
# the documents, from the pages that describe them
formats=$(cd "$(dirname "$0")/../docs/formats" && pwd)
if command -v lowdown >/dev/null 2>&1; then
	for file in "$formats"/*.md; do
		name=oakum-$(basename "$file" .md)
		{
			printf '# NAME\n\n%s - %s\n\n' "$name" "$(sed -n '1s/^# //p' "$file" | tr -d '`')"
			sed 1d "$file"
		} | lowdown -s -Tman -M section=5 -M "title=$name" | {
			printf "'\\\" t\n"
			sed '/^\.S[HS]$/{N;s/\n/ /;}; s/^\.TH .*/&\n.ad l/'
		} >"$folder/man/$name.5"
	done
fi
"$oakum" help --man oakum >"$folder/man/oakum.1" # last: the build's mark that all are there
