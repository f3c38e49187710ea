# The scripted update agent under Wine. Usage, after wine.sh: agent_start; then agent_script <<END … END before each group of commands,
# and win COMMAND… instead of oakum. $T/agent.log is what the agent was asked since; its state lasts until the next agent_script.

agent_start() {
	agent_dll=$OAKUM_BUILD/tests/wua_agent.dll
	need_file "$agent_dll" "$agent_dll (needs mingw-w64)"
	wine_start
	for class in 4cb43d7f-7eee-4906-8698-60da1c38f2fe f8d253d9-89a4-4daa-87b6-1168369f0b21 13639463-00db-4646-803d-528026140d88 \
		c01b9ba0-bea7-41ba-b604-d0a36f469133 bfe18e9c-6d87-4450-b37c-e02f0b373803; do
		printf '[HKEY_CLASSES_ROOT\\CLSID\\{%s}\\InprocServer32]\n@="%s"\n"ThreadingModel"="Both"\n\n' "$class" \
			"$(windows_path "$agent_dll" | sed 's/\\/\\\\/g')"
	done | { printf 'REGEDIT4\n\n'; cat; } >"$T/classes.reg"
	wine regedit /S "$(windows_path "$T/classes.reg")" >"$T/regedit.log" 2>&1 || fail "cannot register the agent"
	OAKUM_TEST_AGENT=$(windows_path "$T/agent")
	export OAKUM_TEST_AGENT
	C=$WINEPREFIX/drive_c/oakum # on a drive of its own, not below a folder that everybody may write to
	mkdir "$C"
	: >"$C/empty.yaml"
}

windows_path() {
	case $1 in
	"$WINEPREFIX"/drive_c/*) printf 'C:%s' "${1#"$WINEPREFIX"/drive_c}" ;;
	*) printf 'Z:%s' "$1" ;;
	esac | tr / '\\'
}

# The script from standard input; forgets the state and the log of the one before.
agent_script() {
	cat >"$T/agent"
	rm -f "$T/agent.log" "$T/agent.state"
}

agent_update() { # KB DATE KEY=VALUE…: one [update] of a script on standard output
	printf '[update]\nid = 11111111-0000-4000-8000-00000%s\nkb = %s\nrevision = 1\ntitle = %s update KB%s\nseverity = Critical\n' "$1" "$1" "$2" "$1"
	printf 'classification = 0fa1201d-4330-4fa8-8ae9-b877473b6441\nproduct = Windows Server 2022\nfamily = Windows\ndate = %sT18:00\nsize = 1000000\ncve = CVE-2026-%s\n' "$2" "$1"
	shift 2
	for pair in "$@"; do printf '%s = %s\n' "${pair%%=*}" "${pair#*=}"; done
}

# The unmodified oakum.exe, with state and cache in $C.
win() {
	ran="oakum.exe $*"
	code=0
	wine "$exe" --state "$(windows_path "$C/state")" --cache "$(windows_path "$C/cache")" \
		--config "$(windows_path "${OAKUM_CONFIG:-$C/empty.yaml}")" "$@" >"$T/out.raw" 2>"$T/err.raw" </dev/null || code=$?
	tr -d '\r' <"$T/out.raw" >"$T/out"
	tr -d '\r' <"$T/err.raw" >"$T/err"
}

# What the agent was asked, and that it was asked nothing wrong and everything was given back.
expect_asked() { ok; grep -qF -e "$1" "$T/agent.log" || fail "the agent was not asked '$1'"; }
expect_not_asked() { ok; ! grep -qF -e "$1" "$T/agent.log" || fail "the agent was asked '$1'"; }
expect_clean_agent() {
	ok
	! grep -q ERROR "$T/agent.log" || fail "the agent complains: $(grep ERROR "$T/agent.log" | head -3)"
	! grep '^end,' "$T/agent.log" | grep -qv '^end, 0 objects' || fail "objects of the agent were not released: $(grep '^end,' "$T/agent.log" | tail -1)"
}
