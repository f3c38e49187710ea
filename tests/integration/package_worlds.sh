# SPDX-License-Identifier: GPL-3.0-or-later
# One recipe for Debian, the RHEL family, SUSE, any other Linux and Windows, built once on this machine: installed in a real dpkg root, in real
# rpm roots, in a bare root and under Wine; updated, gone back from after a failure and by request, uninstalled; every file outside the store
# is as before.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
: >"$T/empty.yaml"
mkdir -p "$T/canary"
echo canary >"$T/canary/file"
openssl genpkey -algorithm ed25519 -out "$T/key.pem" 2>/dev/null && chmod 600 "$T/key.pem" && openssl pkey -in "$T/key.pem" -pubout -out "$T/key.pub"

# ---- the recipe, and three versions of it; the third does not start
src=$T/src
mkdir -p "$src/bin" "$src/unix" "$src/windows"
cat >"$src/recipe.yaml" <<-'END'
	schema: oakum.recipe/1
	name: everywhere
	version: "0"
	model: script
	targets:
	  - {platform: debian, version: _any, files: [{from: bin, to: bin}, {from: debian.txt, to: which}], scripts: {install: unix/install.sh, uninstall: unix/uninstall.sh, validate: unix/validate.sh}}
	  - {platform: redhat, version: 9.*, files: [{from: bin, to: bin}, {from: redhat.txt, to: which}], scripts: {install: unix/install.sh, uninstall: unix/uninstall.sh, validate: unix/validate.sh}}
	  - {platform: suse, version: 15.*, files: [{from: bin, to: bin}, {from: suse.txt, to: which}], scripts: {install: unix/install.sh, uninstall: unix/uninstall.sh, update: unix/install.sh, validate: unix/validate.sh}}
	  - {platform: windows, files: [{from: bin, to: bin}, {from: windows.txt, to: which}], scripts: {install: windows/install.ps1, uninstall: windows/uninstall.ps1}}
	  - {platform: _any, files: [{from: bin, to: bin}, {from: any.txt, to: which}], scripts: {install: unix/install.sh, uninstall: unix/uninstall.sh, validate: unix/validate.sh}}
	detect:
	  - {type: dpkg, name: dpkg, version: "1.0", platform: debian}
	  - {type: rpm, name: hello, version: "1.0", platform: redhat}
	  - {type: rpm, name: hello, version: "1.0", platform: suse}
END
for which in debian redhat suse windows any; do echo $which >"$src/$which.txt"; done
printf 'mkdir -p "$P/opt/everywhere" && cp bin/tool which "$P/opt/everywhere/" && echo "$BWS_PLATFORM_NAME $BWS_PACKAGE_MANAGER" >"$P/opt/everywhere/host"\n' >"$src/unix/body"
printf 'rm -rf "$P/opt/everywhere"\n' >"$src/unix/rest"
printf 'grep -q %s "$P/opt/everywhere/tool"\n' VERSION >"$src/unix/check"
# inside a root with a shell the root is /, else it is told
for pair in body:install rest:uninstall check:validate; do
	{ printf 'P=\ncase $(pwd) in "$OAKUM_ROOT"/*) P=$OAKUM_ROOT ;; esac\n'; cat "$src/unix/${pair%:*}"; } >"$src/unix/${pair#*:}.in"
done
for v in 1.0 2.0 3.0; do
	printf '#!/bin/sh\necho %s\n' $v >"$src/bin/tool"
	chmod 755 "$src/bin/tool"
	sed -i "s/^version: .*/version: \"$v\"/" "$src/recipe.yaml"
	for script in install uninstall validate; do sed "s/VERSION/$v/" "$src/unix/$script.in" >"$src/unix/$script.sh"; done
	[ $v != 3.0 ] || echo 'exit 7' >>"$src/unix/install.sh"
	printf '%s\r\n' "#! say installing $v" "#! write C:\\oakum\\app $v" >"$src/windows/install.ps1"
	[ $v != 3.0 ] || printf '#! exit 7\r\n' >>"$src/windows/install.ps1"
	printf '%s\r\n' '#! delete C:\oakum\app' >"$src/windows/uninstall.ps1"
	oakum package build "$src" --out "$T/v$v"
	expect_exit 0
	oakum package sign "$T/v$v" --key "$T/key.pem"
	expect_exit 0
	ok; [ "$(ls "$T/v$v"/*.zip | wc -l)" = 5 ] || fail "not five archives: $(ls "$T/v$v")"
done

