# doctor, history --audit and db: what is wrong is found, named, and decides the exit code.
. "$(dirname "$0")/../lib/assert.sh"
data=$OAKUM_SOURCE/tests/data/cli
doctor() { oakum doctor --inventory "$data/debian.json" --no-network "$@"; }
state_of() { jq -r --arg c "$1" '[.checks[] | select(.check == $c) | .state] | unique | join(",")' "$T/out"; }
expect_state() {
	ok
	[ "$(state_of "$1")" = "$2" ] || fail "check '$1' is $(state_of "$1") instead of $2"
}

doctor --at 2026-11-20T12:00:00Z -o json
expect_exit 0
expect_json .schema '"oakum.doctor/1"'
for check in configuration state database audit host baseline repository clock; do
	expect_state $check OK
done
expect_state reachable SKIPPED
expect_true [ ! -e "$T/state" ]
doctor --at 2026-11-20T12:00:00Z
expect_out_has "predefined for DEBIAN"

# stale, unsigned, failed, no repository
doctor --at 2026-12-20T12:00:00Z -o json
expect_exit 0
expect_state repository WARNING
jq '.repositories[0].trusted = false | .repositories[1].error = "404 Not Found"' "$data/debian.json" >"$T/i.json"
oakum doctor --inventory "$T/i.json" --no-network --at 2026-11-20T12:00:00Z -o json
expect_exit 1
expect_state unsigned WARNING
expect_state repository ERROR,OK
expect_out_has "404 Not Found"
jq '.repositories = []' "$data/debian.json" >"$T/i.json"
oakum doctor --inventory "$T/i.json" --no-network --at 2026-11-20T12:00:00Z -o json
expect_exit 1
expect_out_has "no repository is enabled"

# windows: none, one that opens, one that never does again, one that others may write
expect_out_has "none is configured: patch runs may start at any time"
window='schedule: "cron(0 0 2 ? * SUN *)", timezone: UTC, duration: 2, cutoff: 1, enabled: true'
printf 'windows:\n  nightly: {schema: oakum.window/1, name: nightly, %s}\n' "$window" >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml doctor --at 2026-11-20T12:00:00Z -o json
expect_exit 0
expect_state window OK
expect_out_has '"subject": "nightly"'
sed -i 's/enabled: true/enabled: true, endDate: "2026-01-01T00:00:00Z"/' "$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml doctor --at 2026-11-20T12:00:00Z -o json
expect_state window OK,WARNING
printf 'windows: {nightly: %s}\n' "$T/w.yaml" >"$T/oakum.yaml"
printf 'schema: oakum.window/1\nname: nightly\n' >"$T/w.yaml"
chmod 666 "$T/w.yaml"
OAKUM_CONFIG=$T/oakum.yaml doctor --at 2026-11-20T12:00:00Z -o json
expect_exit 5
expect_state window ERROR

# feeds: fresh and stale
jq -n '{title: "x", catalogVersion: "1", dateReleased: "2026-11-19T00:00:00Z", count: 1, vulnerabilities: [{cveID: "CVE-2026-1001", vendorProject: "v",
	product: "p", vulnerabilityName: "n", dateAdded: "2026-11-19", shortDescription: "s", requiredAction: "r", dueDate: "2026-12-01"}]}' >"$T/kev.json"
oakum feed import "$T/kev.json" --at 2026-11-20T12:00:00Z
expect_exit 0
doctor --at 2026-11-20T12:00:00Z -o json
expect_state feed OK
doctor --at 2026-11-30T12:00:00Z -o json
expect_state feed WARNING
rm -rf "$T/state"

# a clock that is behind, or went back
doctor --at 2026-11-19T12:00:00Z -o json
expect_exit 1
expect_state clock ERROR
expect_out_has "the clock is behind"
doctor --at 2003-01-01T00:00:00Z -o json
expect_out_has "years behind"
oakum scan --inventory "$data/debian.json" --at 2027-01-01T00:00:00Z -q
doctor --at 2026-11-20T12:00:00Z -o json
expect_exit 1
expect_out_has "the clock went back"

