# scan and inventory of a recorded inventory: formats, exit codes, what is stored, and every kind of bad input.
. "$(dirname "$0")/../lib/assert.sh"
data=$OAKUM_SOURCE/tests/data/cli
now=2026-11-20T12:00:00Z
recorded() { oakum scan --inventory "$data/debian.json" --at $now "$@"; }

# --- what a person reads -------------------------------------------------------------------------------------------
recorded --no-store
expect_exit 0
expect_no_err
expect_out_has "NOT COMPLIANT  web01 (debian 12), worst level CRITICAL"
expect_out_has "baseline: oakum-debian-default (predefined for DEBIAN)"
expect_out_has "metadata: 2h30m old, 2 repositories"
expect_true grep -qx "missing 2" "$T/out"
# worst first
expect_true sh -c "grep MISSING '$T/out' | head -n 1 | grep -q openssl"
expect_out_lacks "$(printf '\033')"
expect_true [ ! -e "$T/state" ]
recorded --no-store --color always
expect_out_has "$(printf '\033[1;31mNOT COMPLIANT')"
# nothing missing is said too
cat >"$T/none.yaml" <<'END'
schema: oakum.baseline/1
name: none
operatingSystem: DEBIAN
END
recorded --no-store --baseline "$T/none.yaml"
expect_true grep -qx "missing 0" "$T/out"
expect_out_has "compliant  web01"

# --- documents -----------------------------------------------------------------------------------------------------
recorded --no-store -o json
expect_json .schema '"oakum.verdict/1"'
expect_json .summary.missing 2
expect_json .summary.status '"NON_COMPLIANT"'
expect_json '[.patches[] | select(.state == "MISSING") | .id]' '["curl.amd64","openssl.amd64"]'
expect_json '.repositories[0].uri' '"http://***@deb.example.org/debian"'
cp "$T/out" "$T/verdict.json"
recorded --no-store -o json
expect_same "$T/out" "$T/verdict.json"
recorded --no-store -o yaml
expect_out_has "schema: oakum.verdict/1"
recorded --no-store -o csv
expect_out_has "openssl.amd64,openssl,amd64,3.0.14-1~deb12u1,3.0.15-1~deb12u1,MISSING,"
expect_true [ "$(wc -l <"$T/out")" = 5 ]
# standard input
run sh -c "'$OAKUM' scan --state '$T/state' --no-store --inventory - -o json --at $now <'$data/debian.json'"
expect_json .summary.missing 2

# --- exit codes ----------------------------------------------------------------------------------------------------
recorded --no-store --exit-code
expect_exit 3
recorded --no-store --exit-code --baseline "$T/none.yaml"
expect_exit 0
oakum scan --inventory "$data/debian.json" --no-store --exit-code --baseline "$T/none.yaml" --at 2027-01-01T00:00:00Z
expect_exit 3
expect_out_has "UNKNOWN  web01"
expect_err_has "metadata-old main"
oakum scan --inventory "$data/debian.json" --no-store -o json --at 2027-01-01T00:00:00Z
expect_exit 0
jq '.repositories[1].error = "Connection refused"' "$data/debian.json" >"$T/partly.json"
oakum scan --inventory "$T/partly.json" --no-store --at $now
expect_exit 4
oakum scan --inventory "$T/partly.json" --no-store --exit-code --at $now
expect_exit 4
# a bad signature is 5 only when no repository is left
bad='{kind: "repository-untrusted", subject: "security", detail: "its signature does not verify"}'
jq ".problems = [$bad]" "$T/partly.json" >"$T/untrusted.json"
oakum scan --inventory "$T/untrusted.json" --no-store --at $now
expect_exit 4
expect_err_has "repository-untrusted security: its signature does not verify"
jq '.repositories[0].error = "gone"' "$T/untrusted.json" >"$T/none-left.json"
oakum scan --inventory "$T/none-left.json" --no-store --exit-code --at $now
expect_exit 5
jq '.problems = []' "$T/none-left.json" >"$T/all-failed.json"
oakum scan --inventory "$T/all-failed.json" --no-store --exit-code --at $now
expect_exit 4
jq 'del(.repositories[].fetchedAt, .metadataAt)' "$data/debian.json" | jq '.updates = [] | .metadataAt = null' >"$T/nothing.json"
oakum scan --inventory "$T/nothing.json" --no-store --exit-code --at $now
expect_exit 3
expect_out_has "UNKNOWN  web01"
expect_out_has "metadata: none"
oakum scan --inventory "$T/nothing.json" --no-store --at $now
expect_exit 0

