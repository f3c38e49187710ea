# timeout: 300
# Packages under Wine: oakum.exe installs, updates, rolls back and uninstalls what the Linux program built; scripts go to a recorder
# that stands in for powershell.exe.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
. "$OAKUM_SOURCE/tests/lib/agent.sh"
. "$OAKUM_SOURCE/tests/lib/package.sh"
recorder=$OAKUM_BUILD/tests/powershell.exe
need_file "$recorder" "$recorder (needs mingw-w64)"
wine_start
C=$WINEPREFIX/drive_c/oakum # on a drive of its own, not below a folder that everybody may write to
mkdir -p "$C/bin"
: >"$C/empty.yaml"
cp "$recorder" "$C/bin/powershell.exe"
WINEPATH='C:\oakum\bin' SECRET_OF_CALLER=1
export WINEPATH SECRET_OF_CALLER
printf 'canary\n' >"$C/canary"
pkg() { win package "$@"; }
state() { win package list -o json; expect_exit 0; got=$(jq -r --arg n "$1" '.packages[] | select(.name == $n) | "\(.version) \(.model) \(.state)"' "$T/out"); }
expect_package() { state "$1"; ok; [ "$got" = "$2" ] || fail "'$1' is '$got' instead of '$2'"; }
expect_record() { ok; grep -qxF -e "$1" "$C/bin/record.txt" || fail "PowerShell's record lacks '$1'"; }
expect_no_record() { ok; ! grep -qF -e "$1" "$C/bin/record.txt" 2>/dev/null || fail "PowerShell's record has '$1'"; }
expect_kept() { ok; [ "$(cat "$C/canary")" = canary ] || fail "the canary is gone"; }
store=$C/state

# make VERSION [LINES of install.ps1…]: a script package for Windows; x-oakum members in $more
more=
make() {
	version=$1
	shift
	dir=$T/w$version
	rm -rf "$dir" "$T/in"
	mkdir -p "$dir" "$T/in/sub"
	printf '%s\r\n' "#! say installing $version" "#! write C:\\oakum\\app $version %SSM_WORD%" "$@" >"$T/in/install.ps1"
	printf '%s\r\n' '#! say removing' '#! delete C:\oakum\app' >"$T/in/uninstall.ps1"
	echo "payload $version" >"$T/in/sub/payload.txt"
	zip_folder "$T/in" "$dir/win.zip"
	manifest_of "$dir" app "$version" win.zip "$more"
	W=$(windows_path "$dir")
}

# 1. install: how PowerShell was called, in which folder, with which environment
make 1.0
pkg install "$W" --allow-unsigned --arg SSM_WORD=hello -o json
expect_exit 0
expect_json '[.status, .model, .rollback, .exitCode]' '["SUCCESS","script","compensated",0]'
expect_json '[.steps[] | select(.name == "install") | .output] | .[0]' '"installing 1.0\n"'
expect_file "$C/app" "1.0 hello"
expect_package app "1.0 script INSTALLED"
expect_record 'call [-NoLogo] [-NoProfile] [-NonInteractive] [-ExecutionPolicy] [Bypass] [-File] [C:\oakum\state\pkgs\app\gen-1\tree\install.ps1]'
expect_record 'folder C:\oakum\state\pkgs\app\gen-1\tree'
for variable in SSM_WORD=hello BWS_ACTION_NAME=install BWS_PLATFORM_NAME=windows BWS_INIT_SYSTEM=windows OAKUM_PACKAGE=app OAKUM_VERSION=1.0 OAKUM_RESUME=0; do
	expect_record "env $variable"
done
expect_no_record SECRET_OF_CALLER
expect_kept

# 2. the same again is nothing to do; update reinstalls, in the order of AWS's agent
rm -f "$C/bin/record.txt"
pkg install "$W" --allow-unsigned --arg SSM_WORD=hello
expect_exit 0
ok; [ ! -f "$C/bin/record.txt" ] || fail "a script ran"
make 2.0
pkg update "$W" --allow-unsigned --arg SSM_WORD=two -o json
expect_exit 0
expect_json '[.from, .to, .status]' '["1.0","2.0","SUCCESS"]'
expect_file "$C/app" "2.0 two"
ok; [ "$(grep -c '^call' "$C/bin/record.txt")" = 2 ] || fail "not two scripts"
expect_package app "2.0 script INSTALLED"

# 3. a script that fails: the version before is back, and said to be compensated
make 3.0 '#! say half' '#! exit 7'
pkg update "$W" --allow-unsigned --arg SSM_WORD=two -o json
expect_exit 1
expect_json '[.status, .exitCode]' '["FAILED",7]'
expect_file "$C/app" "2.0 two"
expect_package app "2.0 script INSTALLED"

# 4. time limit: the script and its children are ended
more='"timeouts":{"install":"2s"}'
make 4.0 '#! child 6' '#! sleep 60'
more=
rm -f "$C/bin/late.txt"
pkg update "$W" --allow-unsigned --arg SSM_WORD=two -o json
expect_exit 1
expect_json '.steps[] | select(.name == "install") | .detail | test("E_TIMEOUT")' true
expect_package app "2.0 script INSTALLED"
expect_file "$C/app" "2.0 two"

