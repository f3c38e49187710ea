#!/bin/sh
# What a host's configuration does to an update: priorities, excludes, versionlock, zypp locks, modules, variables; and the
# transaction that its solver would make of what is wanted.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
rpmworld_home

cat >"$T/plan" <<'EOF'
1 noarch alpha 0 1.0 1 -
2 noarch alpha 0 1.1 1 -
3 noarch alpha 0 1.2 1 -
1 x86_64 beta 0 1.0 1 -
2 x86_64 beta 0 2.0 1 Requires:gamma>=2
1 x86_64 gamma 0 1.0 1 -
2 x86_64 gamma 0 2.0 1 -
1 noarch delta 0 1.0 1 -
2 noarch delta 0 2.0 1 Requires:nothing-has-this
1 noarch old 0 1.0 1 -
1 noarch eps 0 1.0 1 -
2 noarch eps 0 2.0 1 Obsoletes:old<2
1 x86_64 kernel 0 5.1 1 -
2 x86_64 kernel 0 5.2 1 -
1 noarch zeta 0 1.0 1 -
2 noarch zeta 0 2.0 1 Requires:gamma>=2
1 x86_64 multi 0 1.0 1 -
2 x86_64 multi 0 2.0 1 -
1 i686 multi 0 1.0 1 -
2 i686 multi 0 2.0 1 -
1 noarch theta 0 1.0 1 -
2 noarch theta 0 2.0 1 Requires:/opt/tool/run
EOF
mkdir -p "$T/rpms" "$T/first" "$T/second"
rpmworld_build "$T/plan" "$T/rpms"
# a file that primary.xml does not list: only filelists.xml has it
printf 'Name: tool\nVersion: 1\nRelease: 1\nSummary: t\nLicense: MIT\nBuildArch: noarch\n%%%%description\nt\n%%%%install\nmkdir -p %%{buildroot}/opt/tool\n: >%%{buildroot}/opt/tool/run\n%%%%files\n/opt/tool/run\n' |
	sed 's/%%%%/%/g; s/%%/%/g' >"$T/tool.spec"
rpmbuild -bb --quiet --target noarch --define "_topdir $T/top" --define "_rpmdir $T/rpms" --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
	"$T/tool.spec" >"$T/rpmbuild.log" 2>&1 </dev/null
cp "$T"/rpms/*.rpm "$T/second"
cp "$T"/rpms/alpha-1.[01]*.rpm "$T/first"
rpmworld_repo "$T/first"
rpmworld_repo "$T/second"
root=$T/root
rpmworld_install "$root" "$T"/rpms/alpha-1.0* "$T"/rpms/beta-1.0* "$T"/rpms/gamma-1.0* "$T"/rpms/delta-1.0* "$T"/rpms/old-1.0* \
	"$T"/rpms/eps-1.0* "$T"/rpms/kernel-5.1* "$T"/rpms/zeta-1.0* "$T"/rpms/multi-1.0* "$T"/rpms/theta-1.0*
mkdir -p "$root/etc/yum.repos.d" "$root/etc/zypp/repos.d" "$root/etc/dnf/vars" "$root/etc/dnf/plugins"
echo second >"$root/etc/dnf/vars/which"
repos() { # repos FIRST-PRIORITY [MAIN-LINE…]
	rpmworld_os "$root" fedora
	printf '[first]\nname=f\nbaseurl=file://%s/first\npriority=%s\n' "$T" "$1" >"$root/etc/yum.repos.d/a.repo"
	# shellcheck disable=SC2016
	printf '[second]\nname = s $which ${nope:-x}\nbaseurl = file://%s/$which\n  file://%s/mirror\ncost=%s\n' "$T" "$T" "${cost:-1000}" >"$root/etc/yum.repos.d/b.repo"
	shift
	printf '[main]\n' >"$root/etc/dnf/dnf.conf"
	for line in "$@"; do echo "$line" >>"$root/etc/dnf/dnf.conf"; done
}
# what dnf would update, as "name evr"
dnf_says() {
	{ cat "$root/etc/dnf/dnf.conf"; printf 'plugins=0\ngpgcheck=0\ncachedir=%s/dc\nlogdir=%s/dl\npersistdir=%s/dp\nreposdir=%s/etc/yum.repos.d\nvarsdir=%s/etc/dnf/vars\n' "$T" "$T" "$T" "$root" "$root"; } >"$T/dnf.conf"
	dnf -q -c "$T/dnf.conf" --installroot="$root" --releasever=39 --setopt=obsoletes=0 check-update 2>/dev/null | awk 'NF == 3 { sub(/\..*/, "", $1); print $1, $2 }' | sort -u
}
offered() { jq -r '[.updates[] | select(.origins != [])] | group_by(.name)[] | .[-1] | .name + " " + .evr' "$T/out" | sort; }
held() { jq -c '[.packages[] | select(.hold) | .name + " " + .holdKind] | sort' "$T/out"; }
scan_it() {
	oakum inventory --root "$root" -o json
	expect_exit 0
}

