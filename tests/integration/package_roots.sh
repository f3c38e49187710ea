# SPDX-License-Identifier: GPL-3.0-or-later
# Packages in real dpkg and rpm roots: scripts run inside, detection reads dpkg and rpm, the system is as before afterwards; a reader that
# loops over all files while versions change; a full disk and a disk without inodes (row C3).
# timeout: 400
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
: >"$T/empty.yaml"
mkdir -p "$T/canary"

# ---- a real Debian: install.sh uses dpkg, as vendors' scripts do; sh is the root's own (dash)
BASE=$(debian_root) || skip "no mirror to build a root from"
fresh_root debian
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
before=$(package_canary)
for v in 1.0 2.0; do
	rm -rf "$T/made"
	make_deb "$T/made" vendor $v
	mkdir -p "$T/scripts.$v"
	cp "$T/made/vendor_${v}_amd64.deb" "$T/scripts.$v/vendor.deb"
	printf 'dpkg -i ./vendor.deb >/dev/null && pwd >/vendor.pwd && readlink -f /bin/sh >/vendor.sh\n' >"$T/scripts.$v/install.sh"
	printf 'dpkg --purge vendor >/dev/null 2>&1; rm -f /vendor.pwd /vendor.sh\n' >"$T/scripts.$v/uninstall.sh"
	printf 'dpkg -i ./vendor.deb >/dev/null\n' >"$T/scripts.$v/update.sh"
	script_package "$T/deb$v" vendor $v "\"detect\":[{\"type\":\"dpkg\",\"name\":\"vendor\",\"version\":\"$v\"}]"
done
package install "$T/deb1.0" --allow-unsigned
expect_exit 0
ok; [ "$(version_of vendor)" = 1.0 ] || fail "dpkg has $(version_of vendor)"
expect_file "$R/vendor.pwd" /var/lib/oakum/pkgs/vendor/gen-1/tree
package update "$T/deb2.0" --allow-unsigned -o json
expect_exit 0
expect_json '[.steps[].name]' '["verify","unpack","update","detect","switch"]'
ok; [ "$(version_of vendor)" = 2.0 ] || fail "dpkg has $(version_of vendor)"
package rollback vendor
expect_exit 0
ok; [ "$(version_of vendor)" = 1.0 ] || fail "dpkg has $(version_of vendor) after going back"
# truth is on the disk
chroot "$R" dpkg --purge vendor >/dev/null 2>&1
package install "$T/deb1.0" --allow-unsigned
expect_exit 0
ok; [ "$(version_of vendor)" = 1.0 ] || fail "what was purged behind our back is not installed again"
package uninstall vendor
expect_exit 0
expect_clean_dpkg
after=$(package_canary | grep -v 'var/lib/dpkg\|var/log/dpkg')
ok; [ "$after" = "$(echo "$before" | grep -v 'var/lib/dpkg\|var/log/dpkg')" ] || {
	echo "$before" >"$T/b"; package_canary >"$T/a"; fail "the system is not as before: $(diff "$T/b" "$T/a" | grep -v 'lib/dpkg\|log/dpkg' | head -5)"; }
expect_tidy

# ---- a reader loops over all files while versions change: never a mixture
tree_of 1.0 "$T/tree.1" 60
tree_of 2.0 "$T/tree.2" 60
tree_package "$T/t1" app 1.0 "$T/tree.1"
tree_package "$T/t2" app 2.0 "$T/tree.2"
package install "$T/t1" --allow-unsigned
expect_exit 0
current=$R/var/lib/oakum/pkgs/app/current
reader() {
	while [ ! -e "$T/enough" ]; do
		seen=$(cd "$current/tree" && cat share/deep/er/f* | sort -u | tr '\n' ' ')
		case $seen in "1.0 ") echo 1 >>"$T/seen" ;; "2.0 ") echo 2 >>"$T/seen" ;; *) echo "mixed '$seen'" >>"$T/mixed" ;; esac
	done
}
: >"$T/seen"
reader &
loop=$!
wait_for() { n=0; until [ "$(tail -n 1 "$T/seen")" = "$1" ]; do n=$((n + 1)); [ $n -lt 1200 ] || { fail "the reader never sees $1"; return; }; sleep 0.05; done; }
wait_for 1
for i in 1 2 3; do
	package install "$T/t2" --allow-unsigned
	expect_exit 0
	wait_for 2
	package rollback app
	expect_exit 0
	wait_for 1
