# timeout: 900
# oakum's own .deb: built, lintian-clean, installed with its dependencies into a fresh bookworm, set up, used, upgraded, removed, purged.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/release.sh"
. "$OAKUM_SOURCE/tests/lib/roots.sh"
made=$(debian_root) || skip "no mirror to build a root from"
git -C "$OAKUM_SOURCE" rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
build_packages "$T/pkgs" deb || { fail "release.sh deb"; finish; }
ok; lintian --fail-on error,warning --suppress-tags unknown-section "$T"/pkgs/*.deb >"$T/lintian" 2>&1 || fail "lintian: $(head -n 5 "$T/lintian")"

R=$T/root
copy_root "$made" "$R"
lend_network "$R"
in_root() { run env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive NO_COLOR=1 chroot "$R" "$@"; }
mount_root() { mount --bind /proc "$R/proc" 2>/dev/null || :; }
trap 'umount "$R/proc" 2>/dev/null; rm -rf "$T"' EXIT
mount_root
in_root apt-get -qq update
expect_exit 0
find "$R" -xdev \( -path "$R/var/lib/apt" -o -path "$R/var/lib/dpkg" -o -path "$R/var/cache" -o -path "$R/var/log" -o -path "$R/tmp" \) -prune -o -print | sort >"$T/before"
mkdir "$R/tmp/debs"
cp "$T"/pkgs/oakum_*.deb "$T"/pkgs/oakum-dpkg_*.deb "$R/tmp/debs/"
in_root sh -c 'apt-get -y -q --no-install-recommends install /tmp/debs/*.deb'
expect_exit 0
in_root oakum version
expect_exit 0
in_root oakum doctor
in_root sh -c 'test -f /usr/share/man/man1/oakum-scan.1.gz || grep -rq path-exclude /etc/dpkg/dpkg.cfg.d'
expect_exit 0

# set up, by options; twice is once
in_root oakum setup --yes --tags 'role=web,Patch Group=prod' --window 'cron(0 3 ? * SUN *)' --timezone Europe/Berlin -o json
expect_exit 0
expect_json '[.changes[].key]' '["node.tags.role","node.tags.Patch Group","windows.maintenance"]'
cp "$R/etc/oakum/oakum.yaml" "$T/config"
in_root oakum setup --yes --tags 'role=web,Patch Group=prod' --window 'cron(0 3 ? * SUN *)' --timezone Europe/Berlin -o json
expect_json .changes '[]'
expect_true grep -q 'patch --if-due' "$R/etc/cron.d/oakum-setup"

# what the timer starts
timer=$(sed -n 's/^ExecStart=//p' "$R"/lib/systemd/system/oakum-scan.service "$R"/usr/lib/systemd/system/oakum-scan.service 2>/dev/null | head -n 1)
ok; [ -n "$timer" ] || fail "no scan service"
# shellcheck disable=SC2086 # a command line
in_root $timer
expect_exit 0
expect_json '[.schema, .node.tags.role]' '["oakum.verdict/1","web"]'
# and what comes after it: the report, the metrics, the entry in the journal
sed -n 's/^ExecStartPost=-//p' "$R"/lib/systemd/system/oakum-scan.service "$R"/usr/lib/systemd/system/oakum-scan.service 2>/dev/null >"$T/post"
while read -r line; do
	# shellcheck disable=SC2086 # a command line
	in_root $line
	expect_exit 0
done <"$T/post"
expect_true grep -q '<html' "$R/var/lib/oakum/report.html"
expect_true grep -q 'oakum_compliant{' "$R/var/lib/oakum/oakum.prom"
in_root sh -c "$(sed -n 's/^.*root \[ ! -x \/usr\/bin\/oakum \] || //p' "$R/etc/cron.d/oakum-setup" | head -n 1)"
expect_exit 0
in_root oakum history --scans -o json
expect_exit 0
expect_true test "$(jq '.scans | length' "$T/out")" -ge 1
in_root oakum report compliance -o html
expect_exit 0
expect_out_has '<html'
expect_out_lacks '<script'
in_root oakum report compliance -o openmetrics
expect_exit 0
expect_out_has 'oakum_compliant{'

# the tutorial, command by command, in a folder of its own
mkdir "$R/root/tutorial"
awk '/^```sh$/ { code = 1; n++; next } /^```$/ { code = 0 } code { print > sprintf("%s/%02d.sh", dir, n) }' dir="$R/root/tutorial" "$OAKUM_SOURCE/docs/tutorial.md"
for block in "$R"/root/tutorial/*.sh; do
	in_root sh -ec "cd /root/tutorial && . ./$(basename "$block")"
	ran="tutorial: $(head -n 1 "$block")"
	expect_exit 0
done
expect_true test "$(ls "$R/root/tutorial"/*.sh | wc -l)" -ge 10
expect_true grep -q '<html' "$R/root/tutorial/report.html"
rm -rf "$R/root/tutorial"
cp "$R/etc/oakum/oakum.yaml" "$T/config"

# upgrade: configuration and state survive
dpkg-deb -R "$T"/pkgs/oakum_*.deb "$T/next"
sed -i 's/^Version: .*/Version: 99.0/' "$T/next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$T/next" "$R/tmp/debs/oakum_99.deb" >/dev/null
dpkg-deb -R "$T"/pkgs/oakum-dpkg_*.deb "$T/next-dpkg"
sed -i 's/^Version: .*/Version: 99.0/; s/oakum (= [^)]*)/oakum (= 99.0)/' "$T/next-dpkg/DEBIAN/control"
dpkg-deb --root-owner-group -b "$T/next-dpkg" "$R/tmp/debs/oakum-dpkg_99.deb" >/dev/null
in_root sh -c 'apt-get -y -q install /tmp/debs/*_99.deb'
expect_exit 0
expect_true test "$(chroot "$R" dpkg-query -W -f '${Version} ' oakum oakum-dpkg)" = "99.0 99.0 "
expect_same "$R/etc/oakum/oakum.yaml" "$T/config"
in_root oakum history --scans -o json
expect_true test "$(jq '.scans | length' "$T/out")" -ge 1

# removed: nothing of it but configuration; purged: nothing
in_root apt-get -y -q remove oakum oakum-dpkg
expect_exit 0
left() {
	find "$R" -xdev \( -path "$R/var/lib/apt" -o -path "$R/var/lib/dpkg" -o -path "$R/var/cache" -o -path "$R/var/log" -o -path "$R/tmp" \) -prune -o -print | sort |
		comm -13 "$T/before" - | sed "s,^$R,," | grep -i oakum | grep -v '^/var/lib/systemd/deb-systemd-helper'
	find "$R/var/cache" "$R/var/lib" -maxdepth 1 -name 'oakum*' | sed "s,^$R,,"
}
left | grep -v '^/etc/' >"$T/left"
ok; [ ! -s "$T/left" ] || fail "left behind: $(tr '\n' ' ' <"$T/left")"
expect_same "$R/etc/oakum/oakum.yaml" "$T/config"
in_root apt-get -y -q purge oakum
left >"$T/left"
ok; [ ! -s "$T/left" ] || fail "left after the purge: $(tr '\n' ' ' <"$T/left")"
finish
