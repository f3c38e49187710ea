# timeout: 300
# oakum.exe as it lies in a plain folder: configuration, state, trust, what it sees of its host, runs with hooks, locks, a crash
# and a boot, time zones, long and foreign paths. Wine, with the scripted update agent.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
. "$OAKUM_SOURCE/tests/lib/agent.sh"
agent_start
data=$WINEPREFIX/drive_c/ProgramData/oakum
reg() { # a .reg file without its head from standard input
	{ printf 'Windows Registry Editor Version 5.00\n\n'; cat; echo; } | sed 's/$/\r/' | iconv -f UTF-8 -t UTF-16LE | { printf '\377\376'; cat; } >"$T/in.reg"
	wine regedit /S "$(windows_path "$T/in.reg")" >/dev/null 2>&1 || wine regedit /S "$(windows_path "$T/in.reg")" >/dev/null 2>&1 || fail "regedit"
}

# ---- 1. a plain folder: nothing but the program, no option
mkdir -p "$WINEPREFIX/drive_c/tools"
cp "$exe" "$WINEPREFIX/drive_c/tools/oakum.exe"
plain() {
	ran="oakum.exe $*"
	code=0
	wine 'C:\tools\oakum.exe' "$@" >"$T/out" 2>"$T/err" </dev/null || code=$?
}
agent_script <<END
$(agent_update 5000001 2026-10-10 installed=yes)
END
plain version
expect_exit 0
expect_out "$("$OAKUM_BUILD/oakum" version)"
expect_no_err
plain doctor
expect_exit 0
expect_out_has 'C:\ProgramData\oakum\state'
plain scan --at 2026-11-01T00:00:00Z
expect_exit 0
ok; [ -f "$data/state/oakum.db" ] || [ -n "$(find "$data/state" -name '*.db' 2>/dev/null)" ] || fail "no database was made: $(ls -R "$data" | head)"
printf 'node: {name: winbox, tags: {role: web}}\n' >"$data/oakum.yaml"
plain inventory -o json
expect_exit 0
expect_json '[.node.name, .node.tags.role]' '["winbox","web"]'
plain doctor
expect_out_has 'C:\ProgramData\oakum\oakum.yaml'
# bytes are the same on a pipe and in a file; lines end in LF
ok; ! grep -q "$(printf '\r')" "$T/out" || fail "carriage returns in the output"

# ---- 2. trust by owner and access list
chmod 666 "$data/oakum.yaml"
plain scan
expect_exit 5
expect_err_has "may change"
expect_err_has "icacls"
chmod 644 "$data/oakum.yaml"
plain inventory
expect_exit 0
chmod 777 "$data/state"
plain inventory
expect_exit 5
expect_err_has 'ProgramData\oakum\state'
chmod 755 "$data/state"
rm -f "$data/oakum.yaml"

# ---- 3. what it sees of its host: product, build, edition, programs of both views, updates, pending boots
reg <<'END'
[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"ProductName"="Windows 10 Pro"
"EditionID"="Professional"
"DisplayVersion"="23H2"
"CurrentBuildNumber"="22631"
"CurrentMajorVersionNumber"=dword:0000000a
"CurrentMinorVersionNumber"=dword:00000000
"UBR"=dword:00000841
"InstallationType"="Client"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\A]
"DisplayName"="Grüße 世界"
"DisplayVersion"="1.2"
"Publisher"="Acme"
"InstallDate"="20261103"

[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\B]
"DisplayName"="Old Program"
"DisplayVersion"="3"

[HKEY_CURRENT_USER\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\C]
"DisplayName"="My Program"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\D]
"DisplayName"="Hidden part"
"SystemComponent"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\E]
"DisplayName"="Security Update for Something (KB4470001)"
"ReleaseType"="Security Update"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB5030001~31bf3856ad364e35~amd64~~10.0.1.3]
"CurrentState"=dword:00000070

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_1_for_KB5030001~31bf3856ad364e35~amd64~~10.0.1.3]
"CurrentState"=dword:00000070

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB5030002~31bf3856ad364e35~amd64~~10.0.1.3]
"CurrentState"=dword:00000000
END
win inventory -o json
expect_exit 0
expect_json '.node.platform | [.family, .version, .arch, .product, .edition]' '["windows","10.0.22631.2113","x86_64","Windows 11 Pro 23H2","Professional"]'
expect_json '[.packages[] | select(.name == "Grüße 世界") | .evr, .arch, .vendor, .installedAt]' '["1.2","x86_64","Acme","2026-11-03T00:00:00Z"]'
expect_json '[.packages[] | select(.name == "Old Program") | .arch]' '["x86"]'
expect_json '[.packages[] | select(.name == "My Program" or .name == "Hidden part") | .name]' '["My Program"]'
expect_json '[.packages[] | select(.name | startswith("KB")) | .name] | sort' '["KB4470001","KB5000001","KB5030001"]'
expect_json '.reboot.required' false
# each known place of a pending boot, one by one
while read -r key value; do
	[ -n "$key" ] || continue
	printf '[HKEY_LOCAL_MACHINE\\%s]\n%s\n' "$(echo "$key" | tr '#' ' ')" "$value" | reg
	win inventory -o json
	expect_json '.reboot.required' true
	if [ -n "$value" ]; then
		printf '[HKEY_LOCAL_MACHINE\\%s]\n%s=-\n' "$(echo "$key" | tr '#' ' ')" "${value%%=*}" | reg
	else
		printf '[-HKEY_LOCAL_MACHINE\\%s]\n' "$(echo "$key" | tr '#' ' ')" | reg
	fi
	win inventory -o json
	expect_json '.reboot.required' false
