# SPDX-License-Identifier: GPL-3.0-or-later
# Plans and snapshots of a recorded inventory, and what is refused before anything begins.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"

inventory() { # openssl's offered version, FILE
	cat >"$2" <<EOF
{"schema": "oakum.inventory/1", "node": {"id": "n-1", "name": "web01", "tags": {}, "platform": {"family": "debian", "id": "debian", "version": "12", "arch": "amd64"}},
 "collectedAt": "2026-11-23T11:00:00Z", "metadataAt": "2026-11-23T10:00:00Z", "problems": [],
 "repositories": [{"id": "sec", "uri": "http://deb.example/security", "suite": "bookworm-security", "label": "Debian-Security", "trusted": true, "enabled": true, "advisories": true, "fetchedAt": "2026-11-23T10:00:00Z", "releaseDate": "2026-11-20T10:00:00Z"}],
 "packages": [{"name": "openssl", "arch": "amd64", "evr": "3.0-1"}, {"name": "curl", "arch": "amd64", "evr": "7.1-1"}, {"name": "zlib1g", "arch": "amd64", "evr": "1:1.2-1", "hold": true}],
 "updates": [{"name": "openssl", "arch": "amd64", "evr": "$1", "origins": ["sec"], "security": true, "size": 1000, "built": "2026-10-01T00:00:00Z"},
             {"name": "curl", "arch": "amd64", "evr": "7.1-2", "origins": ["sec"], "security": true, "size": 2000, "built": "2026-10-01T00:00:00Z"},
             {"name": "zlib1g", "arch": "amd64", "evr": "1:1.2-2", "origins": ["sec"], "security": true, "size": 300, "built": "2026-10-01T00:00:00Z"},
             {"name": "absent", "arch": "amd64", "evr": "9-1", "origins": ["sec"], "security": true, "size": 10, "built": "2026-10-01T00:00:00Z"}],
 "reboot": {"required": false, "reasons": []}}
EOF
}
inventory 3.0-2 "$T/now.json"
inventory 3.0-3 "$T/later.json"
cat >"$T/b.yaml" <<'EOF'
schema: oakum.baseline/1
name: all
operatingSystem: DEBIAN
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ["*"]}]}, approveAfterDays: 0, enableNonSecurity: true, complianceLevel: HIGH}
EOF
at() { oakum --at 2026-11-23T12:00:00Z "$@"; }

at plan --inventory "$T/now.json" --baseline "$T/b.yaml" -o json
expect_exit 0
expect_json .schema '"oakum.plan/1"'
expect_json '[.actions[] | [.patch, .kind, .from, .to, .batch]]' '[["curl.amd64","UPGRADE","7.1-1","7.1-2",1],["openssl.amd64","UPGRADE","3.0-1","3.0-2",1]]'
expect_json '[.refused[] | [.patch, .reason]]' '[["zlib1g.amd64","HELD"]]'
expect_json .downloadBytes 3000
digest=$(jq -r .digest "$T/out")
# the digest is what the format says it is
canonical=$(jq -cj '{actions: [.actions[] | {from, kind, patch, to}], baseline: .baseline.digest, node: .node.id, refused: [.refused[] | {patch, reason}], snapshot: (.snapshot // null)}' "$T/out" | sha256sum | cut -d' ' -f1)
ok; [ "$digest" = "$canonical" ] || fail "the digest is $digest, the canonical form gives $canonical"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" -o json
expect_json .digest "\"$digest\""
at plan --inventory "$T/now.json" --baseline "$T/b.yaml"
expect_out_has '2 actions in 1 batch'
expect_out_has HELD
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --batches smallest -o json
expect_json '[.actions[].batch]' '[1,2]'

# override list
printf 'patches:\n- id: open*\n  title: "3.0-2"\n- {id: zlib1g, classification: x}\n' >"$T/list.yaml"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --override-list "$T/list.yaml" -o json
expect_exit 0
expect_json '[.actions[].patch]' '["openssl.amd64"]'
expect_json '[.refused[].patch]' '["zlib1g.amd64"]'
printf 'patches:\n- {id: openssl, title: 9.9}\n' >"$T/list.yaml"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --override-list "$T/list.yaml"
expect_refused 2 'title'

# an entry that fits nothing is told: it may be a slip of the pen
printf 'patches:\n- id: nopenssl\n- {id: openssl, title: "9.9"}\n- {id: curl, title: "7.1-1"}\n' >"$T/list.yaml"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --override-list "$T/list.yaml" -o json
expect_exit 0
expect_json .actions '[]'
expect_err_has 'override-unmatched nopenssl'
expect_err_has "override-unmatched openssl: the override list wants '9.9'"
expect_err_lacks 'override-unmatched curl'

