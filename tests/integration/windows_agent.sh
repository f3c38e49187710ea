# timeout: 400
# oakum.exe scans a host through the Windows Update Agent: the unmodified program against a scripted agent, under Wine.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
. "$OAKUM_SOURCE/tests/lib/agent.sh"
agent_start

# the tables that are called through are those that are published
run wine "$OAKUM_BUILD/tests/wua_slots.exe"
expect_exit 0
expect_out_has ", 0 wrong"

now=2026-11-23T12:00:00Z
cat >"$T/base.yaml" <<'END'
schema: oakum.baseline/1
name: scenario
operatingSystem: WINDOWS
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: PATCH_SET, values: [OS]}, {key: CLASSIFICATION, values: [SecurityUpdates, CriticalUpdates]}, {key: MSRC_SEVERITY, values: [Critical, Important]}]}, complianceLevel: CRITICAL, approveAfterDays: 7}
rejectedPatches: [KB5000004]
END
base=$(windows_path "$T/base.yaml")
scan() { win scan --baseline "$base" --at $now --no-store "$@"; }
states() { expect_json '[.patches[] | "\(.state) \(.id)"]' "$1"; }

# 1. nothing to do
agent_script <<END
$(agent_update 5000001 2026-10-10 installed=yes)
END
scan -o json --exit-code
expect_exit 0
expect_json .summary.status '"COMPLIANT"'
states '["INSTALLED KB5000001"]'
expect_asked "BeginSearch 'IsInstalled=0 and IsHidden=0 or IsInstalled=0 and IsHidden=1 or IsInstalled=1' online=1 selection=0 service=- superseded=1"
expect_asked 'put_UserLocale 1033'
expect_clean_agent
ok
grep -q 'BeginInstall\|BeginDownload\|AcceptEula' "$T/agent.log" && fail "a scan changed something"

# 2. two approved, one too young, one rejected, one hidden, one of Office
agent_script <<END
$(agent_update 5000001 2026-11-10 severity=Important)
$(agent_update 5000002 2026-11-11 bundled-cve=CVE-2026-99 bulletin=MS26-048)
$(agent_update 5000003 2026-11-20)
$(agent_update 5000004 2026-11-10)
$(agent_update 5000005 2026-11-10 hidden=yes)
$(agent_update 5000006 2026-11-10 product="Office 2019" family=Office)
END
scan -o json --exit-code
expect_exit 3
states '["MISSING KB5000001","MISSING KB5000002","AVAILABLE_SECURITY_UPDATE KB5000003","AVAILABLE_SECURITY_UPDATE KB5000004","AVAILABLE_SECURITY_UPDATE KB5000005","AVAILABLE_SECURITY_UPDATE KB5000006"]'
expect_json '[.patches[] | .reason]' '[null,null,"PENDING_APPROVAL","REJECTED","HIDDEN","NOT_APPROVED"]'
expect_json '.patches[1].cves' '["CVE-2026-5000002","CVE-2026-99"]'
expect_json '.patches[1].classification' '"SecurityUpdates"'
expect_json '.repositories[0].id' '"microsoft-update"'
expect_clean_agent
win why KB5000003 --baseline "$base" --at $now -o json
expect_exit 0
expect_json .approvedAt '"2026-11-27T18:00:00Z"'
# a bulletin names it
sed 's/KB5000004/MS26-048/' "$T/base.yaml" >"$T/bulletin.yaml"
win scan --baseline "$(windows_path "$T/bulletin.yaml")" --at $now --no-store -o json
expect_json '[.patches[] | select(.reason == "REJECTED") | .id]' '["KB5000002"]'

# 3. a chain: the oldest is approved while its successors are too young; superseded ones are asked for
agent_script <<END
$(agent_update 5000001 2026-11-01)
$(agent_update 5000002 2026-11-18 supersedes=11111111-0000-4000-8000-000005000001)
$(agent_update 5000003 2026-11-20 "supersedes=11111111-0000-4000-8000-000005000001 11111111-0000-4000-8000-000005000002")
END
scan -o json
states '["MISSING KB5000001","AVAILABLE_SECURITY_UPDATE KB5000002","AVAILABLE_SECURITY_UPDATE KB5000003"]'
win scan --baseline "$base" --at 2026-12-23T12:00:00Z --no-store -o json
states '["MISSING KB5000003"]'

# 4. the server cannot be reached
agent_script <<END
search = 8024402C
END
scan
expect_refused 75 "cannot reach the update server"
expect_err_has "0x8024402C"
expect_err_has "proxy"
# and so where the search ends with a failure instead
agent_script <<END
search = 80072EE2
search-fails = yes
END
scan
expect_refused 75 "did not answer in time"

# 5. a search that never returns
agent_script <<END
search = never
END
scan --timeout 3s
expect_refused 75 "did not end within 3 s"
expect_asked 'RequestAbort ISearchJob'

# nor does the call that begins it
agent_script <<END
hangs = yes
END
scan --timeout 3s
expect_refused 75 "took longer than 3 s"