done <<'END'
SOFTWARE\Microsoft\Windows\CurrentVersion\Component#Based#Servicing\RebootPending
SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto#Update\RebootRequired
SYSTEM\CurrentControlSet\Control\Session#Manager "PendingFileRenameOperations"=hex(7):41,00,00,00,00,00
SYSTEM\CurrentControlSet\Services\Netlogon "JoinDomain"="x"
END
name=$(jq -r .node.name "$T/out")
printf '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ActiveComputerName]\n"ComputerName"="%s"\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"ComputerName"="OTHER"\n' "$name" | reg
win inventory -o json
expect_json '.reboot.reasons' '["the computer was renamed"]'
printf '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"ComputerName"="%s"\n' "$name" | reg

# ---- 4. time zones without a zone database
for zone in Europe/Berlin America/New_York Australia/Lord_Howe Asia/Kathmandu Africa/Casablanca; do
	win schedule next 'cron(30 2 ? * SUN *)' --timezone "$zone" --from 2027-03-01T00:00:00Z --count 60
	"$OAKUM_BUILD/oakum" schedule next 'cron(30 2 ? * SUN *)' --timezone "$zone" --from 2027-03-01T00:00:00Z --count 60 >"$T/linux"
	ok; cmp -s "$T/out" "$T/linux" || fail "$zone differs: $(diff "$T/out" "$T/linux" | head -3)"
done
win schedule next 'cron(30 2 ? * SUN *)' --timezone Europe/Nowhere
expect_refused 2 "Europe/Nowhere"

