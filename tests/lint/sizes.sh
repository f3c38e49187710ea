#!/bin/sh
# Files under 600 lines, functions under 80, no goto: as STYLE asks, so that everything stays readable.
set -eu
. "$(dirname "$0")/../lib/sources.sh"
sources $layers tests | xargs awk '
	function end_file() { if (count >= 600) { print name ": " count " lines (600 is the limit)"; bad = 1 } }
	FNR == 1 { end_file(); name = FILENAME; start = 0 }
	{ count = FNR }
	/^\{/ { start = FNR }
	/^\}/ { if (start && FNR - start + 1 >= 80) { print name ":" start ": function of " FNR - start + 1 " lines (80 is the limit)"; bad = 1 } start = 0 }
	{
		code = $0
		gsub(/"([^"\\]|\\.)*"/, "", code); gsub(/\/\*.*\*\//, "", code)
		if (code ~ /(^|[^A-Za-z_])goto[ \t]/ && code !~ /^[ \t]*(\*|\/\*)/) { print name ":" FNR ": goto"; bad = 1 }
	}
	END { end_file(); exit bad }'