# Everything outside the store (but the shared memory of who reads rpm's database), and the folder beside the root.
world() {
	(cd "$R" && find . \( -path ./var/lib/oakum -o -path ./proc -o -path ./sys -o -path ./dev \) -prune -o -printf '%p %y %m %u %g %l\n' | grep -v '^\./opt d\|^\. d' | sort
		find . \( -path ./var/lib/oakum -o -path ./proc -o -path ./sys -o -path ./dev \) -prune -o -type f ! -name rpmdb.sqlite-shm -print0 | sort -z | xargs -0 sha256sum)
	sha256sum "$T/canary/file"
}
# life WHICH HOST MANAGER: the whole life of it in $R
life() {
	tool=$R/opt/everywhere/tool
	mkdir -p "$R/var/lib"
	world >"$T/before"
	package install "$T/v1.0" --key "$T/key.pub" -o json
	expect_exit 0
	expect_json '[.status, .to]' '["SUCCESS","1.0"]'
	ok; [ "$(cat "$R/opt/everywhere/which") $(sh "$tool") $(cat "$R/opt/everywhere/host")" = "$1 1.0 $2 $3" ] || fail "$1: installed is $(cat "$R/opt/everywhere/which" "$tool" "$R/opt/everywhere/host")"
	package update "$T/v2.0" --key "$T/key.pub"
	expect_exit 0
	ok; [ "$(sh "$tool")" = 2.0 ] || fail "$1: not updated"
	package update "$T/v3.0" --key "$T/key.pub" -o json
	expect_exit 1
	expect_json '[.status, .rollback, .exitCode]' '["FAILED","compensated",7]'
	ok; [ "$(sh "$tool")" = 2.0 ] || fail "$1: not back after a failure"
	expect_state everywhere "2.0 INSTALLED"
	package rollback everywhere
	expect_exit 0
	ok; [ "$(sh "$tool")" = 1.0 ] || fail "$1: not gone back"
	package verify everywhere
	expect_exit 0
	package uninstall everywhere
	expect_exit 0
	expect_state everywhere ""
	world >"$T/after"
	expect_same "$T/before" "$T/after"
	expect_tidy
}

row # ---- Debian
if BASE=$(debian_root); then
	fresh_root debian
	echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
	life debian debian apt
	drop_root debian
else
	echo "skipped: no mirror to build a root from"
fi

row # ---- RHEL family, SUSE
if have_tool rpmbuild && rpm_repo; then
	for family in fedora opensuse; do
		R=$T/root.$family
		rpm_root "$R" $family || fail "cannot make an rpm root"
		for applet in cp grep mkdir rm; do ln -s busybox "$R/bin/$applet"; done
		case $family in
		fedora) printf 'ID=rhel\nVERSION_ID="9.4"\n' >"$R/etc/os-release"; life redhat redhat yum ;;
		*) printf 'ID=sles\nVERSION_ID="15.6"\n' >"$R/etc/os-release"; life suse suse zypper ;;
		esac
		ok; rpm_all "$R" | grep -q '^hello-1.0' || fail "rpm's database is not as it was: $(rpm_all "$R")"
	done
fi

row # ---- another Linux
new_root any
printf 'ID=arch\n' >"$R/etc/os-release"
life any arch pacman

row # ---- Windows
if [ ! -f "$OAKUM_SOURCE/build/windows/oakum.exe" ] || [ ! -f "$OAKUM_BUILD/tests/powershell.exe" ]; then
	echo "skipped: no oakum.exe, or no recorder that stands in for PowerShell"
	finish
fi
. "$OAKUM_SOURCE/tests/lib/wine.sh"
. "$OAKUM_SOURCE/tests/lib/agent.sh"
wine_start
C=$WINEPREFIX/drive_c/oakum
mkdir -p "$C/bin"
: >"$C/empty.yaml"
cp "$OAKUM_BUILD/tests/powershell.exe" "$C/bin/powershell.exe"
WINEPATH='C:\oakum\bin'
export WINEPATH
echo canary >"$C/canary"
at() { windows_path "$1"; }
win package install "$(at "$T/v1.0")" --key "$(at "$T/key.pub")" -o json
expect_exit 0
expect_json '[.status, .to]' '["SUCCESS","1.0"]'
expect_file "$C/app" 1.0
ok; [ "$(tr -d '\r' <"$C/state/pkgs/everywhere/current/tree/which")" = windows ] || fail "another platform's archive"
win package update "$(at "$T/v2.0")" --key "$(at "$T/key.pub")"
expect_exit 0
expect_file "$C/app" 2.0
win package update "$(at "$T/v3.0")" --key "$(at "$T/key.pub")" -o json
expect_exit 1
expect_json '[.status, .exitCode]' '["FAILED",7]'
expect_file "$C/app" 2.0
win package rollback everywhere
expect_exit 0
expect_file "$C/app" 1.0
win package uninstall everywhere
expect_exit 0
expect_absent "$C/app"
expect_file "$C/canary" canary
finish
