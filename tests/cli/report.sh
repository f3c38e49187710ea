# oakum report: from a folder and from the database, in every format; what is refused, signed, verified, imported.
. "$(dirname "$0")/../lib/assert.sh"
make_verdicts=$OAKUM_BUILD/tests/make_verdicts
now=2026-11-23T12:00:00Z
report() { oakum report "$@" --at $now; }
"$make_verdicts" "$T/fleet" 12 20

# --- the same numbers as jq finds in the files -----------------------------------------------------------------------
count() { cat "$T"/fleet/*.json | jq -s "$1"; }
report compliance --from "$T/fleet" -o json
expect_exit 0
expect_no_err
expect_json .totals.nodes 12
expect_json .totals.compliant "$(count '[.[] | select(.summary.status == "COMPLIANT")] | length')"
expect_json .totals.nonCompliant "$(count '[.[] | select(.summary.status == "NON_COMPLIANT")] | length')"
expect_json .totals.unknown "$(count '[.[] | select(.summary.status == "UNKNOWN")] | length')"
expect_json .totals.missing "$(count '[.[].patches[] | select(.state == "MISSING")] | length')"
expect_json .totals.nonCompliantByLevel.CRITICAL "$(count '[.[].summary.nonCompliantByLevel.CRITICAL] | add')"
expect_json '[.nodes[].node.id] | unique | length' 12
expect_json '[.nodes[] | select(.stale)] | length' "$(count '[.[] | select((.evaluatedAt | fromdate) < 1795435200 - 604800)] | length')"
report compliance --from "$T/fleet" --max-age 30d -o json
expect_json '.totals.stale' 0
report patch --from "$T/fleet" -o json
expect_json '.totals.patches' "$(count '[.[].patches[] | select(.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT")) | .id] | unique | length')"
expect_json '[.patches[].nodes[]] | length' "$(count '[.[].patches[] | select(.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT"))] | length')"
report cve --from "$T/fleet" -o json
expect_json '[.cves[].id] | sort' "$(count '[.[].patches[] | select(.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT")) | .cves[]] | unique' | jq -c .)"
report inventory --from "$T/fleet" -o json
expect_json '[.packages[].nodes] | add' "$(count '[.[].patches[] | select(.installed != null)] | length')"
report compliance --from "$T/fleet"
expect_out_has "missing $(count '[.[].patches[] | select(.state == "MISSING")] | length')"

# known to be exploited, and how likely that is: from verdicts and from imported feeds
mkdir "$T/cves"
jq '.patches |= [.[0] + {state: "MISSING", level: "HIGH", cves: ["CVE-2026-1001", "CVE-2026-1002", "CVE-2026-9999"], knownExploited: ["CVE-2026-9999"]}]' \
	"$T/fleet/00000-000.json" >"$T/cves/one.json"
report cve --from "$T/cves" -o json
expect_json '[.cves[] | [.id, .knownExploited]]' '[["CVE-2026-9999",true],["CVE-2026-1001",false],["CVE-2026-1002",false]]'
oakum feed import "$OAKUM_SOURCE/tests/data/feeds/kev.json" --at $now
oakum feed import "$OAKUM_SOURCE/tests/data/feeds/epss.csv" --at $now
report cve --from "$T/cves" -o json
expect_json '[.cves[] | [.id, .knownExploited, .ransomware, .epss]]' '[["CVE-2026-1001",true,true,0.97],["CVE-2026-9999",true,null,null],["CVE-2026-1002",false,null,1.2e-05]]'
expect_json '.totals' '{"nodes":1,"cves":3,"knownExploited":2}'
report cve --from "$T/cves"
expect_out_has "yes, ransomware"
rm -rf "$T/state/feeds"

# --- which nodes ------------------------------------------------------------------------------------------------------
report compliance --from "$T/fleet" --node host0003 --node 00000000-0000-4000-8000-000000000005 -o json
expect_json '[.nodes[].node.name]' '["host0003","host0005"]'
report compliance --from "$T/fleet" --tag 'Patch Group=prod' -o json
expect_json '.totals.nodes' 6
report compliance --from "$T/fleet" --tag prod
expect_refused 2 "give KEY=VALUE"
printf 'host0001\n# a comment\nweb77\n' >"$T/expected"
report compliance --from "$T/fleet" --expect "$T/expected" -o json
expect_json '[.totals.nodes, .totals.neverScanned]' '[13,1]'
expect_json '.nodes[] | select(.neverScanned) | [.node.id, .summary.status, .evaluatedAt]' '["web77","UNKNOWN",null]'
report compliance --from "$T/fleet" --expect "$T/expected"
expect_out_has "never scanned"
report compliance --from "$T/fleet" --exit-code
expect_exit 3

# --- newest counts; what cannot be read is named ----------------------------------------------------------------------
mkdir -p "$T/more/below"
cp "$T/fleet/00000-000.json" "$T/more/a.json"
jq '.evaluatedAt = "2026-11-23T11:00:00Z" | .summary.status = "UNKNOWN" | .summary.missing = 77' "$T/fleet/00000-000.json" >"$T/more/below/older.json"
report compliance --from "$T/more" -o json
expect_json '[.totals.nodes, .totals.compliant, .totals.missing]' '[1,1,0]'
jq '.evaluatedAt = "2026-11-23T12:00:01Z" | .summary.status = "UNKNOWN" | .summary.missing = 77' "$T/fleet/00000-000.json" >"$T/more/below/newer.json"
report compliance --from "$T/more" -o json
expect_json '[.totals.nodes, .totals.unknown, .totals.missing]' '[1,1,77]'
head -c 700 "$T/fleet/00001-000.json" >"$T/more/cut.json"
echo '{"schema": "oakum.other/1"}' >"$T/more/other.json"
jq '.summary.missing = "many"' "$T/fleet/00002-000.json" >"$T/more/wrong.json"
report compliance --from "$T/more" -o json
expect_exit 4
for bad in cut other wrong; do expect_err_has "$T/more/$bad.json"; done
expect_json '[.totals.nodes, (.unreadable | length)]' '[1,3]'
report compliance --from "$T/more" -o html
expect_exit 4
expect_out_has "Files that could not be read"
report compliance --from "$T/nowhere"
expect_refused 2 "nowhere"
# a run file brings its verdict, and the node's last run
jq '{schema: "oakum.run/1", id: "20261123-110000-abcd", kind: "patch", plan: {node: {id: .node.id, name: .node.name}}, startedAt: "2026-11-23T11:00:00Z",
     endedAt: "2026-11-23T11:30:00Z", status: "SUCCESS", verdict: (. + {operation: "INSTALL"})}' "$T/fleet/00004-000.json" >"$T/run.json"
report compliance --from "$T/run.json" -o json
expect_json '.nodes[0] | [.node.name, .lastRun.status]' '["host0004","SUCCESS"]'
# an inventory alone: known, never scanned
oakum inventory --inventory "$OAKUM_SOURCE/tests/scenario/inventory-debian.yaml" -o json
mkdir "$T/inventories"
cp "$T/out" "$T/inventories/i.json"
report compliance --from "$T/inventories" -o json
expect_json '[.totals.nodes, .totals.neverScanned]' '[1,1]'
# what is in it is in the inventory report, in every format, counted by jq
packages=$(jq '.packages | length' "$T/inventories/i.json")
report inventory --from "$T/inventories" -o json
expect_exit 0
expect_json '[.totals.packages, (.packages | length), .nodes[0].packages, .nodes[0].evaluatedAt]' "[$packages,$packages,$packages,null]"
expect_json '[.packages[] | [.name, .version]] | sort' "$(jq -c '[.packages[] | [.name, .evr]] | sort' "$T/inventories/i.json")"
report inventory --from "$T/inventories" -o csv
expect_true [ "$(wc -l <"$T/out")" = $((packages + 1)) ]
report inventory --from "$T/inventories" -o html
expect_out_has "security-dsa"
report inventory --from "$T/inventories" -o cyclonedx
expect_json '[(.components | length), (.dependencies[0].dependsOn | length)]' "[$packages,$packages]"
report inventory --from "$T/inventories" --aws list-inventory-entries
expect_json '.Entries | length' "$packages"
# of a verdict and an inventory of one node the newer one says what is installed
oakum scan --inventory "$T/inventories/i.json" --no-store --at 2026-11-23T10:00:00Z -o json
cp "$T/out" "$T/inventories/v.json"
for newer in 2026-11-23T11:00:00Z 2026-11-23T09:00:00Z; do
	jq --arg at $newer '.collectedAt = $at | .packages = [.packages[0] | .evr = "77"]' "$T/inventories/i.json" >"$T/i2" && mv "$T/i2" "$T/inventories/i.json"
	report inventory --from "$T/inventories" -o json
	case $newer in
	*T11*) expect_json '[.packages[].version]' '["77"]' ;;
	*) expect_json '.packages | length' "$packages" ;;
	esac
	report inventory --from "$T/inventories" -o cyclonedx
	expect_json '([.components[]["bom-ref"], .metadata.component["bom-ref"]]) as $known | [.vulnerabilities[].affects[].ref | select(IN($known[]) | not)]' '[]'
done

# --- formats ----------------------------------------------------------------------------------------------------------
report compliance --from "$T/fleet" -o csv
expect_out_has 'Index,Instance ID,Instance name,Instance IP,Platform name,Platform version,SSM Agent version,Patch baseline,Patch group,Compliance status,Compliance severity,Noncompliant Critical severity patch count'
expect_true [ "$(wc -l <"$T/out")" = 13 ]
report patch --from "$T/fleet" -o csv
expect_out_has 'Index,Instance ID,Instance name,Patch name,KB ID/Patch ID,Patch state,Last report time,Compliance level,Patch severity,Patch classification,CVE ID,Patch baseline,Logs URL,Instance IP,Platform name,Platform version,SSM Agent version'
report compliance --from "$T/fleet" -o openmetrics
expect_out_has 'oakum_compliant{node="00000000-0000-4000-8000-000000000000"} 1'
expect_out_has "oakum_patches{node=\"00000000-0000-4000-8000-000000000001\",name=\"host0001\",state=\"MISSING\"} $(jq .summary.missing "$T/fleet/00001-000.json")"
report compliance --from "$T/fleet" -o nagios
expect_exit 2
expect_out_has "OAKUM CRITICAL - $(count '[.[] | select(.summary.status == "NON_COMPLIANT")] | length') of 12 nodes not compliant"
report compliance --from "$T/fleet" --node host0000 -o nagios
expect_exit 0
expect_out_has "OAKUM OK"
report compliance --from "$T/fleet" --aws describe-instance-patches
expect_refused 2 "give --node ID"
report compliance --from "$T/fleet" --aws describe-cats
expect_refused 2 "describe-cats"
report compliance --from "$T/fleet" --aws describe-patch-group-state
expect_json '[.Instances, .InstancesWithMissingPatches]' "$(count '[length, ([.[] | select(.summary.missing > 0)] | length)]' | jq -c .)"
report compliance --from "$T/fleet" --aws describe-patch-baselines
expect_json '[.BaselineIdentities[].BaselineId] | unique' "$(count '[.[].baseline.id] | unique' | jq -c .)"
report compliance --from "$T/fleet" --aws describe-effective-patches-for-patch-baseline
expect_json '[.EffectivePatches[] | select(.PatchStatus.DeploymentStatus == "APPROVED") | .Patch.Name] | unique | length > 0' true
report trend --from "$T/fleet" -o junit
expect_refused 2 junit
report compliance --from "$T/fleet" -o pdf
expect_refused 2 pdf

# where it goes: a file whole or not at all, "-" is standard output, a device or a pipe is written to and stays what it is
report compliance --from "$T/fleet" -o csv --out -
expect_true [ "$(wc -l <"$T/out")" = 13 ]
mkfifo "$T/pipe"
cat "$T/pipe" >"$T/piped" &
report compliance --from "$T/fleet" -o csv --out "$T/pipe"
expect_exit 0
wait
expect_true [ "$(wc -l <"$T/piped")" = 13 ]
expect_true [ -p "$T/pipe" ]
if mknod "$T/full" c 1 7 2>/dev/null; then
	report compliance --from "$T/fleet" -o csv --out "$T/full"
	expect_exit 1
	expect_err_has "No space left"
	expect_true [ -c "$T/full" ]
fi
report compliance --from "$T/fleet" --out "$T/nowhere/report"
expect_exit 1
expect_err_has "$T/nowhere/report"
for kind in trend exceptions; do
	for format in junit sarif openmetrics cyclonedx nagios; do
		report $kind --from "$T/fleet" -o $format
		expect_refused 2 "$format"
	done
done

# --- hostile names are data everywhere ---------------------------------------------------------------------------------
"$make_verdicts" "$T/hostile" 16 5 1 hostile
for kind in compliance patch cve inventory; do
	report $kind --from "$T/hostile" -o html
	expect_exit 0
	expect_out_lacks '<script'
	expect_out_lacks '<b onmouseover'
	report $kind --from "$T/hostile" -o csv
	expect_true [ -z "$(grep -nE '(^|,)"?[=+@-]' "$T/out" || true)" ]
	report $kind --from "$T/hostile"
	expect_true [ -z "$(tr -d '\n' <"$T/out" | LC_ALL=C grep -ao "[[:cntrl:]]" | head -n 1 || true)" ]
done
report compliance --from "$T/hostile" -o junit
expect_out_has "&lt;script&gt;"
expect_true xmllint --noout "$T/out"
report compliance --from "$T/hostile" -o json
expect_json '[.nodes[].node.id] | sort' "$(jq -s -c '[.[].node.id] | sort' "$T"/hostile/*.json)"

# golden files: every format of hostile verdicts, byte for byte (UPDATE=1 writes them anew)
"$make_verdicts" "$T/golden" 17 4 1 hostile
golden=$OAKUM_SOURCE/tests/data/report
mkdir -p "$T/none"
for format in json yaml csv html junit sarif openmetrics cyclonedx nagios; do
	for kind in compliance patch; do
		[ $kind = compliance ] || case $format in csv | html | json) ;; *) continue ;; esac
		report $kind --from "$T/golden" -o $format
		sed "s/$("$OAKUM" version | sed 's/^oakum //;s/ .*//;q' | sed 's/\./\\./g')/VERSION/g" "$T/out" >"$T/plain"
		[ -z "${UPDATE:-}" ] || cp "$T/plain" "$golden/$kind.$format"
		expect_same "$golden/$kind.$format" "$T/plain"
	done
done

# --- signed ------------------------------------------------------------------------------------------------------------
(umask 077 && openssl genpkey -algorithm ed25519 -out "$T/key.pem" 2>/dev/null && openssl genpkey -algorithm ed25519 -out "$T/other.pem" 2>/dev/null)
openssl pkey -in "$T/key.pem" -pubout -out "$T/key.pub" 2>/dev/null
openssl pkey -in "$T/other.pem" -pubout -out "$T/other.pub" 2>/dev/null
report compliance --from "$T/fleet" -o html
cp "$T/out" "$T/plain.html"
report compliance --from "$T/fleet" -o html --sign "$T/absent.pem"
expect_refused 2 absent.pem
report compliance --from "$T/fleet" -o html --sign "$T/key.pem"
expect_exit 0
cp "$T/out" "$T/envelope"
oakum report verify "$T/envelope" --key "$T/key.pub" --extract "$T/extracted.html"
expect_exit 0
expect_out_has "good signature"
expect_same "$T/plain.html" "$T/extracted.html"
oakum report verify "$T/envelope" --key "$T/other.pub"
expect_refused 5 "none of the given keys"
oakum report verify "$T/envelope"
expect_refused 5 "--key"
jq -c '.payload |= (.[0:100] + "AAAA" + .[104:])' "$T/envelope" >"$T/changed"
oakum report verify "$T/changed" --key "$T/key.pub"
expect_refused 5 "none of the given keys"
jq -c '.payloadType = "application/vnd.oakum.report+text/csv"' "$T/envelope" >"$T/retyped"
oakum report verify "$T/retyped" --key "$T/key.pub"
expect_refused 5 "none of the given keys"
report compliance --from "$T/fleet" -o csv --out "$T/r.csv" --sign "$T/key.pem"
expect_exit 0
expect_no_out
oakum report verify "$T/r.csv" --key "$T/other.pub" --key "$T/key.pub" -o json
expect_json '[.mediaType, .bytes]' "[\"text/csv\",$(wc -c <"$T/r.csv")]"
echo "13,x" >>"$T/r.csv"
oakum report verify "$T/r.csv" --key "$T/key.pub"
expect_refused 5 "is not the report"
oakum report verify "$T/plain.html" --key "$T/key.pub"
expect_refused 5 "is not signed"
oakum report verify "$T/nothing" --key "$T/key.pub"
expect_refused 2 nothing

# --- the database: nothing yet, then this host, then a fleet -------------------------------------------------------------
oakum report compliance
expect_exit 0
expect_out_has "never scanned"
oakum scan --inventory "$OAKUM_SOURCE/tests/scenario/inventory-debian.yaml" --at $now
cp "$T/out" "$T/scan.txt"
report compliance -o json
expect_json '.totals.nodes' 1
expect_true grep -qx "missing $(jq .totals.missing "$T/out")" "$T/scan.txt"
rm -rf "$T/state"
oakum report import "$T/fleet" --dry-run -o json
expect_json .verdicts 12
expect_true [ ! -e "$T/state/state.db" ]
oakum report import "$T/fleet" -o json
expect_exit 0
expect_json '[.verdicts, .known]' '[12,0]'
oakum report import "$T/fleet" -o json
expect_json '[.verdicts, .known]' '[0,12]'
oakum db check
expect_exit 0
for kind in compliance patch cve; do
	report $kind --from "$T/fleet" -o json
	cp "$T/out" "$T/from-folder"
	report $kind -o json
	expect_same "$T/from-folder" "$T/out"
done
for format in csv html openmetrics sarif; do
	report compliance --from "$T/fleet" -o $format
	cp "$T/out" "$T/from-folder"
	report compliance -o $format
	expect_same "$T/from-folder" "$T/out"
done
mkdir "$T/runs"
cp "$T/run.json" "$T/more/cut.json" "$T/runs"
oakum report import "$T/runs" -o json
expect_exit 4
expect_json '[.runs, .unreadable]' '[1,1]'
report compliance --node host0004 -o json
expect_json '.nodes[0].lastRun.id' '"20261123-110000-abcd"'

# --- the past -------------------------------------------------------------------------------------------------------------
"$make_verdicts" "$T/past" 3 20 10
report trend --from "$T/past" --since 9d -o json
expect_exit 0
expect_json '.days | length' 10
for day in 0 4 9; do
	expect_json ".days[$day].missing" "$(cat "$T"/past/*-00$day.json | jq -s '[.[].summary | .missing + .failed] | add')"
	expect_json ".days[$day].compliant" "$(cat "$T"/past/*-00$day.json | jq -s '[.[].summary | select(.status == "COMPLIANT")] | length')"
done
cp "$T/out" "$T/trend-folder"
rm -rf "$T/state"
oakum report import "$T/past"
report trend --since 9d -o json
expect_same "$T/trend-folder" "$T/out"
# a patch that is missing still, and approved 20 days ago: later than promised, unless more was promised
open=$(cat "$T"/past/*-009.json | jq -s '[.[].patches[] | select(.level == "CRITICAL") | select(.state | IN("MISSING","FAILED","INSTALLED_REJECTED","INSTALLED_PENDING_REBOOT"))] | length')
expect_json '.timeToPatch[0] | [.level, .slaSeconds, .open, .overdue]' "[\"CRITICAL\",604800,$open,$open]"
report trend --since 9d --sla CRITICAL=21d -o json
expect_json '.timeToPatch[0] | [.slaSeconds, .overdue]' "[1814400,0]"
report trend --sla WORST=1d
expect_refused 2 WORST
report trend --sla CRITICAL=soon
expect_refused 2 soon

# --- exceptions -------------------------------------------------------------------------------------------------------------
cat >"$T/strict.yaml" <<'EOF'
schema: oakum.baseline/1
id: web-exceptions
name: web
operatingSystem: DEBIAN
approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ['*']}]}, complianceLevel: HIGH, approveAfterDays: 0}]}
rejectedPatches:
  - {pattern: 'openssl*', owner: anna, reason: 'breaks the till', expires: '2026-12-01T00:00:00Z'}
  - {pattern: 'linux-*', owner: 'bo "b"', reason: '=1+1', expires: '2026-01-01T00:00:00Z'}
approvedPatches: [bash]
EOF
oakum baseline check "$T/strict.yaml"
report exceptions --baseline "$T/strict.yaml" -o json
expect_exit 0
expect_json '[.exceptions[] | [.rule, .owner, .state]]' '[["rejectedPatches[1]","bo \"b\"","EXPIRED"],["rejectedPatches[0]","anna","ENDS_SOON"],["approvedPatches[0]",null,"ACTIVE"]]'
report exceptions --baseline "$T/strict.yaml" --soon 1d -o json
expect_json '.totals' '{"exceptions":3,"active":2,"endsSoon":0,"expired":1}'
# what they cover: by the verdicts of nodes that were judged by that baseline
mkdir "$T/judged"
cp "$T/strict.yaml" "$T/judged/baseline.yaml"
jq '.baseline = {id: "web-exceptions", name: "web"} | .patches |= [.[0] + {id: "openssl.amd64", state: "INSTALLED_OTHER", reason: "EXCEPTION",
	reasonDetail: "rejectedPatches[0] '"'openssl*'"' (anna: breaks the till)", until: "2026-12-01T00:00:00Z"}]' "$T/fleet/00000-000.json" >"$T/judged/one.json"
jq '.baseline = {id: "elsewhere", name: "elsewhere"} | .node.id = "other"' "$T/judged/one.json" >"$T/judged/two.json"
report exceptions --from "$T/judged" -o json
expect_exit 0
expect_json '[.exceptions[] | select(.rule == "rejectedPatches[0]") | [.baseline.id, .owner, .patches, .nodes]]' \
	'[["elsewhere",null,["openssl.amd64"],["other"]],["web-exceptions","anna",["openssl.amd64"],["00000000-0000-4000-8000-000000000000"]]]'
report exceptions --baseline "$T/strict.yaml" -o csv
expect_out_has "'=1+1"
finish
