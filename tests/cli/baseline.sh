# SPDX-License-Identifier: GPL-3.0-or-later
# Baselines: every shape there and back, every kind of bad file with its message, names, defaults, choice by node.
. "$(dirname "$0")/../lib/assert.sh"
D=$OAKUM_SOURCE/tests/data/baselines

# The same JSON, whatever the order of keys and the spelling of numbers.
expect_same_json() {
	ok
	jq -S . "$1" >"$T/a.json" && jq -S . "$2" >"$T/b.json" && cmp -s "$T/a.json" "$T/b.json" ||
		fail "'$1' and '$2' differ: $(diff "$T/a.json" "$T/b.json" | head -n 5)"
}

# --- import and export give back what AWS said ---------------------------------------------------------------------
lossless() {
	name=$(jq -r '.Name // .patchBaseline.name' "$1")
	oakum baseline import "$1"
	expect_exit 0
	expect_err_has "imported baseline '$name'"
	oakum baseline export "$name" --format "$2"
	expect_exit 0
	expect_same_json "$1" "$T/out"
	# our own document in between loses nothing either
	oakum baseline export "$name"
	cp "$T/out" "$T/ours.json"
	expect_json .schema '"oakum.baseline/1"'
	oakum baseline export "$T/ours.json" --format "$2"
	expect_exit 0
	expect_same_json "$1" "$T/out"
}
lossless "$D/aws-get-windows.json" aws
lossless "$D/aws-get-ubuntu.json" aws
jq 'del(.patchBaseline.approvalRules.rules[].approveUntilDate)' "$D/aws-snapshot.json" >"$T/snapshot.json"
lossless "$T/snapshot.json" aws-snapshot
oakum baseline import "$D/aws-create.json" --name al
expect_exit 0
oakum baseline export al --format aws-create
expect_json .Tags '[{"Key":"Environment","Value":"Production"}]'
expect_json '.ApprovalRules.PatchRules[0] | [.ApproveAfterDays, .ComplianceLevel, .EnableNonSecurity]' '[7,"UNSPECIFIED",true]'
expect_json 'has("BaselineId"), has("PatchGroups")' "$(printf 'false\nfalse')"

if [ -d "$OAKUM_CORPUS/aws-public-baselines/patch-baselines" ]; then
	for file in "$OAKUM_CORPUS"/aws-public-baselines/patch-baselines/*.json; do
		lossless "$file" aws
	done
else
	echo "skipped: no corpus (the public baselines of AWS)"
fi

# --- AWS's apt documents: no delay, and that is said, every time ---------------------------------------------------
oakum baseline check "$D/aws-get-ubuntu.json"
expect_exit 0
expect_err_has "read with honourDelay false"
expect_out_has "good: Ubuntu-Web for UBUNTU, 1 rules, 0 approved and 1 rejected entries (aws's shape)"
oakum baseline show Ubuntu-Web -o json
expect_json .honourDelay false
expect_json .aws.CreatedDate '"2024-02-29T23:59:59.123000+00:00"'
expect_no_err

# --- ours ----------------------------------------------------------------------------------------------------------
oakum baseline check "$D/ours.yaml" -o json
expect_exit 0
expect_no_err
expect_json .shape '"oakum"'
digest=$(jq -r .digest "$T/out")
oakum baseline export "$D/ours.yaml" -o yaml
cp "$T/out" "$T/again.yaml"
oakum baseline check "$T/again.yaml" -o json
expect_json .digest "\"$digest\""
oakum baseline check - -o json
expect_refused 2 "standard input"
for file in aws-get-windows.json ours.yaml; do # as Windows programs save them
	{ printf '\357\273\277'; cat "$D/$file"; } >"$T/$file"
	oakum baseline check "$T/$file"
	expect_exit 0
done
echo '{schema: oakum.baseline/1, name: flow, operatingSystem: SUSE, approvedPatches: [a]}' >"$T/flow.yaml"
oakum baseline check "$T/flow.yaml"
expect_exit 0
cp "$T/flow.yaml" "$T/flow.json"
oakum baseline check "$T/flow.json"
expect_refused 2 "flow.json' is not valid JSON"
oakum baseline show "$D/ours.yaml"
expect_out_has "approved: nginx*, by web@example.org, until 2026-12-31T00:00:00Z: asked by the web team"
expect_out_has "rejected, also as a dependency: telnetd, by security: never"
expect_out_has "delay: honoured; dates: ISSUED; undated: HOLD; metadata at most 12h old"
oakum baseline show "$D/ours.yaml" -o csv
expect_out "$(printf 'rule,level,approved,nonSecurity,filters\r\n1,HIGH,after 2 days,no,CLASSIFICATION=Security\r\n2,LOW,until 2026-11-16,yes,"SECTION=net,web"\r')"
oakum baseline export "$D/ours.yaml" --format aws
expect_refused 2 "AWS would refuse it"
expect_err_has "CLASSIFICATION is not a filter key of DEBIAN"
sed 's/key: CLASSIFICATION, values: \[Security\]/key: PRIORITY, values: ["*"]/; s/^id: .*//' "$D/ours.yaml" >"$T/aws-able.yaml"
oakum baseline export "$T/aws-able.yaml" --format aws
expect_exit 0
expect_err_has "left out: approvedPatches[1]: AWS keeps the pattern only"
expect_err_has "left out: honourDelay"
expect_err_has "left out: metadataMaxAge"
expect_json .ApprovedPatches '["CVE-2026-12345","nginx*"]'
oakum baseline export "$T/aws-able.yaml" --format xml
expect_refused 2 "--format"