# reachable: a port where nothing listens, a name that does not resolve
jq '.repositories = (.repositories[:1] | .[0].uri = "http://127.0.0.1:1/debian")' "$data/debian.json" >"$T/i.json"
run env -u http_proxy "$OAKUM" doctor --state "$T/s2" --inventory "$T/i.json" --at 2026-11-20T12:00:00Z -o json
expect_exit 1
expect_state reachable ERROR
expect_out_has "cannot connect to '127.0.0.1' port 1"

# a broken configuration is a finding, not the end
printf 'quite: true\n' >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml doctor -o json --at 2026-11-20T12:00:00Z
expect_exit 1
expect_state configuration ERROR
expect_out_has "did you mean 'quiet'?"
chmod 666 "$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml doctor -o json --at 2026-11-20T12:00:00Z
expect_exit 5

# a damaged database
rm -f "$T"/state/state.db*
head -c 8192 /dev/urandom >"$T/state/state.db"
doctor --at 2027-01-02T12:00:00Z -o json
expect_exit 1
expect_state database ERROR

# notifications: a program that anybody may write to, what was lost, what waits for nobody
printf '#!/bin/sh\nexit 1\n' >"$T/tell"
chmod 755 "$T" "$T/tell"
printf 'notify: [{name: ops, command: %s}]\n' "$T/tell" >"$T/n.yaml"
chmod 644 "$T/n.yaml"
OAKUM_CONFIG=$T/n.yaml
doctor --at 2027-01-02T12:00:00Z -o json
expect_state notify OK
oakum notify test --at 2027-01-02T12:00:00Z
doctor --at 2027-01-02T12:00:30Z -o json
expect_json '[.checks[] | select(.check == "notify") | [.state, .subject]]' '[["WARNING","ops"]]'
expect_out_has '1 waiting'
for state in FAILED UNKNOWN; do
	sed -i "s/\"state\":\"[A-Z]*\"/\"state\":\"$state\"/" "$T"/state/notify/*.json
	doctor --at 2027-01-02T12:00:30Z -o json
	expect_out_has "1 $state"
	expect_out_has 'notify flush --all'
done
sed -i 's/"state":"[A-Z]*"/"state":"QUEUED"/' "$T"/state/notify/*.json
printf 'notify: [{name: other, command: %s}]\n' "$T/tell" >"$T/n.yaml"
doctor --at 2027-01-02T12:00:30Z -o json
expect_json '[.checks[] | select(.check == "notify") | [.state, .subject]]' '[["OK","other"],["WARNING","ops"]]'
chmod 777 "$T/tell"
doctor --at 2027-01-02T12:00:30Z -o json
expect_exit 5
expect_json '[.checks[] | select(.check == "notify") | .state] | .[0]' '"ERROR"'
rm -rf "$T/state/notify"
OAKUM_CONFIG=$T/empty.yaml

# the audit log: two sound lines, then one is changed
oakum history --audit -o json
expect_json '[.auditSound, (.audit | length)]' '[true,0]'
prev=
: >"$T/state/audit.log"
for seq in 1 2; do
	line="{\"seq\":$seq,\"at\":\"2026-11-20T12:00:0${seq}Z\",\"user\":\"root\",\"event\":\"key.add\",\"subject\":\"k$seq\",\"prev\":\"$prev\""
	hash=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
	printf '%s,"hash":"%s"}\n' "$line" "$hash" >>"$T/state/audit.log"
	prev=$hash
done
oakum history --audit -o json
expect_exit 0
expect_json '[.auditSound, [.audit[].subject]]' '[true,["k2","k1"]]'
oakum history --audit
expect_out_has "key.add"
sed -i 's/"subject":"k1"/"subject":"kX"/' "$T/state/audit.log"
oakum history --audit
expect_exit 5
expect_err_has "the audit log '$T/state/audit.log' was changed: line 1: the line was changed"
finish