# every version above the installed one; the best repository first; variables
repos 99
scan_it
expect_json '[.updates[] | select(.name == "alpha") | .evr + " " + (.origins | join(","))]' '["1.1-1 first,second","1.2-1 second"]'
expect_json '[.repositories[] | .id + " " + .label]' '["first f","second s second x"]'
dnf_says >"$T/dnf"
offered >"$T/ours"
expect_same "$T/dnf" "$T/ours"
cost=500
repos 99
scan_it
expect_json '[.updates[] | select(.evr == "1.1-1") | .origins | join(",")]' '["second,first"]'
expect_json '[.problems[] | select(.kind == "package-obsoleted")] | length' 0
cost=

# a better priority decides whatever the version
repos 10
scan_it
dnf_says >"$T/dnf"
offered >"$T/ours"
expect_same "$T/dnf" "$T/ours"
expect_json '[.updates[] | select(.name == "alpha") | .evr]' '["1.1-1"]'

# excludes of [main] and of one repository
for line in 'excludepkgs=alpha' 'exclude=alp* ghost' 'excludepkgs=alpha-1.*' 'excludepkgs=*.noarch' 'includepkgs=beta gamma kernel' 'excludepkgs=alpha-1.2-1'; do
	repos 99 "$line"
	scan_it
	jq -r '[.packages[] | select(.hold | not) | .name] as $free | [.updates[] | select(.origins != [] and (.name | IN($free[])))] | group_by(.name)[] | .[-1] | .name + " " + .evr' "$T/out" | sort >"$T/ours"
	dnf_says >"$T/dnf"
	ran="scan with $line"
	expect_same "$T/dnf" "$T/ours"
done
repos 99 'excludepkgs=alpha'
scan_it
expect_true [ "$(held)" = '["alpha exclude"]' ]

# versionlock, as dnf's plugin and as yum's write it
repos 99
printf '# comment\nalpha-0:1.1-1.*\nbeta-0:1.0-1.*\n!gamma-0:2.0-1.*\n' >"$root/etc/dnf/plugins/versionlock.list"
scan_it
expect_json '[.updates[] | select(.name == "alpha" and .origins != []) | .evr]' '["1.1-1"]'
expect_true [ "$(held)" = '["beta versionlock","gamma versionlock"]' ]
printf '[main]\nenabled=0\n' >"$root/etc/dnf/plugins/versionlock.conf"
scan_it
expect_true [ "$(held)" = '[]' ]
mkdir -p "$root/etc/yum/pluginconf.d"
printf '0:beta-1.0-1.*\n' >"$root/etc/yum/pluginconf.d/versionlock.list"
scan_it
expect_true [ "$(held)" = '["beta versionlock"]' ]
rm -r "$root/etc/yum" "$root"/etc/dnf/plugins/versionlock.*
# as dnf5 writes it
cat >"$root/etc/dnf/versionlock.toml" <<'TOML'
version = "1.0"

[[packages]]
name = "alpha"
comment = "kept \"as it is\" # not a comment"
[[packages.conditions]]
key = "evr"
comparator = "<"
value = "0:1.2-1"

