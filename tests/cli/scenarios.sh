# The command prints what the engine says, byte for byte, for every scenario that a command line can express.
. "$(dirname "$0")/../lib/assert.sh"
"$OAKUM_BUILD/tests/scenario" --prepare "$T/s" "$OAKUM_SOURCE"/tests/scenario/*.scn
count=0
for s in "$T"/s/*.scn; do
	oakum scan --inventory "$s/inventory.yaml" --baseline "$s/baseline.yaml" --at "$(cat "$s/at")" --no-store -o json
	if [ ! -e "$s/expected.json" ]; then
		expect_refused 2 "baseline.yaml" # its errors on standard error, nothing on standard output
		continue
	fi
	count=$((count + 1))
	ok
	cmp -s "$T/out" "$s/expected.json" || fail "$(basename "$s"): the command's document differs: $(diff "$s/expected.json" "$T/out" | head -5)"
done
[ "$count" -gt 50 ] || fail "only $count scenarios were comparable"

# why: document and table of the same run
oakum why CVE-2026-1 --inventory "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json .schema '"oakum.why/1"'
expect_json .decision '"MISSING"'
expect_json .approvedAt '"2026-10-31T12:00:00Z"'
expect_json '[.steps[] | select(.decided) | .ref]' '["rule 1"]'
oakum why security-young.x86_64 --inventory "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" --at 2026-11-23T12:00:00Z
expect_exit 0
expect_out_has "security-young.x86_64: INSTALLED_OTHER (PENDING_APPROVAL)"
expect_out_has "approved after 2026-11-27T12:00:00Z"
oakum why no-such-thing --inventory "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" --at 2026-11-23T12:00:00Z
expect_exit 0
expect_out_has "no-such-thing: NOT_APPLICABLE"
oakum why
expect_refused 2 "oakum:"
oakum why a b
expect_refused 2 "oakum:"
# AWS's own baselines judge our recorded inventories: what they would miss there.
aws=$OAKUM_CORPUS/aws-public-baselines/patch-baselines
judge() {
	oakum scan --no-store --inventory "$OAKUM_SOURCE/tests/scenario/inventory-$2.yaml" --baseline "$aws/AWS-$1.json" --at 2026-11-23T12:00:00Z -o json
	expect_exit 0
	expect_json '[.patches[] | select(.state == "MISSING") | .id | sub("[.](x86_64|amd64)$"; "")]' "$3"
}
if [ -d "$aws" ]; then
	judge RedHatDefaultPatchBaseline rhel '["bugfix","security-critical","security-important"]'
	judge AmazonLinux2DefaultPatchBaseline amazon-linux-2 '["bugfix","security-critical","security-important"]'
	judge OracleLinuxDefaultPatchBaseline oracle-linux '["bugfix","enhancement","security-critical","security-important","security-moderate"]'
	judge SuseDefaultPatchBaseline suse '["security-critical","security-important"]'
	judge CentOSDefaultPatchBaseline centos \
		'["bugfix","enhancement","no-advisory","security-critical","security-important","security-low","security-moderate","security-none"]'
	judge UbuntuDefaultPatchBaseline ubuntu \
		'["held","security-dsa","security-extra","security-important","security-optional","security-required","security-standard","security-young"]'
	judge DefaultPatchBaseline windows '["KB5000001","KB5000002","KB5000004"]'
	judge WindowsPredefinedPatchBaseline-OS windows '["KB5000001","KB5000002","KB5000004"]'
	judge WindowsPredefinedPatchBaseline-OS-Applications windows '["KB5000001","KB5000002","KB5000004","KB5000010","KB5000011"]'
else
	echo "skipped: no corpus of AWS's baselines"
fi
finish
