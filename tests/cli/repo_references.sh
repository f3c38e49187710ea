# Baselines, windows, calendars and snapshots out of a trusted repository (repo:NAME/path) and off the web, over HTTP and HTTPS from
# 'repo serve': verified like packages, whoever names them.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
[ -e "$OAKUM_BUILD/serve.so" ] || skip "built without libmicrohttpd"
R=$T/repo
at() { oakum --at 2026-11-24T12:00:00Z "$@"; }
row() { # VERSION ISSUED
	printf '{"name":"lib","arch":"amd64","evr":"%s","origins":["security"],"security":true,"issued":"%s","advisories":[{"id":"DSA-%s","classification":"Security","issued":"%s"}]}' "$1" "$2" "$1" "$2"
}
cat > inventory.json <<END
{"schema":"oakum.inventory/1","node":{"id":"n1","name":"n1","platform":{"family":"debian","id":"debian","version":"12","arch":"amd64"}},
 "collectedAt":"2026-11-24T10:00:00Z","repositories":[{"id":"security","uri":"http://x","enabled":true,"trusted":true,"fetchedAt":"2026-11-24T09:00:00Z","advisories":true}],
 "packages":[{"name":"lib","arch":"amd64","evr":"1.0"}],
 "updates":[$(row 1.1 2026-11-01T00:00:00Z),$(row 1.2 2026-11-23T00:00:00Z)],"reboot":{"required":false,"reasons":[]}}
END
cat > slow.yaml <<-END
	schema: oakum.baseline/1
	name: slow
	operatingSystem: DEBIAN
	approvalRules:
	  patchRules:
	    - {patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ["*"]}]}, approveAfterDays: 10, complianceLevel: HIGH}
END
sed 's/slow/fast/; s/approveAfterDays: 10/approveAfterDays: 0/' slow.yaml > fast.yaml
at snapshot create frozen --inventory inventory.json --baseline "$T/slow.yaml"
expect_exit 0
cp "$T/state/snapshots/frozen.json" frozen.json
rm -r "$T/state/snapshots"
printf '%s\n' '{"name": "nightly", "schedule": "cron(0 15 * * ? *)", "duration": 3, "calendars": ["repo:main/policy/freeze.ics#DEFAULT_OPEN"]}' > window.json
printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261124T150000Z\r\nDTEND:20261125T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' > freeze.ics
oakum repo init "$R" --keys "$T/keys" --expires timestamp=30d --expires snapshot=60d
for file in slow.yaml fast.yaml frozen.json window.json freeze.ics; do
	oakum repo add "$R" --policy $file
	expect_exit 0
