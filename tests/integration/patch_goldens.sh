# SPDX-License-Identifier: GPL-3.0-or-later
# Goldens 30, 35 to 37 and 39 to 45 of the reference on a real apt, with a made repository.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline

# Installed: fine, second, keepme, breaker, bad, loose in version 1, dep (automatic). Offered: 2 of each.
fresh_root base
for p in fine second keepme bad loose; do make_deb "$R/repo" "$p" 1; done
make_deb "$R/repo" dep 1
make_deb "$R/repo" breaker 1 'Depends: dep'
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second keepme breaker bad loose >/dev/null 2>&1
printf '#!/bin/sh\nexit 1\n' >"$T/postinst.bad.2"
make_deb "$R/repo" fine 2
make_deb "$R/repo" second 2
make_deb "$R/repo" keepme 2
make_deb "$R/repo" dep 2
make_deb "$R/repo" breaker 2 'Conflicts: keepme'
make_deb "$R/repo" bad 2
make_deb "$R/repo" loose 2
cp -a "$R/repo" "$T/repo"
prepared=$R
n=0
offered() {
	n=$((n + 1))
	rm -rf "$T/state" "$T/cache"
	fresh_root "g$n" "$prepared"
	rm -rf "$R/repo"/*
	cp "$T"/repo/*_1_amd64.deb "$R/repo/"
	for p; do cp "$T/repo/${p}_2_amd64.deb" "$R/repo/"; done
	index_repo "$R"
}
patch() { oakum --root "$R" patch --baseline "$T/everything.yaml" --wait-lock 5s -o json "$@"; }
override() { printf '%s\n' "$@" >"$T/list.yaml"; }

# 30: an upgrade that would remove a package that somebody installed is refused; the other one is done.
offered fine breaker
oakum --root "$R" plan --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.actions[].patch]' '["fine.amd64"]'
expect_json '[.refused[] | [.patch, .reason]]' '[["breaker.amd64","BROKEN_DEPENDENCY"]]'
patch
expect_exit 4
expect_json .status '"PARTIAL"'
expect_version fine 2
expect_version breaker 1
expect_version keepme 1
ok; [ "$(patch_state breaker.amd64)" = FAILED ] || fail "30: breaker is $(patch_state breaker.amd64)"
patch --aws-exit-codes
expect_exit 2
offered fine breaker
patch --aws-exit-codes --reboot always
expect_exit 195
offered fine breaker
patch --aws-exit-codes --reboot never
expect_exit 1

# 35 to 37: without a reboot the package waits; a boot ends that; an always boots and tells it as done.
offered fine
patch --reboot never
expect_exit 0
expect_json .status '"PENDING_REBOOT"'
ok; [ "$(patch_state fine.amd64)" = INSTALLED_PENDING_REBOOT ] || fail "35: fine is $(patch_state fine.amd64)"
expect_version fine 2
oakum --root "$R" scan --baseline "$T/everything.yaml" -o json
ok; [ "$(jq -r '.patches[] | select(.id == "fine.amd64") | .state' "$T/out")" = INSTALLED_PENDING_REBOOT ] || fail "36: not pending before the boot"
patch --aws-exit-codes --reboot always
expect_exit 194
ok; [ "$(patch_state fine.amd64)" = INSTALLED ] || fail "37: fine is $(patch_state fine.amd64)"
offered fine
patch --aws-exit-codes --reboot never
expect_exit 0
mkdir -p "$R/proc"
printf 'btime %s\n' "$(($(date +%s) + 3600))" >"$R/proc/stat"
oakum --root "$R" --at "$(date -u -d '+2 hours' +%FT%TZ)" scan --baseline "$T/everything.yaml" -o json
ok; [ "$(jq -r '.patches[] | select(.id == "fine.amd64") | .state' "$T/out")" = INSTALLED ] || fail "36: still pending after the boot"

# the same where only the boot id tells boots apart
offered fine
mkdir -p "$R/proc/sys/kernel/random"
echo 11111111-1111-4111-8111-111111111111 >"$R/proc/sys/kernel/random/boot_id"
patch --reboot never
expect_json .status '"PENDING_REBOOT"'
echo 22222222-2222-4222-8222-222222222222 >"$R/proc/sys/kernel/random/boot_id"
oakum --root "$R" scan --baseline "$T/everything.yaml" -o json
ok; [ "$(jq -r '.patches[] | select(.id == "fine.amd64") | .state' "$T/out")" = INSTALLED ] || fail "36: another boot id does not end it"

# 39: one of two fails: that one is FAILED, none is MISSING, dpkg is not left half-way without a word.
offered fine bad
patch
expect_exit 4
expect_json .status '"PARTIAL"'
expect_version fine 2
ok; [ "$(patch_state bad.amd64)" = FAILED ] || [ "$(jq -r '.actions[] | select(.patch == "bad.amd64") | .status' "$T/out")" = FAILED ] || fail "39: bad did not fail"
expect_json '.verdict.summary.missing' 0
expect_json '[.notes[] | select(contains("bad.amd64"))] | length > 0' true
expect_json '(.notes | unique | length) == (.notes | length)' true
# its version is the approved one now, and it still does not work: no run is a success, and no scan keeps quiet about it
patch
expect_exit 4
expect_json '[.status, .detail]' '["PARTIAL","1 packages are not whole, see the notes: bad.amd64"]'
oakum --root "$R" scan --baseline "$T/everything.yaml" -o json
expect_json '[.problems[] | select(.kind == "package-unfinished") | .subject]' '["bad.amd64"]'
offered fine bad
patch --aws-exit-codes --reboot always
expect_exit 195
offered fine bad
patch --aws-exit-codes --reboot never
expect_exit 1

# 40: an override list upgrades what it names and nothing else.
offered fine second loose
override 'patches:' '- id: fine.amd64' "  title: '*2'" '  extra: ignored'
patch --override-list "$T/list.yaml"
expect_exit 0
expect_version fine 2
expect_version second 1
ok; [ "$(patch_state second.amd64)" = MISSING ] || fail "40: second is $(patch_state second.amd64)"
ok; case $(patch_state fine.amd64) in INSTALLED | INSTALLED_OTHER) ;; *) fail "40: fine is $(patch_state fine.amd64)" ;; esac

# 41: it installs what the baseline rejects, and says so.
sed 's/^name:.*/name: everything\nrejectedPatches: [second]\nrejectedPatchesAction: BLOCK/' "$T/everything.yaml" >"$T/rejecting.yaml"
override 'patches: [{id: second}]'
oakum --root "$R" patch --baseline "$T/rejecting.yaml" --override-list "$T/list.yaml" -o json
expect_exit 0
expect_version second 2
expect_err_has override-rejected
oakum history --audit -o json
expect_json '[.audit[] | select(.event == "patch.override")] | length' 1

# 42: an entry without id ends it before anything is changed.
override 'patches:' '- title: 2'
patch --override-list "$T/list.yaml"
expect_exit 2
expect_err_has 'patches[0]'
expect_version loose 1
override 'patches: 7'
patch --override-list "$T/list.yaml"
expect_exit 2

# 43: a scan ignores such a list, whatever is in it.
oakum --root "$R" scan --baseline "$T/everything.yaml" -o json
jq -S '.patches' "$T/out" >"$T/without"
oakum --root "$R" scan --baseline "$T/everything.yaml" --override-list "$T/list.yaml" -o json
expect_exit 0
expect_err_has 'ignores --override-list'
jq -S '.patches' "$T/out" >"$T/with"
expect_same "$T/without" "$T/with"

# 44 and 45: two overrides, none and two entries for this system.
override 'patches: [{id: loose}]'
entry='{"Name":"ovr","OperatingSystem":"%s","ApprovalRules":{"PatchRules":[]}}'
printf "[$entry]" UBUNTU >"$T/none.json"
printf "[$entry,$entry]" DEBIAN DEBIAN >"$T/two.json"
oakum --root "$R" patch --override-list "$T/list.yaml" --baseline-override "$T/none.json"
expect_refused 2 exclude
oakum --root "$R" patch --aws-exit-codes --override-list "$T/list.yaml" --baseline-override "$T/none.json"
expect_exit 167
for row in none:163 two:165; do
	oakum --root "$R" patch --baseline-override "$T/${row%:*}.json"
	expect_exit 2
	oakum --root "$R" patch --aws-exit-codes --baseline-override "$T/${row%:*}.json"
	expect_exit "${row#*:}"
done
expect_version loose 1
finish
