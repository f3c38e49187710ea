#!/bin/sh
# Includes obey the layer table of docs/architecture.md, foreign headers its second table.
set -eu
. "$(dirname "$0")/../lib/sources.sh"

check() {
	sources | xargs grep -HnE '^[[:space:]]*#[[:space:]]*include' |
	awk -v table="$1" '
	function layer_of(path,   l, best) {
		best = ""
		for (l in may) if (index(path, l "/") == 1 && length(l) > length(best)) best = l
		return best
	}
	BEGIN {
		while ((getline line < table) > 0) {
			if (line !~ /^\|/ || line ~ /^\| *(---|layer|header|question)/) { if (line ~ /^\| *(layer|header|question)/) kind = line; continue }
			n = split(line, c, "|"); gsub(/^ +| +$/, "", c[2]); gsub(/^ +| +$/, "", c[3])
			if (kind ~ /layer/) { may[c[2]] = " " c[3] " " c[2] " "; layers++ }
			else if (kind ~ /header/) { m = split(c[2], hs, " "); for (i = 1; i <= m; i++) only[hs[i]] = c[3] }
		}
		if (layers < 5) { print "no layer table in " table; exit 2 }
	}
	{
		split($0, at, ":"); file = at[1]; where = at[1] ":" at[2]
		text = $0; sub(/^[^:]*:[^:]*:/, "", text)
		match(text, /[<"][^">]*[">]/); target = substr(text, RSTART + 1, RLENGTH - 2)
		from = layer_of(file)
		if (from == "") { print where ": is in no layer of the table"; bad = 1; next }
		if (text ~ /"/) {
			to = layer_of(target)
			if (to == "" && target !~ /\//) { print where ": include \"" target "\" with its folder"; bad = 1 }
			else if (to == "" ) { print where ": \"" target "\" is in no layer of the table"; bad = 1 }
			else if (index(may[from], " " to " ") == 0) { print where ": " from " may not include " to " (\"" target "\")"; bad = 1 }
			next
		}
		for (h in only) {
			if (index(target, h) != 1) continue
			n = split(only[h], places, " "); fine = 0
			for (i = 1; i <= n; i++) if (index(file, places[i]) == 1) fine = 1
			if (!fine) { print where ": <" target "> belongs in " only[h] " only"; bad = 1 }
		}
	}
	END { exit bad }'
}
check docs/architecture.md
# the check itself must bite
self=$(mktemp)
trap 'rm -f "$self"' EXIT
sed '/^| cli |/s/ core / /' docs/architecture.md >"$self"
if check "$self" >/dev/null; then
	echo "the layer check does not notice a forbidden include"
	exit 1
fi