# a plan for a window: what is left of it, or the whole of the next opening; timed batches are small only where that is too short
window() { printf 'schema: oakum.window/1\nname: %s\nschedule: cron(0 3 * * ? *)\ntimezone: UTC\nduration: %s\ncutoff: 0\n' "$1" "$2" >"$T/$1.yaml"; }
window long 2
window brief 0.001
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/long.yaml" -o json
expect_exit 0
expect_json '[.window, [.actions[].batch]]' '["long",[1,1]]'
expect_err_has "window 'long' is closed; it opens 2026-11-24T03:00:00Z"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/brief.yaml" -o json
expect_json '[.window, [.actions[].batch]]' '["brief",[1,2]]'
oakum --at 2026-11-24T04:59:59Z plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/long.yaml" -o json
expect_json '[.window, [.actions[].batch]]' '["long",[1,2]]'
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/absent.yaml"
expect_refused 2 absent.yaml
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window nightly
expect_refused 2 "there is no window 'nightly'"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/b.yaml"
expect_refused 2 oakum.window/1
echo 'calendars: ["http://127.0.0.1:1/c.ics"]' >>"$T/long.yaml"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --window "$T/long.yaml" -o json
expect_exit 0
expect_json '.actions | length' 2
expect_err_has 'whether a window is open is not known'

# snapshots: frozen, promoted, used later
at snapshot create 2026-11 --inventory "$T/now.json" --baseline "$T/b.yaml" -o json
expect_exit 0
expect_json '[.approved[] | [.name, .evr]]' '[["absent","9-1"],["curl","7.1-2"],["openssl","3.0-2"],["zlib1g","1:1.2-2"]]'
expect_json '[.repositories[] | [.id, .offered]]' '[["sec",4]]'
at snapshot create 2026-11 --inventory "$T/now.json" --baseline "$T/b.yaml"
expect_refused 1 'never change'
at snapshot create ../evil --inventory "$T/now.json" --baseline "$T/b.yaml"
expect_refused 2 'no name'
at snapshot promote 2026-11 prod
expect_exit 0
at snapshot promote 2026-11 'no good'
expect_refused 2 ring
at snapshot list -o json
expect_json '[.snapshots[] | [.name, .approved, .rings]]' '[["2026-11",4,["prod"]]]'
at snapshot show prod -o json
expect_json .name '"2026-11"'
# a ring goes back as it goes forward, also within one second
at snapshot create a-later --inventory "$T/later.json" --baseline "$T/b.yaml"
expect_exit 0
for name in a-later 2026-11 a-later 2026-11; do
	at snapshot promote $name dev
	at snapshot show dev -o json
	expect_json .name "\"$name\""
done
at snapshot promote a-later dev --dry-run
expect_err_has "would be what ring 'dev' gets"
at snapshot list -o json
expect_json '[.snapshots[] | [.name, .rings]]' '[["2026-11",["prod","dev"]],["a-later",[]]]'
at snapshot show nothing
expect_refused 2 nothing
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --snapshot prod -o json
expect_json '[.snapshot, [.actions[].to]]' '["2026-11",["7.1-2","3.0-2"]]'
# a version that nobody offers any more is refused; a newer one outside the snapshot does not count
at plan --inventory "$T/later.json" --baseline "$T/b.yaml" --snapshot prod -o json
expect_exit 0
expect_json '[.actions[].patch]' '["curl.amd64"]'
expect_json '[.refused[] | [.patch, .reason]] | sort' '[["openssl.amd64","NO_LONGER_OFFERED"],["zlib1g.amd64","HELD"]]'
sed -i 's/"3.0-2"/"6.6-6"/' "$T/state/snapshots/2026-11.json"
at plan --inventory "$T/now.json" --baseline "$T/b.yaml" --snapshot prod
expect_refused 5 digest

# refused before anything begins
oakum patch --inventory "$T/now.json"
expect_refused 2 recorded
oakum patch pause --until 2999-01-01T00:00:00Z
expect_refused 2 reason
oakum patch pause --until yesterday --reason x
expect_refused 2 until
oakum run show 20260101-000000-0000
expect_refused 2 'no run'
oakum rollback ../../etc
expect_exit 2
oakum apply -
expect_refused 2 file
oakum apply "$T/absent.json"
expect_refused 2 absent
echo '{"schema": "oakum.plan/1"' >"$T/cut.json"
oakum apply "$T/cut.json"
expect_refused 2 cut.json
echo '{"schema": "oakum.plan/1", "hooks": ["/bin/sh"]}' >"$T/odd.json"
oakum apply "$T/odd.json"
expect_refused 2 hooks
oakum resume
expect_exit 0
finish
