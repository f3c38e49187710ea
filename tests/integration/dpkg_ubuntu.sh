# Ubuntu's own: phased updates as apt-get decides them, ESM without a subscription, -security, -updates, -proposed, PPAs;
# and what every apt host knows: pins, holds, archives for explicit requests, kernels of a new ABI.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
everything
sed -i 's/DEBIAN/UBUNTU/' "$T/everything.yaml" "$T/security.yaml"
signing_key
R=$T/root
empty_root "$R" ubuntu 22.04
# suite NAME FIELD…: its folder in $T/repo; packages are added to $P first
suite_dir() { P=$T/repo/$1/dists/$1/main/binary-amd64/Packages; mkdir -p "$(dirname "$P")"; }
use() { echo "deb [signed-by=$T/key.asc] file://$T/repo/$1 $1 main" >>"$R/etc/apt/sources.list"; }

suite_dir jammy-updates
i=0
while [ $i -lt 60 ]; do
	i=$((i + 1))
	installed "$R" "phased$i" 1.0
	offered "$P" "phased$i" 1.1 "Phased-Update-Percentage: $((i * 37 % 101))" "Source: src$((i / 3))"
done
installed "$R" fixed 1.0
offered "$P" fixed 1.2 "Phased-Update-Percentage: 0"
installed "$R" ordinary 1.0
offered "$P" ordinary 1.1
installed "$R" held 1.0
sed -i '/^Package: held$/,/^$/s/^Status: install/Status: hold/' "$R/var/lib/dpkg/status"
offered "$P" held 1.1
release "$T/repo/jammy-updates" jammy-updates "Origin: Ubuntu" "Label: Ubuntu"
use jammy-updates

suite_dir jammy-security
offered "$P" fixed 1.1
installed "$R" both 1.0
offered "$P" both 1.1
release "$T/repo/jammy-security" jammy-security "Origin: Ubuntu" "Label: Ubuntu"
use jammy-security

suite_dir jammy-proposed
installed "$R" early 1.0
offered "$P" early 2.0
release "$T/repo/jammy-proposed" jammy-proposed "Origin: Ubuntu" "Label: Ubuntu" "NotAutomatic: yes" "ButAutomaticUpgrades: yes"
use jammy-proposed

suite_dir ppa
offered "$P" early 1.0
offered "$P" both 1.2
installed "$R" pinned 1.0
offered "$P" pinned 1.1
installed "$R" mine 1.0
release "$T/repo/ppa" ppa "Origin: LP-PPA-someone" "Label: Someone's PPA"
use ppa
printf 'Package: pinned\nPin: version 1.0\nPin-Priority: 1001\n' >"$R/etc/apt/preferences.d/pin"

# a kernel of a new ABI behind its metapackage; an installed one that is not running
suite_dir main
installed "$R" linux-image-generic 5.15.0.1 amd64 "Depends: linux-image-5.15.0-1-generic"
installed "$R" linux-image-5.15.0-1-generic 5.15.0-1.1
installed "$R" linux-image-5.15.0-2-generic 5.15.0-2.2
offered "$P" linux-image-generic 5.15.0.3 "Depends: linux-image-5.15.0-3-generic"
offered "$P" linux-image-5.15.0-3-generic 5.15.0-3.3
release "$T/repo/main" main "Origin: Ubuntu"
use main
mkdir -p "$R/proc/sys/kernel" "$R/proc/77" "$R/run"
echo 5.15.0-1-generic >"$R/proc/sys/kernel/osrelease"
echo "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)" >"$R/proc/77/maps"
echo "7f00-7f01 rw-p 00000000 08:01 1 /memfd:x (deleted)" >>"$R/proc/77/maps"
echo sshd >"$R/proc/77/comm"
: >"$R/run/reboot-required"
printf 'libc6\nlibc6\nlinux-base\n' >"$R/run/reboot-required.pkgs"
apt_in "$R" apt-get -qq update >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

