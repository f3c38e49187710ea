# SPDX-License-Identifier: GPL-3.0-or-later
# What may be installed several times: kernels come beside the old ones, none goes that nobody asked to go, and rollback takes the new one alone.
# And a rollback on a host with many packages takes nobody else's along.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
[ "$(id -u)" = 0 ] || skip "installing needs root"
need_tool rpmbuild createrepo_c
rpm_repo || { echo "cannot make the repository"; exit 1; }
rpm_baselines
old() { # VERSION…: kernels that are no longer offered
	for v; do rpm_package "$T/old" kernel-core "$v" 'Provides: installonlypkg(kernel)' 'Provides: multiversion(kernel)' || exit 1; done
}
old 0.7 0.8 0.9
for v in 1.0 1.1; do
	rpm_package "$T/rpms" kernel-core $v 'Provides: installonlypkg(kernel)' 'Provides: multiversion(kernel)' || exit 1
	rpm_package "$T/old" drv-kmp $v 'Provides: multiversion(kernel)' || exit 1
done
rpm_updateinfo hello kernel-core needy >"$T/updateinfo.xml"
rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
rpm_here() { rpm --define '_dbpath /var/lib/rpm' --root "$R" "$@" 2>/dev/null; }
expect_kernels() { # VERSION…
	ok; [ "$(rpm_all "$R" | grep -c '^kernel-core-')" = $# ] || fail "the kernels are $(rpm_all "$R" | grep '^kernel-core-' | tr '\n' ' ')"
	for v; do ok; rpm_all "$R" | grep -q "^kernel-core-$v-1" || fail "kernel $v is not there"; done
}
last() { "$OAKUM" --state "$T/state" history --runs -o json | jq -r '.runs[0].id'; }

kernels() { # FAMILY PROGRAM BASELINE
	have_tool "$2" || return 0
	R=$T/root-$1
	rpm_root "$R" "$1" || { fail "cannot make a root for $1"; return; }
	printf '[main]\nmultiversion = provides:multiversion(kernel)\n' >"$R/etc/zypp/zypp.conf"
	rpm_here -i --nosignature --nodeps --oldpackage "$T"/old/*.rpm || fail "cannot install the old kernels"
	rpm_all "$R" >"$T/before"
	oakum --root "$R" plan --baseline "$3" -o json
	expect_exit 0
	expect_json '[.actions[] | select(.patch == "kernel-core.x86_64") | [.kind, .from, .to, .reversible]]' '[["INSTALL",null,"1.1-1",true]]'
	expect_json '.reboot.forecast' true
	cp "$T/out" "$T/plan.json"
	# dnf's own limit is three: a plan that does not say so removes none
	oakum --root "$R" patch --baseline "$3" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	expect_json '.notes | length' 0
	expect_kernels 0.7 0.8 0.9 1.0 1.1
	ok; [ "$(rpm_all "$R" | grep -c '^drv-kmp-')" = 2 ] || fail "a driver of another kernel was taken for a leftover: $(rpm_all "$R" | grep '^drv-')"
	id=$(last)
	oakum --root "$R" rollback "$id" --dry-run -o json
	expect_exit 0
	expect_json '[.actions[] | select(.patch == "kernel-core.x86_64") | [.kind, .from, .to]]' '[["REMOVE","1.1-1",null]]'
	oakum --root "$R" rollback "$id" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	rpm_all "$R" >"$T/after"
	ok; cmp -s "$T/before" "$T/after" || fail "rpm -qa is not as before: $(diff "$T/before" "$T/after")"
	# a plan that was kept, where the package manager is asked before
	oakum --root "$R" apply "$T/plan.json" -o json
	expect_exit 0
	expect_kernels 0.7 0.8 0.9 1.0 1.1
	# no other kernel is left: the new one stays
	id=$(last)
	for v in 0.7 0.8 0.9 1.0; do rpm_here -e --nodeps kernel-core-$v-1; done
	oakum --root "$R" rollback "$id"
	expect_exit 1
	expect_err_has 'no other version of it is left'
	expect_kernels 1.1
}
kernels fedora dnf "$T/rpm.yaml"
kernels opensuse zypper "$T/suse.yaml"

# zypper replaces kernels where nothing says that they may be there several times, and so does the plan
if have_tool zypper; then
	for where in multiversion.d nothing; do
		R=$T/root-$where
		rpm_root "$R" opensuse || fail "cannot make a root"
		kind=UPGRADE
		[ $where = nothing ] || { kind=INSTALL; mkdir -p "$R/etc/zypp/$where"; printf '# kernels\nprovides:multiversion(kernel)\n' >"$R/etc/zypp/$where/kernel.conf"; }
		rpm_all "$R" >"$T/before"
		oakum --root "$R" patch --baseline "$T/suse.yaml" -o json
		expect_exit 0
		expect_json .status '"SUCCESS"'
		oakum --root "$R" rollback "$(last)" --dry-run -o json
		expect_json '[.actions[] | select(.patch == "kernel-core.x86_64") | .kind]' "[\"$([ $kind = INSTALL ] && echo REMOVE || echo DOWNGRADE)\"]"
		[ $kind = UPGRADE ] || expect_kernels 1.0 1.1
		[ $kind = INSTALL ] || expect_kernels 1.1
		oakum --root "$R" rollback "$(last)"
		expect_exit 0
		rpm_all "$R" >"$T/after"
		ok; cmp -s "$T/before" "$T/after" || fail "rpm -qa is not as before: $(diff "$T/before" "$T/after")"
	done
fi

# Names of what is installed: more than fit into one short argument. One of the last needs what the run brought in.
if have_tool dnf; then
	R=$T/root-many
	rpm_root "$R" fedora || fail "cannot make a root"
	long=$(printf '%0190d' 0)
	for i in $(seq 10 34); do rpm_package "$T/many" "a$i-$long" 1.0 || exit 1; done
	rpm_package "$T/many" clings 1.0 'Requires: extra' || exit 1
	oakum --root "$R" patch --baseline "$T/rpm.yaml" -o json
	expect_exit 0
	id=$(last)
	rpm_here -i --nosignature "$T"/many/*.rpm || fail "cannot install them"
	oakum --root "$R" rollback "$id" -o json
	ok; case $code in 1 | 4) ;; *) fail "a rollback that cannot be whole ended with $code" ;; esac
	for p in clings extra; do ok; rpm_all "$R" | grep -q "^$p-" || fail "the rollback removed '$p'"; done
fi
finish
