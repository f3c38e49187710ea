# SPDX-License-Identifier: GPL-3.0-or-later
# Patch runs on a real bookworm with its real pending updates: plan, apply, patch, scan, dpkg, roll back, and what stops a run.
# timeout: 420
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
made=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
BASE=$made
fresh_root base
enable_updates "$R" || skip "no mirror for updates"
BASE=$R
pending=$(chroot "$R" apt-get -s dist-upgrade | awk '/^Inst / { print $2 }' | sort)
[ -n "$pending" ] || skip "this mirror has no pending updates for the root"

# plan equals what apt would do, and changes nothing
fresh_root one
canary >"$T/before"
oakum --root "$R" plan --baseline "$T/everything.yaml" -o json
expect_exit 0
run_plan=$(jq -r '.actions[].patch | sub("\\.[^.]*$"; "")' "$T/out" | sort)
ok; [ "$run_plan" = "$pending" ] || fail "plan and apt differ: $run_plan"
cp "$T/out" "$T/plan.json"
expect_json '[.actions[].reversible] | all' true
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "plan changed the root"

# apply: trust, and doing exactly the plan
chmod 666 "$T/plan.json"
oakum --root "$R" apply "$T/plan.json"
expect_refused 5 writable
chmod 600 "$T/plan.json"
sed 's/"kind": "UPGRADE"/"kind": "REMOVE"/' "$T/plan.json" >"$T/edited.json"
chmod 600 "$T/edited.json"
oakum --root "$R" apply "$T/edited.json"
expect_refused 5 digest
oakum --root "$R" --at 2030-01-01T00:00:00Z apply "$T/plan.json"
expect_refused 1 'too old'
oakum --root "$R" apply --dry-run "$T/plan.json"
expect_exit 0
oakum --root "$R" apply --baseline "$T/everything.yaml" "$T/plan.json" -o json
expect_exit 0
expect_json .status '"SUCCESS"'
expect_clean_dpkg
oakum --root "$R" scan --baseline "$T/everything.yaml" --exit-code -o json
expect_exit 0
expect_json .summary.missing 0
chroot "$R" apt-mark showauto >"$T/autos"
ok; sed -n '/\t/!p' "$T/before" | cmp -s - "$T/autos" || fail "auto marks changed"
oakum --root "$R" apply "$T/plan.json"
expect_refused 1 'moved on'

# rollback: versions and marks as before; a second one finds nothing left; the audit chain holds
oakum --root "$R" rollback "$(last_run)"
expect_exit 0
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "not as before: $(diff "$T/before" "$T/after")"
expect_clean_dpkg
oakum history --audit -o json
expect_exit 0
expect_json .auditSound true
expect_json '[.audit[].event] | unique' '["patch.begin","patch.end","rollback.begin","rollback.end"]'

# the repositories gone: old archives are rebuilt from the files, and still bring the old state back
oakum --root "$R" patch --baseline "$T/everything.yaml" --download-only
expect_exit 0
printf 'Acquire::http::Proxy "http://127.0.0.1:1/";\nAcquire::https::Proxy "http://127.0.0.1:1/";\nAcquire::Retries "0";\n' >"$R/etc/apt/apt.conf.d/99gone"
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json .status '"SUCCESS"'
oakum --root "$R" rollback "$(last_run)"
expect_exit 0
rm "$R/etc/apt/apt.conf.d/99gone"
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "rebuilt archives did not bring the state back: $(diff "$T/before" "$T/after")"
expect_clean_dpkg
drop_root one

# network gone before the download: nothing changed, try again later
fresh_root two
printf 'Acquire::http::Proxy "http://127.0.0.1:1/";\nAcquire::https::Proxy "http://127.0.0.1:1/";\nAcquire::Retries "0";\n' >"$R/etc/apt/apt.conf.d/99gone"
oakum --root "$R" patch --baseline "$T/everything.yaml"
expect_refused 75 download
rm "$R/etc/apt/apt.conf.d/99gone"
canary >"$T/after"
ok; cmp -s "$T/before" "$T/after" || fail "a run without network changed the root"

finish