# ---- 5. foreign names and long paths
long=$C/grün
for i in 1 2 3 4 5 6; do long=$long/$(printf 'folder-%s-%050d' "$i" 0); done
mkdir -p "$long"
cat >"$long/世界.yaml" <<'END'
schema: oakum.baseline/1
name: long
operatingSystem: WINDOWS
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: PATCH_SET, values: [OS]}, {key: PRODUCT, values: ["*"]}]}, approveAfterDays: 0}
END
base=$(windows_path "$long/世界.yaml")
ok; [ ${#base} -gt 300 ] || fail "the path is short"
win baseline check "$base"
expect_exit 0
wine "$exe" --state "$(windows_path "$long/state")" --cache "$(windows_path "$long/cache")" --config "$(windows_path "$C/empty.yaml")" \
	scan --baseline "$base" --at 2026-11-23T12:00:00Z >"$T/out" 2>"$T/err" || fail "a scan with state at a long path: $(head -3 "$T/err")"
ok; [ -n "$(find "$long/state" -name '*.db')" ] || fail "no state at the long path"

# ---- 6. a run with hooks: .cmd by itself, their environment, their order; a failing one stops everything
mkdir -p "$C/hooks"
for hook in pre post exit; do
	printf '@echo off\r\necho %s %%OAKUM_HOOK%% %%OAKUM_KIND%% %%OAKUM_STATUS%%>>C:\\oakum\\hooks\\log.txt\r\n' "$hook" >"$C/hooks/$hook.cmd"
done
cat >"$C/oakum.yaml" <<'END'
hooks: {preInstall: 'C:\oakum\hooks\pre.cmd', postInstall: 'C:\oakum\hooks\post.cmd', onExit: 'C:\oakum\hooks\exit.cmd', timeout: 1m}
END
OAKUM_CONFIG=$C/oakum.yaml
now=2026-11-23T12:00:00Z
agent_script <<END
$(agent_update 5000001 2026-11-01)
END
win patch --baseline "$base" --at $now -o json
expect_exit 0
expect_json '[.status, .actions[0].status]' '["SUCCESS","INSTALLED"]'
run_id=$(jq -r .id "$T/out")
ok; [ "$(tr -d '\r' <"$C/hooks/log.txt" | cut -d' ' -f1,2 | tr '\n' ';')" = "pre pre-install;post post-install;exit on-exit;" ] || fail "hooks: $(cat "$C/hooks/log.txt")"
win run show "$run_id"
expect_exit 0
expect_out_has KB5000001
win history --runs -o json
expect_json '.runs[0].status' '"SUCCESS"'
win history --audit -o json
expect_json '[.entries[]?.event, .audit[]?.event] | map(select(. != null)) | index("patch.begin") != null' true
printf '@exit 3\r\n' >"$C/hooks/pre.cmd"
agent_script <<END
$(agent_update 5000002 2026-11-01)
END
win patch --baseline "$base" --at $now --reboot never
expect_exit 1
expect_not_asked BeginInstall
chmod 666 "$C/hooks/pre.cmd"
win patch --baseline "$base" --at $now --reboot never
expect_exit 5
chmod 644 "$C/hooks/pre.cmd"
mv "$C/hooks/pre.cmd" "$C/hooks/pre.txt"
sed -i 's/pre.cmd/pre.txt/' "$C/oakum.yaml"
win patch --baseline "$base" --at $now --reboot never
expect_exit 2
expect_err_has ".ps1"
OAKUM_CONFIG=$C/empty.yaml

# ---- 7. one run at a time: a hook that begins another one is told who holds the lock
cat >"$C/hooks/inner.cmd" <<END
@echo off
C:\tools\oakum.exe --state C:\oakum\state --cache C:\oakum\cache --config C:\oakum\empty.yaml patch --at $now >C:\oakum\hooks\inner.txt 2>&1
echo %errorlevel%>C:\oakum\hooks\inner.code
exit /b 0
END
printf 'hooks: {preInstall: "C:\\\\oakum\\\\hooks\\\\inner.cmd"}\n' >"$C/inner.yaml"
agent_script <<END
$(agent_update 5000003 2026-11-01)
END
OAKUM_CONFIG=$C/inner.yaml
win patch --baseline "$base" --at $now
expect_exit 0
ok; [ "$(tr -dc 0-9 <"$C/hooks/inner.code")" = 75 ] || fail "the inner run ended with $(cat "$C/hooks/inner.code")"
ok; grep -q "is held by process [0-9]" "$C/hooks/inner.txt" || fail "the inner run says: $(cat "$C/hooks/inner.txt")"

# ---- 7b. killed before and after its change: resume ends it, and never as a success that it is not
kill_at() { # kill_at HOOK KB: a run that is ended by force in that hook
	printf 'hooks: {%s: "C:\\\\oakum\\\\hooks\\\\kill.cmd"}\n' "$1" >"$C/inner.yaml"
	printf '@taskkill /f /im oakum.exe >nul 2>&1\r\n' >"$C/hooks/kill.cmd"
	agent_script <<END
$(agent_update "$2" 2026-11-01)
END
	win patch --baseline "$base" --at $now
	expect_no_out # Wine gives 0 for a process that was ended by force
	OAKUM_CONFIG=$C/empty.yaml
	win resume
	win history --runs -o json
}
kill_at preInstall 5000011
expect_json '.runs[0].status' '"INTERRUPTED"'
expect_not_asked BeginInstall
OAKUM_CONFIG=$C/inner.yaml
kill_at postInstall 5000012
expect_json '.runs[0].status | IN("SUCCESS", "INTERRUPTED")' true
win resume
expect_exit 0
win scan --baseline "$base" --at $now -o json
expect_json '[.patches[] | select(.id == "KB5000012") | .state]' '["INSTALLED"]'

# ---- 8. a plan, applied from a file; changed by hand it is refused
agent_script <<END
$(agent_update 5000004 2026-11-01)
END
win plan --baseline "$base" -o json
expect_exit 0
cp "$T/out" "$C/plan.json"
sed 's/KB5000004/KB5999999/' "$C/plan.json" >"$C/changed.json"
win apply 'C:\oakum\changed.json'
ok; [ "$code" != 0 ] || fail "a changed plan was applied"
win apply 'C:\oakum\plan.json' -o json
expect_exit 0
expect_json .status '"SUCCESS"'

# ---- 9. the program itself needs nothing beside it, and is small
ok; [ "$(stat -c %s "$exe")" -le 16777216 ] || fail "oakum.exe is larger than 16 MB"
ok; [ "$(strings -a "$exe" | grep -c '^\.debug_')" = 0 ] || fail "oakum.exe is not stripped"
finish
