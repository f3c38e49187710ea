# SPDX-License-Identifier: GPL-3.0-or-later
# Patch runs on real rpm roots with dnf and with zypper: plan, patch, scan, verify, roll back.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
[ "$(id -u)" = 0 ] || skip "installing needs root"
need_tool rpmbuild createrepo_c
rpm_repo || { echo "cannot make the repository"; exit 1; }
rpm_package "$T/more" clings 1.0 'Requires: extra' || exit 1

cat >"$T/all.yaml" <<'EOF'
schema: oakum.baseline/1
name: all
operatingSystem: REDHAT_ENTERPRISE_LINUX
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0, complianceLevel: CRITICAL}
EOF
sed 's/REDHAT_ENTERPRISE_LINUX/SUSE/' "$T/all.yaml" >"$T/all-suse.yaml"

# The same story for each package manager.
story() { # FAMILY PROGRAM BASELINE
	have_tool "$2" || return 0
	R=$T/root-$1
	rpm_root "$R" "$1" || { fail "cannot make a root for $1"; return; }
	rpm_all "$R" >"$T/before"
	oakum --root "$R" plan --baseline "$3" -o json
	expect_exit 0
	expect_json '[.actions[] | [.patch, .kind, .from, .to]] | sort' \
		'[["extra.x86_64","INSTALL",null,"1.0-1"],["hello.x86_64","UPGRADE","1.0-1","1.1-1"],["needy.x86_64","UPGRADE","1.0-1","1.1-1"],["plain.x86_64","UPGRADE","1.0-1","1.1-1"],["zlib.x86_64","UPGRADE","1.0-1","1.1-1"]]'
	expect_json '[.actions[].reversible] | all' true
	cp "$T/out" "$T/plan.json"
	oakum --root "$R" patch --baseline "$3" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	expect_json .installer "\"$2\""
	expect_json '.verdict.summary.status' '"COMPLIANT"'
	run rpm_all "$R"
	expect_out "$(printf '%s\n' extra-1.0-1.x86_64 hello-1.1-1.x86_64 needy-1.1-1.x86_64 plain-1.1-1.x86_64 shell-1.0-1.x86_64 zlib-1.1-1.x86_64)"
	run rpm_verify "$R"
	expect_no_out
	ok; grep -q '^post 1.1 2$' "$R/post.log" || fail "the scriptlet did not run as an upgrade"
	oakum --root "$R" apply "$T/plan.json"
	expect_exit 1
	expect_err_has 'moved on'
	id=$("$OAKUM" --state "$T/state" history --runs -o json | jq -r '.runs[0].id')
	old=$T/state/runs/$id/old
	rpm_all "$R" >"$T/forward"
	ok; (cd "$old" && sha256sum -c SHA256SUMS >"$T/sums" && [ "$(wc -l <"$T/sums")" = 4 ]) || fail "the hashes of the old archives are not theirs: $(cat "$T/sums")"
	oakum --root "$R" rollback "$id" --dry-run -o json
	expect_exit 0
	expect_json '[.actions[] | [.patch, .kind, .from, .to, (.reason | gsub(".*[(]|[)]"; "") | sub("cache|repository"; "…"))]] | sort | .[0:2]' \
		'[["extra.x86_64","REMOVE","1.0-1",null,"remove"],["hello.x86_64","DOWNGRADE","1.1-1","1.0-1","…: hello-1.0-1.x86_64.rpm"]]'
	# a damaged archive: nothing is changed
	cp "$old/hello-1.0-1.x86_64.rpm" "$T/kept.rpm"
	printf x >>"$old/hello-1.0-1.x86_64.rpm"
	oakum --root "$R" rollback "$id"
	expect_refused 5 damaged
	cp "$T/kept.rpm" "$old/hello-1.0-1.x86_64.rpm"
	# somebody needs what the run brought in: it is not removed with it
	rpm --define '_dbpath /var/lib/rpm' --root "$R" -i --nosignature "$T/more/clings-1.0-1.x86_64.rpm" || fail "cannot install 'clings'"
	oakum --root "$R" rollback "$id" -o json
	ok; case $code in 1 | 4) ;; *) fail "a rollback that cannot be whole ended with $code" ;; esac
	ok; rpm_all "$R" | grep -q '^clings-' || fail "the rollback removed what nobody asked it to"
	ok; rpm_all "$R" | grep -q '^extra-' || fail "the rollback removed what is needed"
	rpm --define '_dbpath /var/lib/rpm' --root "$R" -e clings
	rm -f "$R/post.log"
	oakum --root "$R" rollback "$id" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	rpm_all "$R" >"$T/after"
	ok; cmp -s "$T/before" "$T/after" || fail "rpm -qa is not as before: $(diff "$T/before" "$T/after")"
	run rpm_verify "$R"
	expect_no_out
	oakum --root "$R" patch --baseline "$3" --download-only -o json
	expect_exit 0
	rpm_all "$R" >"$T/after"
	ok; cmp -s "$T/before" "$T/after" || fail "--download-only installed something"
}
story fedora dnf "$T/all.yaml"
story opensuse zypper "$T/all-suse.yaml"
finish