# --- bad files: message, exit 2, nothing on standard output --------------------------------------------------------
bad() { # EXPECTED FILE
	oakum baseline check "$2"
	expect_refused 2 "$1"
	oakum baseline import "$2" --name bad-one
	expect_refused 2 "$1"
	expect_true [ ! -e "$T/state/baselines/bad-one.json" ]
}
sed 's/approveAfterDays/approveAfterDay/' "$D/ours.yaml" >"$T/typo.yaml"
bad "approvalRules.patchRules[0].approveAfterDay: unknown key (did you mean 'approveAfterDays'?)" "$T/typo.yaml"
jq '.ApprovalRules.PatchRules = [range(11) | {PatchFilterGroup: {PatchFilters: []}, ApproveAfterDays: 1}]' "$D/aws-get-windows.json" >"$T/eleven.json"
bad "ApprovalRules.PatchRules: must be at most 10 entries, is 11" "$T/eleven.json"
jq '.ApprovalRules.PatchRules[0].ApproveAfterDays = "seven"' "$D/aws-get-windows.json" >"$T/seven.json"
bad 'ApprovalRules.PatchRules[0].ApproveAfterDays: must be a whole number of days, 0 to 360, is the string "seven"' "$T/seven.json"
for days in 361 -1 1.5; do
	jq ".ApprovalRules.PatchRules[0].ApproveAfterDays = $days" "$D/aws-get-windows.json" >"$T/days.json"
	bad "ApprovalRules.PatchRules[0].ApproveAfterDays" "$T/days.json"
done
jq '.ApprovedPatches = [range(51) | "p\(.)"]' "$D/aws-get-windows.json" >"$T/many.json"
bad "ApprovedPatches: must have at most 50 entries, has 51" "$T/many.json"
{ printf '{"Name":"'; head -c 209715200 /dev/zero | tr '\0' a; } >"$T/huge.json"
bad "huge.json' is larger than 16777216 bytes" "$T/huge.json"
rm "$T/huge.json"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >"$T/deep.json"
bad "deep.json' is nested deeper than 64 levels" "$T/deep.json"
awk 'BEGIN { printf "a: "; for (i = 0; i < 100000; i++) printf "[" }' >"$T/deep.yaml"
bad "deep.yaml' is nested deeper than 64 levels" "$T/deep.yaml"
printf '{"Name":"a\377b"}' >"$T/utf8.json"
bad "utf8.json' is not valid JSON" "$T/utf8.json"
printf 'name: "a\377b"\n' >"$T/utf8.yaml"
bad "utf8.yaml' is not valid YAML" "$T/utf8.yaml"
{ printf '\377\376'; printf '{}' | sed 's/./&\x00/g'; } >"$T/utf16.json"
bad "utf16.json' is UTF-16 (save it as UTF-8)" "$T/utf16.json"
: >"$T/none.json"
bad "none.json' is not valid JSON" "$T/none.json"
: >"$T/none.yaml"
bad "none.yaml' is not valid YAML: line 1 column 1: the document is empty" "$T/none.yaml"
bad "is a directory (give a file)" "$T"
bad "cannot open '$T/absent.json'" "$T/absent.json"
echo '{"Name":"a","Name":"b"}' >"$T/twice.json"
bad "twice.json' is not valid JSON" "$T/twice.json"
bad "is an array (a list of baselines goes to --baseline-override)" "$D/override.json"
echo '[]' >"$T/text.json"
bad "document: must be an object, is an array" "$T/text.json"
head -c 300 "$D/aws-get-windows.json" >"$T/cut.json"
bad "cut.json' is not valid JSON" "$T/cut.json"