# 6. an offline catalogue is registered as a scan service, searched alone, and taken away again
need_tool gcab
mkdir "$T/cab"
printf '<OfflineSyncPackage xmlns="http://schemas.microsoft.com/msus/2004/02/OfflineSync"><Updates/></OfflineSyncPackage>' >"$T/cab/package.xml"
printf '<INDEX><CABLIST><CAB NAME="package.cab"/></CABLIST></INDEX>' >"$T/cab/index.xml"
(cd "$T/cab" && gcab -c package.cab package.xml && gcab -c "$T/wsusscn2.cab" index.xml package.cab) >/dev/null || fail "gcab"
agent_script <<END
$(agent_update 5000001 2026-11-10 source=server)
$(agent_update 5000002 2026-11-10 source=catalog)
END
scan -o json --offline-catalog "$(windows_path "$T/wsusscn2.cab")"
expect_exit 0
states '["MISSING KB5000002"]'
expect_json '.repositories[0].id' '"offline-catalog"'
expect_asked "AddScanPackageService 'oakum offline catalogue' $(windows_path "$T/wsusscn2.cab") flags=0"
expect_asked 'selection=3 service=11111111-aaaa-4bbb-8ccc-000000000001'
expect_asked 'RemoveService 11111111-aaaa-4bbb-8ccc-000000000001'
expect_clean_agent
scan --offline-catalog "$(windows_path "$T/absent.cab")"
expect_refused 2 'absent.cab'
agent_script <<END
catalog = 80247001
END
scan --offline-catalog "$(windows_path "$T/wsusscn2.cab")"
expect_refused 1 'the offline catalogue is not valid'

# 7. an agent of the first version: nothing behind what it granted is called
agent_script <<END
versions = 1
$(agent_update 5000001 2026-11-10)
END
scan -o json
expect_exit 0
states '["MISSING KB5000001"]'
expect_json '.patches[0].cves' '[]'
expect_clean_agent

# 8. the search was incomplete: said, not hidden
agent_script <<END
warning = 80244022
$(agent_update 5000001 2026-11-10)
END
scan
expect_exit 0
expect_err_has 'search-incomplete'
expect_err_has 'HTTP 503'

# 9. without the network: what the agent found before, as old as that is
agent_script <<END
last-search = 2026-11-18T10:00
$(agent_update 5000001 2026-11-10)
END
scan -o json --no-network --exit-code
expect_exit 3
expect_asked 'online=0'
expect_json .metadataAt '"2026-11-18T10:00:00Z"'
agent_script <<END
last-search = 2026-11-18T10:00
$(agent_update 5000001 2026-11-10 installed=yes)
END
scan -o json --no-network
expect_json .summary.status '"UNKNOWN"'

# 10. no agent at all; no right to use it
agent_script <<END
session = 80040154
END
scan
expect_refused 1 'no Windows Update Agent'
agent_script <<END
session = 80070005
END
scan
expect_refused 1 'as an administrator'

# 11. a daily update under one KB: the installed one is not the new one
agent_script <<END
$(agent_update 2267602 2026-11-10 installed=yes revision=200)
$(agent_update 2267602 2026-11-12 id=11111111-0000-4000-8000-000009999999 revision=201 supersedes=11111111-0000-4000-8000-000002267602)
END
scan -o json
states '["INSTALLED KB2267602","MISSING KB2267602"]'

# 12. a delay of 45 days and a new update every month: the lineage's clock began when its first member was seen
sed 's/approveAfterDays: 7/approveAfterDays: 45/' "$T/base.yaml" >"$T/slow.yaml"
month() { # month AT: a stored scan
	win scan --baseline "$(windows_path "$T/slow.yaml")" --at "$1" -o json
	expect_exit 0
}
agent_script <<END
$(agent_update 5000001 2026-09-08)
END
month 2026-09-01T12:00:00Z
month 2026-09-09T12:00:00Z
states '["AVAILABLE_SECURITY_UPDATE KB5000001"]'
agent_script <<END
$(agent_update 5000002 2026-10-13 supersedes=11111111-0000-4000-8000-000005000001)
END
month 2026-10-14T12:00:00Z
states '["AVAILABLE_SECURITY_UPDATE KB5000002"]'
agent_script <<END
$(agent_update 5000003 2026-11-10 "supersedes=11111111-0000-4000-8000-000005000001 11111111-0000-4000-8000-000005000002")
END
month 2026-11-11T12:00:00Z
states '["MISSING KB5000003"]'
expect_out_has 'the clock of its lineage began 2026-09-0'

# 13. what exists but is too young counts as the baseline says
cat "$T/base.yaml" >"$T/strict.yaml"
echo 'availableSecurityUpdatesComplianceStatus: NON_COMPLIANT' >>"$T/strict.yaml"
agent_script <<END
$(agent_update 5000003 2026-11-20)
END
scan -o json --exit-code
expect_exit 0
win scan --baseline "$(windows_path "$T/strict.yaml")" --at $now --no-store -o json --exit-code
expect_exit 3
expect_json '[.summary.status, .summary.availableSecurityUpdate]' '["NON_COMPLIANT",1]'

# 14. product family, product, patch set
cat >"$T/office.yaml" <<'END'
schema: oakum.baseline/1
name: office
operatingSystem: WINDOWS
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: PATCH_SET, values: [APPLICATION]}, {key: PRODUCT_FAMILY, values: [Office]}, {key: PRODUCT, values: [Office 2019]}, {key: MSRC_SEVERITY, values: [Unspecified]}]}, approveAfterDays: 0}
END
agent_script <<END
$(agent_update 5000001 2026-11-10)
$(agent_update 5000002 2026-11-10 product="Office 2019" family=Office severity= classification=cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83)
$(agent_update 5000003 2026-11-10 product="Office 2016" family=Office severity= classification=cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83)
END
win scan --baseline "$(windows_path "$T/office.yaml")" --at $now --no-store -o json
states '["MISSING KB5000002","AVAILABLE_SECURITY_UPDATE KB5000001"]'

# 15. the agent waits for a reboot
agent_script <<END
reboot = yes
$(agent_update 5000001 2026-10-10 installed=yes)
END
win inventory -o json
expect_json .reboot.required true
expect_out_has 'the Windows Update Agent waits for a reboot'
finish