[[packages]]
name = 'beta'
[[packages.conditions]]
key = "evr"
comparator = "="
value = "1.0-1"
[[packages.conditions]]
key = "arch"
comparator = "="
value = "x86_64"
TOML
scan_it
expect_json '[.updates[] | select(.name == "alpha" and .origins != []) | .evr]' '["1.1-1"]'
expect_true [ "$(held)" = '["beta versionlock"]' ]
echo 'no toml' >>"$root/etc/dnf/versionlock.toml"
scan_it
expect_json '[.problems[] | select(.kind == "repository-config") | .subject]' '["/etc/dnf/versionlock.toml"]'
expect_true [ "$(held)" = '["beta versionlock"]' ]
rm "$root/etc/dnf/versionlock.toml"

# what nobody asked for: dnf5's table, dnf 4's history (a real one), zypp's list
mkdir -p "$root/usr/lib/sysimage/libdnf5"
printf 'version = "1.0"\n[packages]\n"alpha.noarch" = {reason = "Dependency"}\n"beta.x86_64" = {reason = "User"}\n"gamma.x86_64" = {reason = "Weak Dependency"}\n' \
	>"$root/usr/lib/sysimage/libdnf5/packages.toml"
automatic() { jq -c '[.packages[] | select(.auto) | .name] | unique' "$T/out"; }
scan_it
expect_true [ "$(automatic)" = '["alpha","gamma"]' ]
rm -r "$root/usr/lib/sysimage"
marked=$T/marked
cp -a "$root" "$marked"
{ printf '[main]\nplugins=0\ngpgcheck=0\ncachedir=%s/dc2\nlogdir=%s/dl2\nreposdir=%s/etc/yum.repos.d\nvarsdir=%s/etc/dnf/vars\n' "$T" "$T" "$marked" "$marked"; } >"$T/dnf2.conf"
dnf -q -y -c "$T/dnf2.conf" --installroot="$marked" --releasever=39 --setopt=tsflags=noscripts upgrade theta >"$T/dnf.log" 2>&1 || fail "dnf: $(tail -n 2 "$T/dnf.log")"
oakum inventory --root "$marked" -o json
expect_true [ "$(automatic)" = '["tool"]' ]
dnf -q -y -c "$T/dnf2.conf" --installroot="$marked" --releasever=39 mark install tool >"$T/dnf.log" 2>&1 || fail "dnf: $(tail -n 2 "$T/dnf.log")"
oakum inventory --root "$marked" -o json
expect_true [ "$(automatic)" = '[]' ]
rpmworld_os "$marked" opensuse
mkdir -p "$marked/var/lib/zypp"
printf '# names\nalpha\n\nzeta\n' >"$marked/var/lib/zypp/AutoInstalled"
oakum inventory --root "$marked" -o json
expect_true [ "$(automatic)" = '["alpha","zeta"]' ]

# zypp: its own folders alone count; locks by name, glob, version
rpmworld_os "$root" opensuse
printf '[s]\nname=s\nbaseurl=file://%s/\npath=/second\nenabled=1\ngpgcheck=0\n[off]\nenabled=0\nbaseurl=file:///nowhere\n' "$T" >"$root/etc/zypp/repos.d/s.repo"
printf '\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: al*\n\n\ntype: package\nmatch_type: exact\ncase_sensitive: off\nsolvable_name: BETA\nversion: >= 2\n\n' >"$root/etc/zypp/locks"
scan_it
expect_json '[.repositories[] | .id + " " + (.enabled | tostring)]' '["s true","off false"]'
expect_true [ "$(held)" = '["alpha lock","beta lock"]' ]
zypper -q --root "$root" --non-interactive --no-gpg-checks --xmlout list-updates 2>/dev/null | # it leaves out what it cannot install: delta, theta; multi of two arches
	grep -ao '<update [^>]*kind="package"[^>]*>' |
	sed 's/.* name="\([^"]*\)".* edition="\([^"]*\)".*/\1 \2/' | sort -u >"$T/zypper"
