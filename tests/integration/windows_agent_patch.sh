# timeout: 600
# oakum.exe patches a host through the Windows Update Agent: plan, download, install, rescan, against a scripted agent under Wine.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
. "$OAKUM_SOURCE/tests/lib/agent.sh"
agent_start

cat >"$T/base.yaml" <<'END'
schema: oakum.baseline/1
name: scenario
operatingSystem: WINDOWS
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [SecurityUpdates]}]}, complianceLevel: CRITICAL, approveAfterDays: 7}
rejectedPatches: [KB5000004]
END
base=$(windows_path "$T/base.yaml")
recent=$(date -u -d '2 days ago' +%Y-%m-%d)
old=$(date -u -d '20 days ago' +%Y-%m-%d)
patch() { rm -rf "$C/state"; win patch --baseline "$base" --now -o json "$@"; }
# nothing really boots
printf '@echo off\r\necho booted>"%s"\r\n' "$(windows_path "$C/booted")" >"$C/boot.cmd"
chmod 700 "$C/boot.cmd"
printf "runs: {rebootCommand: '%s'}\n" "$(windows_path "$C/boot.cmd")" >"$C/boot.yaml"
OAKUM_CONFIG=$C/boot.yaml
actions() { expect_json '[.actions[] | "\(.status) \(.patch)"]' "$1"; }

# 1. nothing to do: nothing is downloaded, nothing installed
agent_script <<END
$(agent_update 5000001 "$old" installed=yes)
END
patch
expect_exit 0
expect_json .status '"SUCCESS"'
actions '[]'
expect_not_asked BeginDownload
expect_not_asked BeginInstall
expect_clean_agent

# 2. two approved, one too young, one rejected, one hidden: what is planned is what is installed, and nothing else
agent_script <<END
$(agent_update 5000001 "$old")
$(agent_update 5000002 "$old" eula=yes uninstallable=yes)
$(agent_update 5000003 "$recent")
$(agent_update 5000004 "$old")
$(agent_update 5000005 "$old" hidden=yes)
END
rm -rf "$C/state"
win plan --baseline "$base" -o json
expect_exit 0
expect_json '[.actions[] | "\(.kind) \(.patch) \(.to) \(.reversible)"]' '["INSTALL KB5000001 1 false","INSTALL KB5000002 1 true"]'
expect_json '.downloadBytes' 2000000
expect_json '.reboot.forecast' false
expect_not_asked BeginDownload
cp "$T/out" "$C/plan.json"
patch
expect_exit 0
expect_json .status '"SUCCESS"'
actions '["INSTALLED KB5000001","INSTALLED KB5000002"]'
expect_asked 'BeginDownload 5000001 5000002'
expect_asked 'AcceptEula 5000002'
expect_asked 'BeginInstall 5000001 5000002 quiet=1'
expect_not_asked 'install 5000003'
expect_not_asked 'install 5000004'
expect_not_asked 'install 5000005'
expect_json '[.verdict.patches[] | "\(.state) \(.id)"]' '["INSTALLED KB5000001","INSTALLED KB5000002","AVAILABLE_SECURITY_UPDATE KB5000003","AVAILABLE_SECURITY_UPDATE KB5000004","AVAILABLE_SECURITY_UPDATE KB5000005"]'
expect_clean_agent
run_id=$(jq -r .id "$T/out")
win history --runs -o json
expect_exit 0
expect_out_has "$run_id"
win run show "$run_id" -o json
expect_exit 0
actions '["INSTALLED KB5000001","INSTALLED KB5000002"]'
# what was installed is on the disk's own words, too
ok
grep -q 'KB5000001.*done' "$C/state/runs/$run_id/logs/install.log" || fail "the run's log does not tell of KB5000001"
# the plan made before is refused: the host moved
chmod 600 "$C/plan.json"
win apply "$(windows_path "$C/plan.json")"
ok
[ "$code" != 0 ] || fail "an old plan was applied"
# and back: only one of the two can be uninstalled
win rollback "$run_id"
expect_exit 1
expect_err_has 'does not offer to uninstall'
expect_not_asked BeginUninstall

# 3. a run that can be undone is
agent_script <<END
$(agent_update 5000002 "$old" uninstallable=yes)
END
patch
expect_exit 0
run_id=$(jq -r .id "$T/out")
win rollback "$run_id" -o json --reboot never
expect_exit 0
expect_asked 'BeginUninstall 5000002'
win scan --baseline "$base" -o json
expect_json '[.patches[] | "\(.state) \(.id)"]' '["MISSING KB5000002"]'
expect_clean_agent