done
: >"$T/enough"
wait $loop
ok; [ ! -e "$T/mixed" ] || fail "a reader saw $(sort "$T/mixed" | uniq -c | head -3)"
ok; grep -q 2 "$T/seen" || fail "the reader never saw the new version"
drop_root debian

row C3 # ---- no space at every size, and no inodes: a clean failure, and the space is given back
head -c 900000 /dev/urandom >"$T/tree.2/large"
tree_package "$T/t2" app 2.0 "$T/tree.2"
R=$T/small
mkdir -p "$R"
for size in 400k 600k 900k 1200k 1700k; do
	mount -t tmpfs -o "size=$size" none "$R"
	mkdir -p "$R/etc" "$R/var/lib"
	echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
	package install "$T/t1" --allow-unsigned
	if [ "$code" = 0 ]; then
		used=$(df --output=used "$R" | tail -n 1)
		package install "$T/t2" --allow-unsigned
		expect_exit 1
		expect_state app "1.0 INSTALLED"
		expect_tidy
		ok; [ "$("$R/var/lib/oakum/pkgs/app/current/tree/bin/tool")" = 1.0 ] || fail "C3: the old version does not work"
		ok; [ $(($(df --output=used "$R" | tail -n 1) - used)) -le 8 ] || fail "C3: space is not given back"
	else
		expect_exit 1
		expect_state app ""
	fi
	umount "$R"
done
# the reserve asked for is 16 MiB: fill the rest behind its back
mount -t tmpfs -o size=30m,nr_inodes=60 none "$R"
mkdir -p "$R/etc" "$R/var/lib"
package install "$T/t1" --allow-unsigned
expect_exit 1
expect_err_has "No space left"
expect_state app ""
expect_absent "$R/var/lib/oakum/pkgs/app"
umount "$R"

# ---- a real rpm root: install.sh uses rpm, detection reads its database
have_tool rpmbuild || finish
new_root rpm
printf 'ID=fedora\nVERSION_ID=39\n' >"$R/etc/os-release"
mkdir -p "$R/var/lib/rpm"
rpm --define '_dbpath /var/lib/rpm' --root "$R" --initdb
for v in 1.0 2.0; do
	mkdir -p "$T/spec" "$T/rscripts"
	printf 'Name: vendor\nVersion: %s\nRelease: 1\nSummary: made\nLicense: MIT\nBuildArch: noarch\n%%description\nmade\n%%install\nmkdir -p %%{buildroot}/opt/vendor\necho %s >%%{buildroot}/opt/vendor/version\n%%files\n/opt/vendor/version\n' $v $v >"$T/spec/vendor.spec"
	rpmbuild --quiet --define "_topdir $T/rpmbuild" -bb "$T/spec/vendor.spec" >"$T/rpmbuild.log" 2>&1 || { cat "$T/rpmbuild.log" >&2; fail "rpmbuild"; }
	rm -rf "$T/scripts.$v"
	mkdir -p "$T/scripts.$v"
	cp "$T/rpmbuild/RPMS/noarch/vendor-$v-1.noarch.rpm" "$T/scripts.$v/vendor.rpm"
	printf 'exec rpm --dbpath /var/lib/rpm --root "$OAKUM_ROOT" -U --oldpackage --nosignature --nodeps ./vendor.rpm\n' >"$T/scripts.$v/install.sh"
	printf 'exec rpm --dbpath /var/lib/rpm --root "$OAKUM_ROOT" -e vendor\n' >"$T/scripts.$v/uninstall.sh"
	script_package "$T/rpm$v" vendor $v "\"detect\":[{\"type\":\"rpm\",\"name\":\"vendor\",\"version\":\"$v\"}]"
done
package install "$T/rpm1.0" --allow-unsigned
expect_exit 0
expect_file "$R/opt/vendor/version" 1.0
package update "$T/rpm2.0" --allow-unsigned
expect_exit 0
expect_file "$R/opt/vendor/version" 2.0
package rollback vendor
expect_exit 0
expect_file "$R/opt/vendor/version" 1.0
package uninstall vendor
expect_exit 0
expect_absent "$R/opt/vendor/version"
ok; [ -z "$(rpm_all "$R")" ] || fail "rpm still has $(rpm_all "$R")"
expect_tidy
finish