jq -r '[.packages[] | select(.hold | not) | .name] as $free | [.updates[] | select(.name as $n | $n != "delta" and $n != "theta" and $n != "multi" and ($free | index($n)))] | group_by(.name)[] | .[-1] | .name + " " + .evr' "$T/out" | sort >"$T/ours"
expect_same "$T/zypper" "$T/ours"
rm "$root/etc/zypp/locks"

# folders that [main] names instead
rpmworld_os "$root" fedora
mkdir -p "$root/srv/repos" "$root/srv/vars" "$root/etc/distro.repos.d"
printf '[moved]\nname=m $word\nbaseurl=file://%s/second\n' "$T" >"$root/srv/repos/m.repo"
echo yes >"$root/srv/vars/word"
repos 99 'reposdir=/srv/repos' 'varsdir=/srv/vars'
scan_it
expect_json '[.repositories[] | .id + " " + .label]' '["moved m yes"]'
echo no >"$root/srv/vars/word"
scan_it
expect_json '[.repositories[].label]' '["m no"]'
repos 99
printf '[third]\nbaseurl=file://%s/second\n' "$T" >"$root/etc/distro.repos.d/t.repo"
scan_it
expect_json '[.repositories[].id]' '["first","second","third"]'
repos 99 "reposdir=$root/etc/distro.repos.d" # as one writes it for a dnf with this root
scan_it
expect_json '[.repositories[].id]' '["third"]'
repos 99 'reposdir=/nowhere'
scan_it
expect_json '[.repositories[].id]' '["first","second","third"]'
repos 99
rm -r "$root/srv" "$root/etc/distro.repos.d"

# broken configuration: said by file and line, the rest is used
rpmworld_os "$root" fedora
printf 'what is this\n' >"$root/etc/yum.repos.d/broken.repo"
scan_it
expect_json '[.problems[] | select(.kind == "repository-config") | .subject]' '["/etc/yum.repos.d/broken.repo"]'
expect_json '.repositories | length' 2
rm "$root/etc/yum.repos.d/broken.repo"