# 5. 3010: waits for a boot; resume after it goes on
make 5.0 '#! exit 3010'
printf '#! exit 0\r\n' >"$T/in/validate.ps1"
zip_folder "$T/in" "$T/w5.0/win.zip"
manifest_of "$T/w5.0" app 5.0 win.zip
boot() { printf 'REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters]\n"BootId"=dword:%08x\n' "$1" >"$T/boot.reg"; wine regedit /S "$(windows_path "$T/boot.reg")" >/dev/null 2>&1; }
boot 5
pkg update "$W" --allow-unsigned --arg SSM_WORD=two -o json
expect_exit 0
expect_json '[.status, .rebootRequired]' '["PENDING_REBOOT",true]'
expect_package app "2.0 script PENDING"
win resume
expect_exit 0
expect_package app "2.0 script PENDING"
boot 6
win resume
expect_exit 0
expect_package app "5.0 script INSTALLED"

# 6. rollback and uninstall
pkg rollback app -o json
expect_exit 0
expect_package app "2.0 script INSTALLED"
expect_file "$C/app" "2.0 two"
pkg uninstall app
expect_exit 0
expect_absent "$C/app"
expect_package app ""
expect_kept

# 7. detection: files, registry values in both views, services
printf 'REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\Software\\Acme]\n"Version"="6.0"\n"Count"=dword:00000003\n' >"$T/acme.reg"
wine regedit /S "$(windows_path "$T/acme.reg")" >/dev/null 2>&1
more='"detect":[{"type":"file","path":"C:\\oakum\\app"},{"type":"registry","path":"HKLM\\Software\\Acme","name":"Version","value":"6.0"},{"type":"registry","path":"HKEY_LOCAL_MACHINE\\Software\\Acme","name":"Count","value":"3"}]'
make 6.0
pkg install "$W" --allow-unsigned -o json
expect_exit 0
expect_json '[.steps[] | select(.name == "detect") | .status]' '["DONE"]'
pkg uninstall app
more='"detect":[{"type":"registry","path":"HKLM\\Software\\Acme","name":"Version","value":"7"}]'
make 6.1
pkg install "$W" --allow-unsigned -o json
expect_exit 1
expect_json '.steps[] | select(.name == "detect") | .detail | test("is .6.0., not .7.")' true
expect_absent "$C/app"
more='"detect":[{"type":"service","name":"NoSuchService"}]'
make 6.2
pkg install "$W" --allow-unsigned -o json
expect_exit 1
more=

# 8. a script that somebody changed is not run
make 7.0
pkg install "$W" --allow-unsigned
expect_exit 0
gen=$(sed -n 's/gen-//p' "$store/pkgs/app/current.gen" | tr -d '\r')
echo '#! write C:\oakum\evil x' >>"$store/pkgs/app/gen-$gen/tree/uninstall.ps1"
pkg uninstall app
expect_exit 5
expect_absent "$C/evil"

# 9. the tree model: the public path follows at once, equal content is kept once, going back is exact
for v in 1 2; do
	mkdir -p "$T/tree$v/bin"
	echo "tool $v" >"$T/tree$v/bin/tool.txt"
	head -c 20000 /dev/zero | tr '\0' c >"$T/tree$v/common"
	tree_package "$T/t$v" tool "$v" "$T/tree$v"
	pkg install "$(windows_path "$T/t$v")" --allow-unsigned -o json
	expect_exit 0
	expect_json '[.model, .status, .rollback]' '["tree","SUCCESS","exact"]'
	expect_file "$store/pkgs/tool/current/tree/bin/tool.txt" "tool $v"
done
expect_package tool "2 tree INSTALLED"
ok; [ "$(stat -c %i "$store/pkgs/tool/gen-1/tree/common")" = "$(stat -c %i "$store/pkgs/tool/gen-2/tree/common")" ] || fail "equal content is kept twice"
pkg rollback tool -o json
expect_exit 0
expect_json .rollback '"exact"'
expect_file "$store/pkgs/tool/current/tree/bin/tool.txt" "tool 1"
expect_package tool "1 tree INSTALLED"
pkg uninstall tool
expect_exit 0
expect_absent "$store/pkgs/tool/current"

# 10. hostile archives leave nothing outside
mkdir -p "$T/evil"
python3 - "$T/evil/win.zip" <<'EOF'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("install.ps1", "#! say x\r\n")
    z.writestr("uninstall.ps1", "")
    z.writestr("..\\..\\out.txt", "x")
EOF
manifest_of "$T/evil" evil 1.0 win.zip
pkg install "$(windows_path "$T/evil")" --allow-unsigned
expect_exit 2
expect_err_has E_
ok; [ -z "$(find "$C" -name 'out.txt*')" ] || fail "something was written outside"

# 11. unsigned without leave: refused; nothing half-way is left; history has it all
make 8.0
pkg install "$W"
expect_exit 5
ok; [ -z "$(ls -A "$store/stage")" ] || fail "the stage is not empty"
win history --audit
expect_out_has package
expect_kept
finish