# --- the store -----------------------------------------------------------------------------------------------------
recorded
expect_exit 0
recorded
oakum history --scans -o json
expect_json '[.scans[] | [.id, .missing, .changed]]' '[[2,2,false],[1,2,true]]'
expect_json '.scans[0].baseline' '"oakum-debian-default"'
oakum history
expect_out_has "NON_COMPLIANT"
oakum db check
expect_exit 0
expect_out "$T/state/state.db is sound"
oakum db vacuum -o json
expect_json .schema '"oakum.dbVacuum/1"'
expect_true [ "$(stat -c %a "$T/state/state.db")" = 600 ]
# two at once
(for i in 1 2 3 4 5; do "$OAKUM" scan --state "$T/two" --inventory "$data/debian.json" --at $now -q || echo bad; done) >"$T/a" 2>&1 &
first=$!
(for i in 1 2 3 4 5; do "$OAKUM" scan --state "$T/two" --inventory "$data/debian.json" --at $now -q || echo bad; done) >"$T/b" 2>&1
wait $first
expect_true sh -c "! grep -q bad '$T/a' '$T/b'"
run "$OAKUM" history --scans --state "$T/two" -o json
expect_json '.scans | length' 10
# as an ordinary user: state in XDG
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 711 "$T"
	mkdir -p "$T/user"
	chown 65534:65534 "$T/user"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/user" XDG_STATE_HOME="$T/user/state" \
		XDG_CONFIG_HOME="$T/user/config" "$OAKUM" scan --inventory "$data/debian.json" --at $now
	expect_exit 0
	expect_true [ -f "$T/user/state/oakum/state.db" ]
	# what may not be entered is said so: a closed root is no empty one, a folder that may not be made is not absent
	mkdir -m 700 "$T/closed" "$T/closed/etc"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/user" XDG_CACHE_HOME="$T/user/cache" XDG_CONFIG_HOME="$T/user/config" \
		"$OAKUM" scan --no-store --root "$T/closed"
	expect_refused 1 "cannot examine '$T/closed': Permission denied"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/user" XDG_CONFIG_HOME="$T/user/config" "$OAKUM" scan --state "$T/closed/s" \
		--cache "$T/closed/c" --inventory "$data/debian.json" --at $now
	expect_refused 1 "Permission denied"
fi

# --- a damaged database is kept, named, and not silently replaced -------------------------------------------------
mkdir "$T/bad"
head -c 20000 /dev/urandom >"$T/bad/state.db"
cp "$T/bad/state.db" "$T/before"
run "$OAKUM" scan --state "$T/bad" --inventory "$data/debian.json" --at $now
expect_refused 1 "state.db.corrupt-"
expect_same "$(ls "$T"/bad/state.db.corrupt-*)" "$T/before"
run "$OAKUM" scan --state "$T/bad" --inventory "$data/debian.json" --at $now
expect_exit 0
expect_same "$(ls "$T"/bad/state.db.corrupt-*)" "$T/before"

# --- which baseline ------------------------------------------------------------------------------------------------
recorded --no-store --baseline oakum-debian-strict
expect_out_has "baseline: oakum-debian-strict (given on the command line)"
recorded --no-store --baseline oakum-debian-strikt
expect_refused 2 "there is no baseline 'oakum-debian-strikt' (did you mean 'oakum-debian-strict'?)"
printf 'baselines: {defaults: {DEBIAN: oakum-debian-strict}}\n' >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml recorded --no-store
expect_out_has "baseline: oakum-debian-strict (configured default of DEBIAN)"
jq '.node.tags["Patch Group"] = "prod"' "$data/debian.json" >"$T/prod.json"
oakum scan --inventory "$T/prod.json" --no-store --at $now
expect_exit 0
expect_err_has "no baseline is configured for patch group 'prod'"
expect_out_has "predefined for DEBIAN"
printf 'baselines: {groups: {prod: oakum-debian-strict}}\n' >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml oakum scan --inventory "$T/prod.json" --no-store --at $now
expect_out_has "baseline: oakum-debian-strict (patch group 'prod')"
expect_no_err
printf 'scan: {baseline: oakum-debian-strict, exitCode: true}\n' >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml recorded --no-store
expect_exit 3
expect_out_has "oakum-debian-strict"
# AWS's BaselineOverride: exactly one element for the system
jq -n '[{OperatingSystem: "DEBIAN", ApprovalRules: {PatchRules: []}}, {OperatingSystem: "WINDOWS", ApprovalRules: {PatchRules: []}}]' >"$T/override.json"
recorded --no-store --baseline-override "$T/override.json"
expect_exit 0
expect_true grep -qx "missing 0" "$T/out"
jq '.[:1] + .[:1]' "$T/override.json" >"$T/two.json"
recorded --no-store --baseline-override "$T/two.json"
expect_refused 2 "has 2 baselines for DEBIAN (one is allowed)"
jq '.[1:]' "$T/override.json" >"$T/zero.json"
recorded --no-store --baseline-override "$T/zero.json"
expect_refused 2 "has no baseline for DEBIAN"
jq '.[0]' "$T/override.json" >"$T/object.json"
recorded --no-store --baseline-override "$T/object.json"
expect_refused 2 "must be an array of baselines"

