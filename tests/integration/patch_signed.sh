# SPDX-License-Identifier: GPL-3.0-or-later
# Repositories of rpm that demand signatures: an unsigned package, or one by a stranger's key, is neither installed nor put aside nor kept by
# dnf or zypper; good ones go forward, back, and from a snapshot's kept archives, and what was kept and changed since is refused.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
need_tool rpmbuild rpmsign gpg dnf zypper
rpm_repo || fail "no packages could be made"
signing_key
sign() { rpmsign --define "_gpg_name oakum test" --define "_gpg_path $GNUPGHOME" --addsign "$@" >"$T/sign.log" 2>&1 || fail "cannot sign: $(cat "$T/sign.log")"; }
cat >"$T/rpm.yaml" <<-'EOY'
	schema: oakum.baseline/1
	name: rpm
	operatingSystem: FEDORA
	approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
EOY
sed 's/FEDORA/SUSE/' "$T/rpm.yaml" >"$T/suse.yaml"
cp "$T/rpms/hello-1.1-1.x86_64.rpm" "$T/unsigned.rpm"
sign "$T"/rpms/*.rpm
cp "$T/rpms/hello-1.1-1.x86_64.rpm" "$T/signed.rpm"
cp "$T/unsigned.rpm" "$T/strange.rpm"
own=$GNUPGHOME
export GNUPGHOME="$T/stranger"
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key "oakum test <t@example.org>" rsa2048 sign never 2>/dev/null
sign "$T/strange.rpm"
export GNUPGHOME="$own"

renew() { # NAME: its metadata anew
	case $1 in
	dnf) rm -rf "$T/dnf/var/cache/dnf"; dnf -q -c "$T/dnf/etc/dnf/dnf.conf" --installroot="$T/dnf" --releasever=39 makecache >"$T/log" 2>&1 ;;
	*) rm -rf "$T/zypp/var/cache/zypp/packages"; zypper -q --root "$T/zypp" --non-interactive --no-gpg-checks refresh -f >"$T/log" 2>&1 ;;
	esac || fail "$(cat "$T/log")"
}
offer() { cp "$T/$1.rpm" "$T/rpms/hello-1.1-1.x86_64.rpm"; rpmworld_repo "$T/rpms" "$T/updateinfo.xml"; }

story() { # NAME FAMILY FOLDER BASELINE
	name=$1 R=$T/$1
	rpm_root "$R" "$2"
	sed -i 's/^gpgcheck=0/gpgcheck=1/' "$R/etc/$3/made.repo"
	echo pkg_gpgcheck=1 >>"$R/etc/$3/made.repo"
	sed -i 's/^gpgcheck=0/gpgcheck=1/' "$R/etc/dnf/dnf.conf"
	rpm --define '_dbpath /var/lib/rpm' --root "$R" --import "$T/key.asc"
	rpm_all "$R" >"$T/before"
	for bad in unsigned strange; do
		offer $bad
		renew "$1"
		# one bad package does not keep the others back
		oakum --root "$R" patch --baseline "$4" -o json
		expect_exit 4
		expect_json '[.status, [.actions[] | select(.status != "INSTALLED") | .patch]]' '["PARTIAL",["hello.x86_64"]]'
		ok; rpm_all "$R" | grep -qx hello-1.0-1.x86_64 || fail "$name: a package that is $bad was installed"
		run_id=$(jq -r .id "$T/out")
		rpm_all "$R" >"$T/partial"
		# nothing but it: untrusted, whichever way
		oakum --root "$R" patch --baseline "$4"
		expect_exit 5
		expect_err_has signature
		oakum --root "$R" patch --download-only --baseline "$4" -o json
		expect_exit 5
		expect_json .status '"FAILED"'
		oakum --root "$R" snapshot create "$bad-$1" --keep-archives --baseline "$4"
		expect_refused 5 signature
		ok; [ -z "$(ls -d "$T"/state/snapshots/*.json "$T"/state/snapshots/*.archives 2>/dev/null)" ] || fail "$name: kept all the same"
		rpm_all "$R" >"$T/after"
		expect_same "$T/partial" "$T/after"
		oakum --root "$R" rollback "$run_id"
		expect_exit 0
		rpm_all "$R" >"$T/after"
		expect_same "$T/before" "$T/after"
	done
	# a good one: kept, dropped by its repository, installed from what was kept, and back
	offer signed
	renew "$1"
	oakum --root "$R" snapshot create "good-$1" --keep-archives --baseline "$4"
	expect_exit 0
	rm "$T/rpms/hello-1.1-1.x86_64.rpm"
	rpm_updateinfo plain zlib needy >"$T/less.xml"
	rpmworld_repo "$T/rpms" "$T/less.xml"
	renew "$1"
	oakum --root "$R" patch --snapshot "good-$1" --baseline "$4" -o json
	expect_exit 0
	expect_json .status '"SUCCESS"'
	ok; rpm_all "$R" | grep -qx hello-1.1-1.x86_64 || fail "$name: what was kept was not installed"
	oakum --root "$R" rollback "$(last_run)"
	expect_exit 0
	rpm_all "$R" >"$T/after"
	expect_same "$T/before" "$T/after"
	rm -r "$T/state/snapshots"
}
story dnf fedora yum.repos.d "$T/rpm.yaml"
story zypp opensuse zypp/repos.d "$T/suse.yaml"
finish