echo "== phased updates of 50 machines"
machine=0
while [ $machine -lt 50 ]; do
	machine=$((machine + 1))
	echo "$machine" | md5sum | cut -d' ' -f1 >"$R/etc/machine-id"
	apt_in "$R" apt-get -s -o Dir::Bin::ischroot=/bin/false dist-upgrade 2>/dev/null |
		sed -n 's/^Inst \(phased[0-9]*\) .*/\1/p' | sort >"$T/apts"
	run "$OAKUM_BUILD/tests/scan_dump" "$R" "$T/machines"
	jq -r '.updates[] | select(.name | startswith("phased")) | select(.phased | not) | .name' "$T/out" | sort >"$T/ours"
	expect_same "$T/ours" "$T/apts"
done
for setting in Always Never; do
	echo "APT::Get::$setting-Include-Phased-Updates \"true\";" >"$R/etc/apt/apt.conf.d/phased"
	run "$OAKUM_BUILD/tests/scan_dump" "$R" "$T/machines"
	expect_json '[.updates[] | select(.name | startswith("phased")) | select(.phased)] | length > 0' \
		"$([ $setting = Never ] && echo true || echo false)"
done
rm "$R/etc/apt/apt.conf.d/phased"

echo "== what each archive means"
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
expect_exit 0
row() { jq -c ".patches[] | select(.name == \"$1\") | [.state, .reason, .available]" "$T/out"; }
expect_row() { ok; [ "$(row "$1")" = "$2" ] || fail "$1 is $(row "$1") instead of $2"; }
expect_row fixed '["MISSING",null,"1.2"]'
expect_row ordinary '["MISSING",null,"1.1"]'
expect_row held '["MISSING","HELD","1.1"]'
expect_row both '["MISSING",null,"1.2"]'
expect_row pinned '["MISSING","PINNED","1.1"]'
expect_row mine '["INSTALLED_OTHER","NO_REPOSITORY",null]'
expect_row early '["INSTALLED_OTHER","PINNED","2.0"]'
expect_row linux-image-generic '["MISSING",null,"5.15.0.3"]'
ok; [ -z "$(row linux-image-5.15.0-3-generic)" ] || fail "a package that is not installed has a row of its own"
expect_json '[.patches[] | select(.reason == "RUNNING_OLD_KERNEL") | .name]' '["linux-image-5.15.0-2-generic"]'
oakum scan --root "$R" --baseline "$T/security.yaml" -o json
expect_json '[.patches[] | select(.state == "MISSING") | [.name, .available]] | sort' '[["both","1.1"],["fixed","1.1"]]'
oakum inventory --root "$R" -o json
expect_json '.updates[] | select(.name == "linux-image-5.15.0-3-generic") | .successorOf' '"linux-image-generic"'
expect_json '.updates[] | select(.name == "early" and .evr == "2.0") | .policy | length > 0' true
expect_json '.reboot.required' true
expect_json '.reboot.reasons[0]' '"/run/reboot-required: libc6, linux-base"'
expect_out_has "/usr/lib/x86_64-linux-gnu/libssl.so.3 was replaced, 1 process still uses the old one (sshd)"
expect_out_has "kernel 5.15.0-1-generic is running, linux-image-5.15.0-2-generic 5.15.0-2.2 is installed"
expect_out_lacks memfd

echo "== ESM lists of a host without a subscription"
E=$R/var/lib/ubuntu-advantage/apt-esm
mkdir -p "$E/etc/apt/sources.list.d" "$E/var/lib/apt/lists/partial"
suite_dir jammy-apps-security
installed "$R" pro 1.0
offered "$P" pro 1.0+esm1
release "$T/repo/jammy-apps-security" jammy-apps-security "Origin: UbuntuESMApps" "Label: UbuntuESMApps"
echo "deb [signed-by=$T/key.asc] file://$T/repo/jammy-apps-security jammy-apps-security main" >"$E/etc/apt/sources.list"
apt_in "$E" apt-get -qq update >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
oakum scan --root "$R" --baseline "$T/security.yaml" -o json
expect_row pro '["MISSING","NEEDS_SUBSCRIPTION","1.0+esm1"]'
expect_row fixed '["MISSING",null,"1.1"]'
finish