# all errors of a file at once, each with its path, and how many
cat >"$T/three.yaml" <<'EOF'
schema: oakum.baseline/1
name: x
operatingSystem: SUSE
approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: PRIORITY, values: [a]}]}, approveAfterDays: 999}]}
EOF
oakum baseline check "$T/three.yaml"
expect_exit 2
expect_err_has "oakum: error: '$T/three.yaml': name: must be 3 to 128"
expect_err_has "patchFilters[0].key: PRIORITY is not a filter key of SUSE (use PRODUCT, CLASSIFICATION, SEVERITY)"
expect_err_has "approveAfterDays: must be 0 to 360 days, is 999"
expect_err_has "oakum: '$T/three.yaml' has 3 errors"

# --- names ---------------------------------------------------------------------------------------------------------
oakum baseline import "$D/ours.yaml" --name oakum-debian-default
expect_refused 2 "is the name of a predefined baseline"
for name in ../x a/b .x -- x.json; do
	run "$OAKUM" --state "$T/state" --config "$T/empty.yaml" baseline import "$D/ours.yaml" "--name=$name"
	expect_refused 2 "cannot be the name of a baseline"
done
oakum baseline show oakum-debain-default
expect_refused 2 "there is no baseline 'oakum-debain-default' (did you mean 'oakum-debian-default'?)"
oakum baseline import "$D/ours.yaml" --dry-run
expect_exit 0
expect_true [ ! -e "$T/state/baselines/web-servers.json" ]
oakum baseline import "$D/ours.yaml"
expect_exit 0
expect_err "oakum: imported baseline 'web-servers' for DEBIAN"
oakum baseline import "$D/ours.yaml"
expect_err "oakum: replaced baseline 'web-servers' for DEBIAN"
oakum baseline import "$D/ours.yaml" --name other
expect_refused 1 "patch group 'web' already has baseline 'web-servers' for DEBIAN"
oakum baseline list -o json
expect_json '.baselines[] | select(.name == "web-servers") | [.operatingSystem, .source, .default]' '["DEBIAN","imported",false]'
expect_json '[.baselines[] | select(.default)] | length' 16
cp "$T/state/baselines/web-servers.json" "$T/kept"
echo '{' >"$T/state/baselines/web-servers.json"
oakum baseline list -o json
expect_exit 4
expect_err_has "web-servers.json' is not valid JSON"
cp "$T/kept" "$T/state/baselines/web-servers.json"

# no room for the new file: the old one stays whole
(
	trap '' XFSZ
	ulimit -f 0
	"$OAKUM" --state "$T/state" --config "$T/empty.yaml" baseline import "$D/ours.yaml"
	echo "exit $?"
) 2>&1 | cat >"$T/err"
expect_err_has "cannot write"
expect_err_has "exit 1"
expect_same "$T/kept" "$T/state/baselines/web-servers.json"
expect_true [ -z "$(find "$T/state/baselines" -name '*.tmp*')" ]

# --- defaults ------------------------------------------------------------------------------------------------------
oakum baseline default DEBIAN -o json
expect_json '.defaults[0].baseline' '"oakum-debian-default"'
oakum baseline default DEBIAN web-servers
expect_exit 0
oakum baseline default debian -o json
expect_json '.defaults[0] | [.baseline, .why]' '["web-servers","default of DEBIAN set by '"'oakum baseline default'"'"]'
oakum baseline default UBUNTU web-servers
expect_refused 2 "baseline 'web-servers' is for DEBIAN, not for UBUNTU"
oakum baseline default BEOS web-servers
expect_refused 2 "'BEOS' is no operating system of a baseline (give WINDOWS, AMAZON_LINUX,"
oakum baseline default DEBIAN ./x.yaml
expect_refused 2 "run 'oakum baseline import' first"
oakum baseline remove web-servers
expect_refused 1 "is the default of DEBIAN"
for os in UBUNTU SUSE FEDORA WINDOWS; do
	name=$(echo "oakum-$os-strict" | tr 'A-Z' 'a-z')
	"$OAKUM" --state "$T/state" --config "$T/empty.yaml" baseline default "$os" "$name" &