# --- bad input: named, exit 2, nothing on standard output ----------------------------------------------------------
bad() {
	recorded --no-store --baseline "$1"
	expect_refused 2 "$2"
}
bad "$T/nowhere.yaml" "cannot open '$T/nowhere.yaml': No such file or directory"
mkdir "$T/folder.yaml"
bad "$T/folder.yaml" "'$T/folder.yaml' is a directory"
: >"$T/empty-baseline.json"
bad "$T/empty-baseline.json" "$T/empty-baseline.json"
printf 'schema: oakum.baseline/1\nname: x\noperatingSystem: DEBIAN\napprovalRulez: []\n' >"$T/typo.yaml"
bad "$T/typo.yaml" "approvalRulez"
jq -n '{OperatingSystem: "DEBIAN", Name: "many", ApprovalRules: {PatchRules: [range(11) | {PatchFilterGroup: {PatchFilters: [{Key: "PRIORITY", Values: ["*"]}]}, ApproveAfterDays: 7}]}}' >"$T/eleven.json"
bad "$T/eleven.json" "10"
sed 's/"ApproveAfterDays": 7/"ApproveAfterDays": "seven"/' "$T/eleven.json" | jq '.ApprovalRules.PatchRules |= .[:1]' >"$T/seven.json"
bad "$T/seven.json" "ApproveAfterDays"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >"$T/deep.json"
bad "$T/deep.json" "$T/deep.json"
printf '{"schema": "oakum.baseline/1", "name": "\377"}' >"$T/utf8.json"
bad "$T/utf8.json" "$T/utf8.json"
truncate -s 200M "$T/huge.json"
bad "$T/huge.json" "larger than 16777216 bytes"
for input in empty-baseline.json folder.yaml deep.json utf8.json nowhere.yaml; do
	oakum scan --no-store --inventory "$T/$input"
	expect_refused 2 "$input"
done
jq '.packages[0].nmae = "x"' "$data/debian.json" >"$T/inventory-typo.json"
oakum scan --no-store --inventory "$T/inventory-typo.json"
expect_refused 2 "nmae"
oakum scan extra
expect_refused 2 "unexpected argument 'extra'"
oakum scan --root "$T/nowhere"
expect_refused 2 "$T/nowhere"
mkdir -p "$T/noroot"
oakum scan --root "$T/noroot"
expect_exit 1
expect_no_out
expect_err_has "$T/noroot"

# --- full disk -----------------------------------------------------------------------------------------------------
code=0
"$OAKUM" scan --no-store --inventory "$data/debian.json" --at $now >/dev/full 2>"$T/err" || code=$?
ran="scan >/dev/full"
: >"$T/out"
expect_refused 1 "cannot write to standard output: No space left on device"

# --- inventory -----------------------------------------------------------------------------------------------------
oakum inventory --inventory "$data/debian.json" -o json
expect_exit 0
expect_json .schema '"oakum.inventory/1"'
expect_json '.packages | length' 4
cp "$T/out" "$T/again.json"
oakum scan --no-store --inventory "$T/again.json" --at $now -o json
expect_same "$T/out" "$T/verdict.json"
oakum inventory --inventory "$data/debian.json"
expect_out_has "packages 4, updates 3"
expect_out_has "tzdata   all"
oakum inventory --inventory "$data/debian.json" -o csv
expect_out_has "curl,amd64,7.88.1-10+deb12u7,7.88.1-10+deb12u8,curl,"
finish
