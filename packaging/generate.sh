#!/bin/sh
# generate.sh OAKUM FOLDER: writes the manual pages and completion scripts that OAKUM prints into FOLDER.
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
"$oakum" help --man oakum >"$folder/man/oakum.1" # last: the build's mark that all are there
