# timeout: 300
# 2,000 verdicts of mixed platforms: the same numbers as jq's, from the folder and from the database; memory within bounds.
. "$(dirname "$0")/../lib/assert.sh"
now=2026-11-23T12:00:00Z
report() { oakum report "$@" --at $now; }
"$OAKUM_BUILD/tests/make_verdicts" "$T/fleet" 2000 60
# one line a verdict, once; jq counts from here on
find "$T/fleet" -name '*.json' | sort | xargs jq -c '{id: .node.id, platform: .node.platform.id, evaluatedAt, summary,
	bad: [.patches[] | select(.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT")) | {id, cves}],
	installed: ([.patches[] | select(.installed != null)] | length)}' >"$T/lines"
count() { jq -s -c "$1" "$T/lines"; }
for source in folder database; do
	from="--from $T/fleet"
	if [ $source = database ]; then
		oakum report import "$T/fleet" -q
		expect_exit 0
		from=
	fi
	# shellcheck disable=SC2086 # an option, or none
	{
		report compliance $from -o json
		expect_json '[.totals | .nodes, .compliant, .nonCompliant, .unknown]' "$(count '[length, ([.[] | select(.summary.status == "COMPLIANT")] | length), ([.[] | select(.summary.status == "NON_COMPLIANT")] | length), ([.[] | select(.summary.status == "UNKNOWN")] | length)]')"
		for key in installed installedOther installedRejected installedPendingReboot missing failed notApplicable availableSecurityUpdate \
			criticalNonCompliant securityNonCompliant otherNonCompliant; do
			expect_json ".totals.$key" "$(count "[.[].summary.$key] | add")"
		done
		for level in CRITICAL HIGH MEDIUM LOW INFORMATIONAL UNSPECIFIED; do
			expect_json ".totals.nonCompliantByLevel.$level" "$(count "[.[].summary.nonCompliantByLevel.$level] | add")"
		done
		expect_json '[.nodes[] | {id: .node.id, evaluatedAt, summary}] | sort_by(.id) | map(.summary.missing)' "$(count 'sort_by(.id) | map(.summary.missing)')"
		expect_json '[.nodes[] | select(.stale)] | length' "$(count '[.[] | select((.evaluatedAt | fromdate) < ("'$now'" | fromdate) - 604800)] | length')"
		report patch $from -o json
		expect_json '.patches | map({id, n: (.nodes | length)}) | sort_by(.id)' "$(count '[.[].bad[].id] | group_by(.) | map({id: .[0], n: length}) | sort_by(.id)')"
		report cve $from -o json
		expect_json '.cves | map({id, nodes}) | sort_by(.id)' "$(count '[.[] | .id as $n | .bad[].cves[] | {id: ., n: $n}] | unique | group_by(.id) | map({id: .[0].id, nodes: length}) | sort_by(.id)')"
		report inventory $from -o json
		expect_json '[.packages[].nodes] | add' "$(count '[.[].installed] | add')"
		report compliance $from -o csv
		expect_true [ "$(grep -c ',COMPLIANT,' "$T/out")" = "$(count '[.[] | select(.summary.status == "COMPLIANT")] | length')" ]
		report compliance $from -o html
		expect_true [ "$(grep -o '00000000-0000-4000-8000-[0-9]\{12\}' "$T/out" | sort -u | wc -l)" = 2000 ]
	}
done
# 200 MB are allowed; the largest of all forms stays far below
run "$OAKUM_BUILD/tests/peak" "$OAKUM" --cache "$T/cache" --state "$T/none" --config "$T/empty.yaml" report compliance --from "$T/fleet" -o html
expect_exit 0
expect_true [ "$(cut -d. -f1 "$T/out")" -lt 200 ]
finish