done
wait
oakum baseline default -o json
expect_json '[.defaults[] | select(.why | startswith("default of"))] | length' 5
echo '{' >"$T/state/baselines/.defaults.json"
oakum baseline default DEBIAN
expect_exit 1
expect_err_has "the default baselines cannot be read"
rm "$T/state/baselines/.defaults.json"
printf 'baselines: {defaults: {DEBIAN: oakum-debian-strict}}\n' >"$T/config.yaml"
OAKUM_CONFIG=$T/config.yaml oakum baseline default DEBIAN -o json
expect_json '.defaults[0] | [.baseline, .why]' '["oakum-debian-strict","configured default of DEBIAN"]'
printf 'baselines: {defaults: {DEBAIN: oakum-debian-strict}}\n' >"$T/typo-config.yaml"
OAKUM_CONFIG=$T/typo-config.yaml oakum baseline default DEBIAN
expect_refused 2 "'baselines.defaults': 'DEBAIN' is no operating system of a baseline"
oakum baseline default DEBIAN web-servers
oakum baseline default DEBIAN --unset
expect_exit 0
oakum baseline default DEBIAN -o json
expect_json '.defaults[0].baseline' '"oakum-debian-default"'
oakum history --audit -o json
expect_json '.auditSound' true
expect_json '[.audit[] | select(.event == "baseline.default")] | length' 7

# --- which baseline judges a node ----------------------------------------------------------------------------------
judged() { # EXPECTED-NAME TAGS OPTION…
	expected=$1
	jq --argjson tags "$2" '.node.tags = $tags' "$OAKUM_SOURCE/tests/data/cli/debian.json" >"$T/node.json"
	shift 2
	oakum scan --inventory "$T/node.json" --no-store -o json "$@"
	expect_exit 0
	expect_json .baseline.name "\"$expected\""
}
judged oakum-debian-default '{}'
judged web-servers '{"Patch Group": "web"}'
judged web-servers '{"PatchGroup": "web"}'
jq '.PatchGroups = ["web", "mail"]' "$D/aws-get-windows.json" >"$T/windows.json"
oakum baseline import "$T/windows.json" --name windows-web # of another system: no conflict, and not for this node
expect_exit 0
judged web-servers '{"Patch Group": "web"}'
judged oakum-debian-default '{"Patch Group": "mail"}'
judged oakum-debian-strict '{"Patch Group": "oakum-debian-strict"}'
judged oakum-debian-default '{"Patch Group": "nobody"}'
expect_err_has "no baseline is configured for patch group 'nobody'"
judged oakum-debian-strict '{"Patch Group": "web"}' --baseline oakum-debian-strict
judged web-servers '{}' --baseline "$D/ours.yaml"
expect_json .baseline.id '"web-1"'
sed '/^id:/d; /^patchGroups/d' "$D/ours.yaml" >"$T/no-id.yaml"
oakum baseline import "$T/no-id.yaml" --name second
judged web-servers '{}' --baseline second # its own series in the store, whatever the document calls itself
expect_json .baseline.id '"second"'
judged web-servers '{}' --baseline "$T/no-id.yaml"
expect_json .baseline.id '"web-servers"'
judging=$(jq -r .baseline.digest "$T/out")
oakum baseline check "$T/no-id.yaml" -o json # names the digest that a verdict names
expect_json .digest "\"$judging\""
judged baseline-override '{"Patch Group": "web"}' --baseline-override "$D/override.json"
oakum baseline default DEBIAN oakum-debian-strict
judged oakum-debian-strict '{}'

oakum baseline remove web-servers
expect_exit 0
oakum baseline show web-servers
expect_refused 2 "there is no baseline 'web-servers'"
finish
