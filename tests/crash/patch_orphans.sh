# SPDX-License-Identifier: GPL-3.0-or-later
# oakum alone, the package manager alone, or both are killed in the middle of a change, with apt, dnf and zypper: a package manager that
# outlives us is waited for, or named in a refusal; resume, and apart from it simply the next run, end in the new state, clean.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
everything_baseline
: >"$T/empty.yaml"

# Scripts of packages stop at the gate named like their moment, if it is there: they say so, and wait until they are let go.
gate() { printf 'if [ -p /gate.%s ]; then echo here >/at.%s; read -r go </gate.%s; fi\n' "$1" "$1" "$1"; }
shut() { mkfifo "$R/gate.$1" "$R/at.$1"; }
arrive() { timeout 60 cat "$R/at.$1" >/dev/null; }
let_go() { timeout 60 sh -c "echo go >'$R/gate.$1'" || fail "nobody waits at $1"; clear_gates; }
clear_gates() { rm -f "$R"/gate.* "$R"/at.*; }

deb_root() {
	fresh_root "$1" "$prepared"
}
deb_state() { version_of fine; version_of second; }
deb_clean() { expect_clean_dpkg; }
rpm_state() { rpm_all "$R"; }
rpm_clean() {
	run rpm_verify "$R"
	expect_no_out
}

# One killing: KIND MOMENT WHOM THEN, WHOM = oakum, manager or both; THEN = resume or patch
killings=0
killing() {
	kind=$1 moment=$2 whom=$3 then=$4
	rm -rf "$T/state" "$T/cache"
	"${kind}_root" "now$killings"
	shut "$moment"
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$BASELINE" --restart none >"$T/run.out" 2>"$T/run.err" &
	pid=$!
	arrive "$moment" || { fail "$kind never came to $moment: $(cat "$T/run.err")"; return; }
	manager=$(cat "$T"/state/runs/*/manager.lock)
	ok; kill -0 "$manager" 2>/dev/null || fail "the lock does not name the package manager, but '$manager'"
	case $whom in
	oakum) kill -9 $pid ;;
	manager) kill -9 "-$manager" ;;
	both) kill -9 $pid && kill -9 "-$manager" ;;
	esac
	killings=$((killings + 1))
	if [ $whom = oakum ]; then
		wait $pid 2>/dev/null
		# still at work: nobody goes on beside it, and nothing is ended that is not at its end
		for command in "resume" "patch --baseline $BASELINE"; do
			oakum --root "$R" $command --wait-lock 0s
			expect_exit 75
			expect_err_has "process $manager"
		done
		oakum history --runs -o json
		expect_json '[.runs[].status]' '["RUNNING"]'
		let_go "$moment"
	else
		clear_gates
		code=0
		wait $pid 2>/dev/null || code=$?
		[ $whom = both ] || [ $code != 0 ] || { ok; [ "$("${kind}_state")" = "$new" ] || fail "success is told, and there is: $("${kind}_state" | tr '\n' ' ')"; }
	fi
	if [ $then = resume ]; then
		oakum --root "$R" resume
		ok; case $code in 0 | 1) ;; *) fail "resume after killing $whom at $moment ended with $code" ;; esac
		clear_gates
		"${kind}_clean"
		[ $whom = manager ] || { ok; [ "$code" != 0 ] || [ "$("${kind}_state")" = "$new" ] || fail "resume tells success, and there is: $("${kind}_state" | tr '\n' ' ')"; }
		oakum history --runs -o json
		expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
	fi
	[ $then = resume ] || oakum --root "$R" patch --baseline "$BASELINE" --restart none
	[ $then != resume ] || oakum --root "$R" patch --baseline "$BASELINE" --restart none
	expect_exit 0
	clear_gates
	ok; [ "$("${kind}_state")" = "$new" ] || fail "$kind, $whom killed at $moment: $("${kind}_state" | tr '\n' ' ')"
	"${kind}_clean"
	oakum history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
	[ $kind != deb ] || drop_root "${R##*/}"
}

if BASE=$(debian_root); then
	BASELINE=$T/everything.yaml
	fresh_root base
	for p in fine second; do make_deb "$R/repo" $p 1; done
	index_repo "$R"
	chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
	{ echo '#!/bin/sh'; gate configure; } >"$T/postinst.fine.2"
	for p in fine second; do make_deb "$R/repo" $p 2; done
	index_repo "$R"
	printf '#!/bin/sh\n%s\n' "$(gate before)" >"$R/usr/sbin/gates"
	chmod 755 "$R/usr/sbin/gates"
	echo 'DPkg::Pre-Invoke { "/usr/sbin/gates"; };' >"$R/etc/apt/apt.conf.d/99gates"
	prepared=$R
	new=$(printf '2\n2\n' | tr -d '\n')
	deb_state() { printf %s%s "$(version_of fine)" "$(version_of second)"; }
	for moment in before configure; do
		killing deb $moment oakum resume
		killing deb $moment oakum patch
		killing deb $moment manager resume
		killing deb $moment both resume
		killing deb $moment both patch
	done
	echo "apt: $killings"
else
	echo "skipped: no mirror to build a root from (apt)"
fi

need_tool rpmbuild createrepo_c
cat >"$T/fedora.yaml" <<'YAML'
schema: oakum.baseline/1
name: rpm
operatingSystem: REDHAT_ENTERPRISE_LINUX
approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
YAML
sed 's/REDHAT_ENTERPRISE_LINUX/SUSE/' "$T/fedora.yaml" >"$T/opensuse.yaml"
gated_repo() {
	rpm_repo || return 1
	{ gate middle; } >"$T/post.hello.1.1"
	rpm_package "$T/rpms" hello 1.1 'Requires(post): /bin/sh' || return 1
	rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
}
gated_repo || { echo "cannot make the repository"; exit 1; }
new=$(printf '%s\n' extra-1.0-1.x86_64 hello-1.1-1.x86_64 needy-1.1-1.x86_64 plain-1.1-1.x86_64 shell-1.0-1.x86_64 zlib-1.1-1.x86_64)
rpm_root_() {
	R=$T/now
	rm -rf "$R"
	cp -a "$T/$family" "$R"
}
fedora_root() { family=fedora rpm_root_; }
opensuse_root() { family=opensuse rpm_root_; }
fedora_state() { rpm_state; }
opensuse_state() { rpm_state; }
fedora_clean() { rpm_clean; }
opensuse_clean() { rpm_clean; }
for pair in fedora:dnf opensuse:zypper; do
	family=${pair%:*} BASELINE=$T/${pair%:*}.yaml
	have_tool "${pair#*:}" || continue
	rpm_root "$T/$family" "$family"
	killing $family middle oakum resume
	killing $family middle oakum patch
	killing $family middle manager resume
	killing $family middle both resume
	killing $family middle both patch
done
echo "killings: $killings"
finish