done
oakum repo publish "$R"
expect_exit 0
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
started=
serve() { # FOLDER OPTION…: $url
	rm -f "$T/served"
	"$OAKUM" --state "$T/state2" --cache "$T/cache2" --config "$T/none.yaml" repo serve "$@" --listen 127.0.0.1:0 2>"$T/served" &
	started="$started $!"
	trap 'for p in $started; do kill $p 2>/dev/null; done; rm -rf "$T"' EXIT
	until grep -q "serving" "$T/served" 2>/dev/null; do
		kill -0 ${started##* } || { cat "$T/served" >&2; exit 1; }
		sleep 0.05
	done
	url=$(sed -n 's/.* at \(http[^ ]*\)$/\1/p' "$T/served")
}
serve "$R"
plain=$url
serve "$R" --tls-cert cert.pem --tls-key key.pem
tls=$url
oakum repo trust add main --url "$plain" --root "$R/metadata/1.root.json"

# --- each kind, by name -----------------------------------------------------------------------------------------------------
judge() { at scan --inventory inventory.json --no-store -o json "$@"; }
judge --baseline repo:main/policy/slow.yaml
expect_exit 0
expect_json '[.baseline.name, .patches[0].available]' '["slow","1.1"]'
judge --baseline repo:main/policy/fast.yaml
expect_json '[.baseline.name, .patches[0].available]' '["fast","1.2"]'
oakum baseline show repo:main/policy/slow.yaml -o json
expect_exit 0
at why lib --inventory inventory.json --baseline repo:main/policy/slow.yaml -o json
expect_exit 0
at plan --inventory inventory.json --baseline repo:main/policy/fast.yaml --snapshot repo:main/policy/frozen.json -o json
expect_exit 0
expect_json '[.snapshot, [.actions[].to]]' '["frozen",["1.1"]]' # what the snapshot froze, not what the rule approves
at snapshot show repo:main/policy/frozen.json -o json
expect_exit 0
expect_json .name '"frozen"'
at window next repo:main/policy/window.json --from 2026-11-24T12:00:00Z --count 1 -o json
expect_exit 0
expect_json '.windows[0].opensAt' '"2026-11-25T15:00:00Z"' # the calendar closes the first
oakum --at 2026-11-24T16:00:00Z window check repo:main/policy/window.json
expect_exit 75
oakum --at 2026-11-26T16:00:00Z window check repo:main/policy/window.json
expect_exit 0
oakum --at 2026-11-24T16:00:00Z calendar state repo:main/policy/freeze.ics --type DEFAULT_OPEN -o json
expect_exit 0
expect_json .state '"CLOSED"'

# --- the same from the configuration ------------------------------------------------------------------------------------------
cat > configured.yaml <<-END
	baselines: {defaults: {DEBIAN: "repo:main/policy/slow.yaml"}}
	windows: {night: "repo:main/policy/window.json"}
END
chmod 644 configured.yaml
at --config "$T/configured.yaml" window next night --from 2026-11-24T12:00:00Z --count 1 -o json
expect_exit 0
expect_json '.windows[0].opensAt' '"2026-11-25T15:00:00Z"'
oakum --config "$T/configured.yaml" window list -o json
expect_exit 0
expect_json '.windows[0].name' '"nightly"'
judge --config "$T/configured.yaml"
expect_exit 0
expect_json .baseline.name '"slow"'

# --- off the web: TLS vouches, or nobody does -----------------------------------------------------------------------------------
page=targets/policy/$(cd "$R/targets/policy" && echo *.slow.yaml)
echo "network: {caFile: $T/cert.pem}" > ca.yaml
judge --config "$T/ca.yaml" --baseline "$tls/$page"
expect_exit 0
expect_json .baseline.name '"slow"'
expect_true test ! -s "$T/err"
judge --baseline "$tls/$page"
expect_exit 5 # a certificate that nobody vouches for
judge --baseline "$plain/$page"
expect_exit 0
expect_err_has "is not signed"
judge --baseline "$plain/absent.yaml"
expect_exit 1
judge --baseline "http://127.0.0.1:9/b.yaml"
expect_exit 75
judge --no-network --baseline "$tls/$page"
expect_exit 75

# --- somebody changed the files: each is refused, wherever it is named -------------------------------------------------------------
for file in "$R"/targets/policy/*; do # same length, other bytes
	sed 's/approveAfterDays: 10/approveAfterDays: 00/; s/1\.1/1.3/g; s/cron(0 15/cron(0 11/; s/T150000Z/T110000Z/g; s/fast/fist/' "$file" > changed
	expect_true test "$(cmp -s "$file" changed; echo $?)" = 1
	cp changed "$file"
done
refused() { # what was asked for is in the arguments
	rm -rf "$T/cache"
	"$@"
	expect_exit 5
	expect_err_has "its hash is another one"
}
refused judge --baseline repo:main/policy/slow.yaml
refused judge --config "$T/configured.yaml"
refused at plan --inventory inventory.json --baseline "$T/fast.yaml" --snapshot repo:main/policy/frozen.json
refused at window next repo:main/policy/window.json
refused at window check repo:main/policy/window.json
refused at --config "$T/configured.yaml" window next night
refused at calendar state repo:main/policy/freeze.ics --type DEFAULT_OPEN
expect_true test -z "$(find "$T/cache/cas" -type f ! -name .lock)"

# --- and what names nothing ---------------------------------------------------------------------------------------------------
for bad in repo:main repo:main/ repo:/x repo:; do
	judge --baseline $bad
	expect_exit 2
done
judge --baseline repo:other/policy/slow.yaml
expect_refused 2 "repository 'other' is not trusted here"
judge --baseline repo:main/policy/absent.yaml
expect_refused 1 "no trusted role has a target 'policy/absent.yaml'"
finish
