# timeout: 600
# oakum's own .rpm: built from the spec, installed into an rpm root (libraries and shell wrapped from this machine's own), set up, used, upgraded, removed.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/release.sh"
. "$OAKUM_SOURCE/tests/lib/rpmworld.sh"
. "$OAKUM_SOURCE/tests/lib/rpmroot.sh"
[ "$(id -u)" = 0 ] || skip "installing into a root needs root"
git -C "$OAKUM_SOURCE" rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
build_packages "$T/pkgs" rpm && OAKUM_RELEASE=2 build_packages "$T/next" rpm || { fail "release.sh rpm"; finish; }

# what the program needs in a root of its own: its libraries, rpm's configuration, a shell
rpm_repo || { fail "no repository"; finish; }
mkdir -p "$T/files.hostlibs/usr/lib/rpm" "$T/files.hostlibs/etc/cron.d" "$T/files.hostlibs/usr/bin"
for file in "$OAKUM_BUILD/oakum" "$OAKUM_BUILD"/*.so; do ldd "$file" 2>/dev/null; done | awk '$3 ~ /^\// { print $3 } $1 ~ /^\/lib/ { print $1 }' | sort -u |
	while read -r lib; do
		mkdir -p "$T/files.hostlibs$(dirname "$lib" | sed 's,^/lib,/usr/lib,')"
		cp -L "$lib" "$T/files.hostlibs$(echo "$lib" | sed 's,^/lib,/usr/lib,')"
	done
cp -r /usr/lib/rpm/rpmrc /usr/lib/rpm/macros /usr/lib/rpm/macros.d /usr/lib/rpm/platform "$T/files.hostlibs/usr/lib/rpm/" 2>/dev/null
for tool in rm ls; do ln -s ../../bin/busybox "$T/files.hostlibs/usr/bin/$tool"; done
mkdir -p "$T/hostlibs"
rpm_package "$T/hostlibs" hostlibs 1.0 || { fail "cannot wrap the libraries"; finish; }
R=$T/root
mkdir -p "$R/usr/lib" "$R/usr/lib64"
ln -s usr/lib "$R/lib"
ln -s usr/lib64 "$R/lib64"
rpm_root "$R" fedora || { fail "no rpm root"; finish; }
rpmdo() { run rpm --define '_dbpath /var/lib/rpm' --root "$R" --nosignature "$@"; }
rpmdo -i --nodeps "$T"/hostlibs/*.rpm
expect_exit 0
trap 'umount "$R/proc" 2>/dev/null; rm -rf "$T"' EXIT
mount --bind /proc "$R/proc" 2>/dev/null || :
[ -e "$R/dev/null" ] || mknod -m 666 "$R/dev/null" c 1 3
find "$R" -xdev \( -path "$R/var/lib/rpm" -o -path "$R/proc" \) -prune -o -print | sort >"$T/before"

rpmdo -i --nodeps "$T"/pkgs/oakum-*.rpm
expect_exit 0
ok; [ -z "$(rpm --define '_dbpath /var/lib/rpm' --root "$R" -V --nodeps oakum oakum-rpm)" ] || fail "rpm -V finds differences"
in_root() { run env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 NO_COLOR=1 chroot "$R" "$@"; }
in_root oakum version
expect_exit 0
in_root oakum setup --yes --tags role=web --window 'cron(0 3 ? * SUN *)' -o json
expect_exit 0
expect_json '[.changes[].key]' '["node.tags.role","windows.maintenance"]'
expect_true grep -q 'patch --if-due' "$R/etc/cron.d/oakum-setup"
timer=$(sed -n 's/^ExecStart=//p' "$R/usr/lib/systemd/system/oakum-scan.service" | sed 's/ --refresh//') # its repository is a folder outside
# shellcheck disable=SC2086 # a command line
in_root $timer
expect_exit 0
expect_json '[.schema, .node.platform.family, .node.tags.role]' '["oakum.verdict/1","rhel","web"]'
in_root oakum report compliance -o html
expect_exit 0
expect_out_has '<html'
cp "$R/etc/oakum/oakum.yaml" "$T/config"

# upgraded by the next release; configuration survives as it was set, and an older release is refused
rpmdo -q --qf '%{RELEASE} ' oakum oakum-rpm
expect_out '1 1 '
rpmdo -U --nodeps "$T"/next/oakum-*.rpm
expect_exit 0
rpmdo -q --qf '%{RELEASE} ' oakum oakum-rpm
expect_out '2 2 '
ok; [ -z "$(rpm --define '_dbpath /var/lib/rpm' --root "$R" -V --nodeps oakum oakum-rpm | grep -v '/etc/oakum/oakum.yaml$')" ] || fail "rpm -V finds differences after the upgrade"
rpmdo -U --nodeps "$T"/pkgs/oakum-*.rpm
ok; [ "$code" != 0 ] || fail "an older release was installed over a newer one"
in_root oakum doctor -o json
expect_json '[.checks[] | select(.check == "configuration") | .state]' '["OK"]'
expect_same "$R/etc/oakum/oakum.yaml" "$T/config"
in_root oakum history --scans -o json
expect_true test "$(jq '.scans | length' "$T/out")" -ge 1

rpmdo -e --nodeps oakum oakum-rpm
expect_exit 0
find "$R" -xdev \( -path "$R/var/lib/rpm" -o -path "$R/proc" \) -prune -o -print | sort | comm -13 "$T/before" - | sed "s,^$R,," |
	grep -i oakum | grep -v '^/etc/' >"$T/left"
ok; [ ! -s "$T/left" ] || fail "left behind: $(tr '\n' ' ' <"$T/left")"
ok; [ -e "$R/etc/oakum/oakum.yaml" ] || [ -e "$R/etc/oakum/oakum.yaml.rpmsave" ] || fail "the configuration is gone"
finish