# --- a loaded live patch covers the CVEs of a kernel that waits; one that is not loaded covers nothing
cat >"$T/plan" <<'EOF'
1 x86_64 kernel-core 0 5.14.0 427.13.1.el9 -
2 x86_64 kernel-core 0 5.14.0 427.20.1.el9 -
1 x86_64 kpatch-patch-5_14_0-427_13_1 0 1 1.el9 -
EOF
mkdir -p "$T/live" "$T/kernels"
rpmworld_build "$T/plan" "$T/kernels"
rpmworld_install "$T/live-root" "$T"/kernels/kernel-core-*-427.13* "$T"/kernels/kpatch*
advisory() { printf '<update type="security" version="1" status="final" from="x"><id>%s</id><title>t</title><issued date="2024-01-01 00:00:00"/><severity>Important</severity><references><reference type="cve" id="%s" href="h" title="t"/></references><pkglist><collection><name>c</name><package name="%s" version="%s" release="%s" epoch="0" arch="x86_64" src="s"><filename>f</filename></package></collection></pkglist></update>' "$@"; }
printf '<updates>%s%s</updates>' "$(advisory K-1 CVE-2024-1 kernel-core 5.14.0 427.20.1.el9)" "$(advisory L-1 CVE-2024-1 kpatch-patch-5_14_0-427_13_1 1 1.el9)" >"$T/updateinfo.xml"
cp "$T"/kernels/*.rpm "$T/live"
rpmworld_repo "$T/live" "$T/updateinfo.xml"
live=$T/live-root
mkdir -p "$live/etc/yum.repos.d" "$live/proc/sys/kernel" "$live/sys/kernel/livepatch/kpatch_5_14_0_427_13_1_1_1"
printf 'ID="rhel"\nVERSION_ID="9.4"\n' >"$live/etc/os-release"
printf '[r]\nbaseurl=file://%s\n' "$T/live" >"$live/etc/yum.repos.d/r.repo"
echo 5.14.0-427.13.1.el9.x86_64 >"$live/proc/sys/kernel/osrelease"
echo 0 >"$live/sys/kernel/livepatch/kpatch_5_14_0_427_13_1_1_1/enabled"
oakum scan --root "$live" -o json
expect_json '[.patches[] | select(.name == "kernel-core") | .state]' '["MISSING"]'
echo 1 >"$live/sys/kernel/livepatch/kpatch_5_14_0_427_13_1_1_1/enabled"
oakum inventory --root "$live" -o json
expect_json '.livePatches' '[{"name":"kpatch-patch-5_14_0-427_13_1","evr":"1-1.el9","cves":["CVE-2024-1"]}]'
oakum scan --root "$live" -o json
expect_json '[.patches[] | select(.name == "kernel-core") | [.state, .reason]]' '[["INSTALLED","LIVE_PATCHED"]]'

# a newer kernel is installed and another one runs
cp -a "$live" "$T/booted"
rpm --root "$T/booted" --define '_dbpath /var/lib/rpm' -i --nodeps --noscripts --nosignature "$T"/kernels/kernel-core-*-427.20* 2>/dev/null
oakum scan --root "$T/booted" -o json
expect_json '[.patches[] | select(.name == "kernel-core") | [.state, .reason, .installed]]' '[["INSTALLED_PENDING_REBOOT","RUNNING_OLD_KERNEL","5.14.0-427.20.1.el9"]]'
echo 5.14.0-427.20.1.el9.x86_64 >"$T/booted/proc/sys/kernel/osrelease"
oakum scan --root "$T/booted" -o json
expect_json '[.patches[] | select(.name == "kernel-core") | .state]' '["INSTALLED"]'

# --- the transaction
resolve() { printf '%s\n' "$@" | "$OAKUM_BUILD/tests/resolve_dump" "$root" "$T/rcache" >"$T/out" 2>"$T/err" || fail "resolve: $(cat "$T/err")"; ran="resolve $*"; }
repos 99
resolve 'alpha noarch 1.1-1'
expect_true [ "$(cut -d' ' -f1-5,8-10 "$T/out")" = 'upgrade alpha noarch 1.0-1 1.1-1 asked - first' ]
resolve 'beta x86_64 2.0-1'
expect_true [ "$(cut -d' ' -f1-5,8,9 "$T/out" | sort)" = 'upgrade beta x86_64 1.0-1 2.0-1 asked -
upgrade gamma x86_64 1.0-1 2.0-1 pulled beta.x86_64' ]
resolve 'kernel x86_64 5.2-1'
expect_true [ "$(cut -d' ' -f1-5 "$T/out")" = 'install kernel x86_64 - 5.2-1' ]
resolve 'multi x86_64 2.0-1' 'multi i686 2.0-1'
expect_true [ "$(cut -d' ' -f1-5 "$T/out" | sort)" = 'upgrade multi i686 1.0-1 2.0-1
upgrade multi x86_64 1.0-1 2.0-1' ]
resolve 'delta noarch 2.0-1' 'alpha noarch 1.2-1'
expect_out_has 'upgrade alpha noarch 1.0-1 1.2-1'
expect_out_has 'refused delta.noarch BROKEN_DEPENDENCY'
expect_out_has 'nothing-has-this'
resolve 'theta noarch 2.0-1'
expect_true [ "$(cut -d' ' -f1-5,8,9 "$T/out" | sort)" = 'install tool noarch - 1-1 pulled theta.noarch
upgrade theta noarch 1.0-1 2.0-1 asked -' ]
resolve 'eps noarch 2.0-1'
expect_out_has 'refused eps.noarch WOULD_REMOVE'
expect_out_has 'old-1.0-1'
resolve 'alpha noarch 7.7-7'
expect_out_has 'refused alpha.noarch NO_LONGER_OFFERED'
expect_out_has '1.2-1'
repos 99 'excludepkgs=gamma'
resolve 'beta x86_64 2.0-1' 'gamma x86_64 2.0-1' 'alpha noarch 1.2-1'
expect_out_has 'refused beta.x86_64 BROKEN_DEPENDENCY'
expect_out_has 'refused gamma.x86_64 EXCLUDED'
expect_out_has 'upgrade alpha'
resolve
expect_no_out
finish