# 4. one of three fails: the others are installed, the code has words, exit 4
agent_script <<END
$(agent_update 5000001 "$old")
$(agent_update 5000002 "$old" install=800F0922)
$(agent_update 5000003 "$old")
END
patch
expect_exit 4
expect_json .status '"PARTIAL"'
actions '["INSTALLED KB5000001","FAILED KB5000002","INSTALLED KB5000003"]'
expect_json '.actions[1].error | contains("0x800F0922") and contains("reserved partition")' true
expect_json '[.verdict.patches[] | select(.id == "KB5000002") | .state]' '["FAILED"]'
expect_clean_agent

# 5. one cannot be downloaded: it alone fails
agent_script <<END
$(agent_update 5000001 "$old" download=80246002)
$(agent_update 5000002 "$old")
END
patch
expect_exit 4
actions '["FAILED KB5000001","INSTALLED KB5000002"]'
expect_json '.actions[0].error | contains("not what the update promised")' true
# none can be: nothing is changed, worth another try
agent_script <<END
$(agent_update 5000001 "$old" download=80240034)
END
patch
expect_exit 75
expect_err_has 'could not be downloaded'
expect_not_asked BeginInstall

# 6. the installer asks for a reboot: never leaves it waiting, the agent still offering the update does not make it missing
agent_script <<END
$(agent_update 5000001 "$old" needs-reboot=yes reboot-behaviour=1)
END
patch --reboot never
expect_exit 0
expect_json .status '"PENDING_REBOOT"'
expect_json .reboot.needed true
expect_json .reboot.askedFor false
expect_json '[.verdict.patches[] | "\(.state) \(.id)"]' '["INSTALLED_PENDING_REBOOT KB5000001"]'
win scan --baseline "$base" -o json --exit-code
expect_exit 3
expect_json '[.patches[] | "\(.state) \(.id)"]' '["INSTALLED_PENDING_REBOOT KB5000001"]'
# if-needed boots
agent_script <<END
$(agent_update 5000001 "$old" needs-reboot=yes)
END
patch
expect_exit 0
expect_json .status '"PENDING_REBOOT"'
expect_json .reboot.askedFor true
expect_true [ -f "$C/booted" ]
# or has the caller boot, who sees 194
agent_script <<END
$(agent_update 5000001 "$old" needs-reboot=yes)
END
rm -rf "$C/state"
win patch --baseline "$base" --now --aws-exit-codes -o json
expect_exit 194
expect_json .reboot.needed true

# 7. licence terms that are not to be accepted
printf 'runs: {acceptEulas: false}\n' >"$C/eulas.yaml"
agent_script <<END
$(agent_update 5000001 "$old" eula=yes)
$(agent_update 5000002 "$old")
END
OAKUM_CONFIG=$C/eulas.yaml
patch
OAKUM_CONFIG=$C/boot.yaml
expect_exit 4
actions '["FAILED KB5000001","INSTALLED KB5000002"]'
expect_json '.actions[0].error | contains("licence terms were declined")' true
expect_not_asked AcceptEula

# 8. updates that might ask a person something are refused in the plan
agent_script <<END
$(agent_update 5000001 "$old" asks=yes)
$(agent_update 5000002 "$old")
END
patch
expect_exit 4
actions '["INSTALLED KB5000002"]'
expect_json '[.plan.refused[] | .patch]' '["KB5000001"]'
expect_not_asked 'install 5000001'

# 9. batches: as small as can be
agent_script <<END
$(agent_update 5000001 "$old")
$(agent_update 5000002 "$old")
END
patch --batches smallest
expect_exit 0
expect_asked 'BeginInstall 5000001 quiet=1'
expect_asked 'BeginInstall 5000002 quiet=1'
expect_not_asked 'BeginInstall 5000001 5000002'

# 10. another installation is going on; an earlier change waits for a reboot
agent_script <<END
busy = yes
$(agent_update 5000001 "$old")
END
patch --wait-lock 1s
expect_exit 75
expect_err_has 'another installation is going on'
agent_script <<END
reboot-first = yes
$(agent_update 5000001 "$old")
END
patch
expect_exit 75
expect_err_has 'waits for a reboot'
expect_not_asked BeginInstall

# 11. the search fails, or never returns: nothing is begun
agent_script <<END
search = 8024402C
END
patch
expect_exit 75
expect_err_has 'cannot reach the update server'
agent_script <<END
search = never
END
patch --timeout 3s
expect_exit 75
expect_err_has 'did not end within 3 s'

# 12. download only
agent_script <<END
$(agent_update 5000001 "$old")
END
patch --download-only
expect_exit 0
expect_asked 'BeginDownload 5000001'
expect_not_asked BeginInstall
patch
expect_exit 0
actions '["INSTALLED KB5000001"]'

