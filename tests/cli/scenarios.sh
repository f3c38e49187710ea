# The command prints what the engine says, byte for byte, for every scenario that a command line can express.
. "$(dirname "$0")/../lib/assert.sh"
runner=$OAKUM_BUILD/tests/scenario
count=0
for file in "$OAKUM_SOURCE"/tests/scenario/*.scn; do
	mkdir -p "$T/s"
	"$runner" --extract "$file" "$T/s" 2>/dev/null || continue
	"$runner" --json "$file" >"$T/expected" 2>/dev/null || {
		# a refused baseline: exit 2, its error on standard error, nothing on standard output
		oakum scan --inventory "$T/s/inventory.yaml" --baseline "$T/s/baseline.yaml" --at "$(cat "$T/s/at")" --no-store -o json
		expect_refused 2 "baseline.yaml"
		continue
	}
	oakum scan --inventory "$T/s/inventory.yaml" --baseline "$T/s/baseline.yaml" --at "$(cat "$T/s/at")" --no-store -o json
	count=$((count + 1))
	ok
	cmp -s "$T/out" "$T/expected" || fail "$(basename "$file"): the command's document differs: $(diff "$T/expected" "$T/out" | head -5)"
done
[ "$count" -gt 50 ] || fail "only $count scenarios were comparable"

# golden 59: a patch group that no baseline knows falls back to the default of the OS.
sed 's/tags: {}/tags: {"Patch Group": nobody}/' "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" >"$T/group.yaml"
oakum scan --inventory "$T/group.yaml" --at 2026-11-23T12:00:00Z --no-store -o json
expect_json .baseline.name '"oakum-rhel-default"'
expect_json .summary.missing 3

# golden 62: compliance is no matter of the exit code; a store that cannot be written is.
oakum scan --inventory "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" --baseline oakum-rhel-strict --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json .summary.missing 8
: >"$T/file"
run "$OAKUM" --config "$T/empty.yaml" --cache "$T/cache" --state "$T/file/below" scan --inventory "$OAKUM_SOURCE/tests/scenario/inventory-rhel.yaml" \
	--baseline oakum-rhel-strict --at 2026-11-23T12:00:00Z -o json
expect_exit 1
expect_no_out
expect_err_has "$T/file"

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
finish