# a download that is told to stop is aborted, and nothing was changed
agent_script <<END
never-downloads = yes
$(agent_update 5000001 "$old")
END
rm -rf "$C/state"
# a shell's background job ignores the signal, and so would Wine
env --default-signal=INT "$wine_program" "$exe" --state "$(windows_path "$C/state")" --cache "$(windows_path "$C/cache")" --config "$(windows_path "$C/boot.yaml")" \
	patch --baseline "$base" --now >"$T/out" 2>"$T/err" </dev/null &
pid=$!
until grep -q BeginDownload "$T/agent.log" 2>/dev/null || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
kill -INT $pid
code=0
wait $pid || code=$?
ran="patch, interrupted"
expect_asked 'RequestAbort IDownloadJob'
expect_not_asked BeginInstall
ok
[ "$code" = 130 ] || fail "interrupted, but exit $code"

# 13. a dry run changes nothing
agent_script <<END
$(agent_update 5000001 "$old")
END
patch --dry-run
expect_exit 0
expect_json '[.actions[].patch]' '["KB5000001"]'
expect_not_asked BeginDownload

# 14. the agent refuses to begin
agent_script <<END
install-begin = 80240016
$(agent_update 5000001 "$old")
END
patch
expect_exit 75 # it may be tried again
expect_json '.actions[0].error | contains("another installation runs or a reboot is pending")' true

# 15. a superseded chain: only the approved member is installed
agent_script <<END
$(agent_update 5000001 "$old")
$(agent_update 5000002 "$recent" supersedes=11111111-0000-4000-8000-000005000001)
END
patch
expect_exit 0
actions '["INSTALLED KB5000001"]'
expect_not_asked 'install 5000002'
expect_clean_agent

# an override list installs exactly what it names, whatever the baseline says
cat >"$T/list.yaml" <<END
patches:
  - id: KB5000002
    title: '* update KB5000002'
  - id: '5000004'
  - id: KB5000005
    title: another title
  - id: KB5000006
END
agent_script <<END
$(agent_update 5000001 "$old")
$(agent_update 5000002 "$recent")
$(agent_update 5000004 "$old")
$(agent_update 5000005 "$old")
$(agent_update 5000006 "$old" installed=yes)
END
patch --override-list "$(windows_path "$T/list.yaml")"
expect_exit 0
actions '["INSTALLED KB5000002","INSTALLED KB5000004"]'
expect_err_has 'override-rejected'
expect_not_asked 'install 5000001'
expect_json '[.verdict.patches[] | select(.state == "MISSING") | .id]' '["KB5000001","KB5000005"]'

# 16. the boot happens: the host's clock since its start begins anew, the agent has completed the update, 'resume' ends the run
agent_script <<END
$(agent_update 5000001 "$old" needs-reboot=yes)
END
patch
expect_exit 0
expect_json .status '"PENDING_REBOOT"'
run_id=$(jq -r .id "$T/out")
win resume
expect_err_has 'waits for a reboot that has not happened yet'
if unshare --time --monotonic=0 --fork true 2>/dev/null; then
	"$wine_server" -k
	"$wine_server" -w
	sed -i 's/ 1 0 0 1 / 1 0 1 0 /' "$T/agent.state" # downloaded, installed, waiting no more
	cat >"$T/after-boot" <<'END'
"$wine_server" -p
for command in resume "run show $run_id -o json" "scan --baseline $base -o json"; do
	# shellcheck disable=SC2086 # words
	"$wine_program" "$exe" --state "$state" --config "$config" $command </dev/null
	echo "exit $?"
done
"$wine_server" -k
"$wine_server" -w
END
	export wine_server wine_program exe base run_id
	# the host is up for a fifth of a second at most: clocks are set back by whole seconds, and the run must lie before the boot
	while up=$(cut -d' ' -f1 /proc/uptime) && case ${up#*.} in [01]*) false ;; esac; do :; done
	since=-${up%.*}
	state=$(windows_path "$C/state") config=$(windows_path "$OAKUM_CONFIG") \
		unshare --time --monotonic=$since --boottime=$since --fork sh "$T/after-boot" >"$T/out.raw" 2>"$T/err"
	tr -d '\r' <"$T/out.raw" >"$T/out"
	ran="after the boot" code=
	expect_err_lacks 'has not happened yet'
	ok
	[ "$(grep -c '^exit 0$' "$T/out")" = 3 ] || fail "not all of resume, run show and scan ended with 0"
	ok
	[ "$(sed '/^exit/d' "$T/out" | jq -rs '.[0].status, .[0].reboot.booted, (.[1].patches[] | .state)' | tr '\n' ' ')" = "SUCCESS true INSTALLED " ] ||
		fail "the run did not end after the boot"
else
	echo "skipped: no time namespaces (that part)"
fi
finish
