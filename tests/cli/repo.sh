# Repositories: made, filled, published, verified, trusted, read; what is refused; old or new for a reader.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/repo.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo

package web 1.0.0 one

# --- init: keys are private, the first state is whole -----------------------------------------------------------------
oakum repo init "$R"
expect_refused 2 "'repo init' needs '--keys DIR'"
oakum repo init "$R" --keys "$T/keys" --root-keys 3 --root-threshold 4
expect_refused 2 "root needs 1 to 32 keys"
oakum repo init "$R" --keys "$T/keys" --root-keys 0
expect_refused 2 "root needs 1 to 32 keys"
oakum repo init "$R" --keys "$T/keys" --root-threshold 0
expect_refused 2 "root needs 1 to 32 keys"
oakum repo init "$R" --keys "$T/keys" --expires timestmap=2d
expect_refused 2 "'--expires' cannot be 'timestmap=2d'"
oakum repo init "$R" --keys "$T/keys" --root-keys 3 --root-threshold 2 --expires timestamp=2d
expect_exit 0
expect_no_out
for key in root-1 root-2 root-3 targets snapshot timestamp policy packages-main; do
	expect_true test "$(stat -c %a "$T/keys/$key.pem")" = 600
done
oakum repo init "$R" --keys "$T/keys2"
expect_refused 1 "is a repository already"
oakum repo verify "$R" -o json
expect_exit 0
expect_json .root 1
expect_json .files 0
jq -e '.signed.roles.root.threshold == 2 and (.signatures | length) == 3' "$R/metadata/1.root.json" >/dev/null
expect_true test $? -eq 0
oakum repo verify "$T/keys"
expect_refused 2 "is no repository"

# --- add, publish -----------------------------------------------------------------------------------------------------
oakum repo add "$R" web
expect_exit 0
oakum repo verify "$R" -o json
expect_json .files 0 # nothing is visible yet
oakum repo publish "$R"
expect_exit 0
oakum repo verify "$R" -o json
expect_json .files 2
oakum repo add "$R" web
expect_exit 0
oakum repo publish "$R"
expect_exit 0
oakum repo verify "$R" -o json
expect_json .snapshot 2 # the same again is no change
package web 1.0.0 two
oakum repo add "$R" web
expect_refused 1 "was published before with other bytes"
package web 2.0.0 two
oakum repo add "$R" web
oakum repo publish "$R" --key "$T/keys/timestamp.pem"
expect_refused 5 "cannot sign 'packages-main': it needs 1 of its keys, 0 were given"
oakum repo verify "$R" -o json
expect_json .files 2
oakum repo publish "$R" --key "$T/keys/packages-main.pem" --key "$T/keys/snapshot.pem" --key "$T/keys/timestamp.pem"
expect_exit 0
oakum repo verify "$R" -o json
expect_json .files 4
echo 'name: nightly' > nightly.yaml
oakum repo add "$R" --policy nightly.yaml
expect_exit 0
oakum repo publish "$R"
echo 'name: nightly2' > nightly.yaml
oakum repo add "$R" --policy nightly.yaml # a policy may change
expect_exit 0
oakum repo publish "$R"
oakum repo verify "$R" -o json
expect_json .files 5

# --- P2 (and P1 above: the same version with other bytes): what a manifest says must be true -----------------------------------------------------------------------------
package odd 1.0.0 three
cp odd/manifest.json whole.json
oddly() { # JQ-FILTER CODE MESSAGE
	jq -c "$1" whole.json > odd/manifest.json
	oakum repo add "$R" odd
	expect_refused "$2" "$3"
}
oddly '.files["web.zip"].checksums = {}' 2 "gives no sha256 of 'web.zip'"
oddly '.files["web.zip"].checksums = {"sha256": ""}' 2 "gives no sha256"
oddly '.files["web.zip"].checksums = {"md5": "d41d8cd98f00b204e9800998ecf8427e"}' 2 "gives no sha256"
oddly '.files["web.zip"].checksums.sha256 |= sub("^."; "g")' 5 "is not the file that its manifest lists"
oddly '.files["web.zip"].size = 5' 5 "is not the file that its manifest lists"
oddly '.files["../web.zip"] = .files["web.zip"]' 2 "../web.zip"
oddly 'del(.version)' 2 "no version or no files"
oddly '.version = "../1"' 2 "cannot be a target's path"
rm odd/web.zip
oddly . 2 "web.zip"

# --- trust, get -------------------------------------------------------------------------------------------------------
oakum repo get repo:main/policy/nightly.yaml
expect_refused 2 "repository 'main' is not trusted here"
oakum repo trust add main --url "file://$R"
expect_refused 2 "needs '--url URL' and '--root 1.root.json'"
oakum repo trust add main --url "file://$R" --root "$T/absent.json"
expect_refused 2 "absent.json"
oakum repo trust add odd --url ftp://host/repo --root "$R/metadata/1.root.json"
expect_refused 2 "'--url' cannot be 'ftp://host/repo'"
oakum repo trust add odd --url no-such-folder --root "$R/metadata/1.root.json"
expect_refused 2 "'--url' cannot be 'no-such-folder'"
oakum repo trust add near --url repo --root "$R/metadata/1.root.json" # a folder is kept by its full path
expect_exit 0
(cd / && exec "$OAKUM" --state "$T/state" repo get repo:near/policy/absent) >"$T/out" 2>"$T/err"
ok; grep -q "malformed" "$T/err" && fail "a relative folder was kept: $(cat "$T/err")"
oakum repo trust remove near --dry-run
expect_exit 0
oakum repo trust list
expect_out_has near
oakum repo trust remove near
expect_exit 0
ok; [ -z "$(find "$T/state" -name '*near*')" ] || fail "of what is trusted no more there is still: $(find "$T/state" -name '*near*')"
oakum repo get repo:near/policy/nightly.yaml
expect_refused 2 "repository 'near' is not trusted here"
oakum repo trust remove near
expect_refused 2 "repository 'near' is not trusted here"
oakum repo trust remove ../main
expect_refused 2 'is not trusted here'
oakum history --audit -o json
expect_json '[.audit[] | select(.event == "repo.untrust") | .subject]' '["near"]'
oakum repo trust add main --url "$T/nowhere" --url "file://$R" --root "$R/metadata/1.root.json"
expect_exit 0
oakum repo trust list -o json
expect_json .repositories '["main"]'
expect_json '[.trusted[] | del(.root)]' "[{\"name\":\"main\",\"kind\":\"packages\",\"urls\":[\"$T/nowhere\",\"file://$R\"]}]"
expect_json .trusted[0].root "$(jq -c '.signed | {version, threshold: .roles.root.threshold, keyids: .roles.root.keyids}' "$R/metadata/1.root.json")"
oakum repo trust list
expect_out_has "$(jq -r '.signed.roles.root.keyids[0][:16]' "$R/metadata/1.root.json")"
oakum repo get repo:main/policy/nightly.yaml --to got.yaml
expect_exit 0
expect_same got.yaml nightly.yaml
oakum repo get repo:main/pkg/web/2.0.0/web.zip --to got.zip
expect_same got.zip web/web.zip
oakum repo get repo:main/pkg/web/3.0.0/web.zip
expect_refused 1 "no trusted role has a target 'pkg/web/3.0.0/web.zip'"
oakum repo get repo:main/policy/nightly.yaml --at 2040-01-01T00:00:00Z
expect_refused 5 "expired"

# M9: a clock that was set back
echo 2030-01-01T00:00:00Z > "$T/state/tuf/main/.clock"
oakum repo get repo:main/policy/nightly.yaml
expect_refused 5 "but repository 'main' was refreshed at 2030-01-01T00:00:00Z"
oakum repo get repo:main/policy/nightly.yaml --at "$(date -u +%FT%TZ)"
expect_exit 0
rm "$T/state/tuf/main/.clock"
oakum repo get repo:main/policy/nightly.yaml
expect_exit 0
expect_true test "$(cut -c1-4 "$T/state/tuf/main/.clock")" = "$(date -u +%Y)"

# what the configuration may name
printf '%s\n' '{"name": "nightly", "schedule": "cron(0 15 * * ? *)", "duration": 3, "calendars": ["repo:main/policy/freeze.ics#DEFAULT_OPEN"]}' > window.json
printf 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20400101T000000Z\nDURATION:P1D\nEND:VEVENT\nEND:VCALENDAR\n' > freeze.ics
oakum repo add "$R" --policy window.json
oakum repo add "$R" --policy freeze.ics
oakum repo publish "$R"
expect_exit 0
oakum window next repo:main/policy/window.json --from 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json '.windows[0].opensAt' '"2026-11-23T15:00:00Z"'
oakum window next repo:main/policy/absent.json
expect_refused 1 "no trusted role has a target 'policy/absent.json'"

# --- a mirror that lies -----------------------------------------------------------------------------------------------
cp -a "$R" lies
for file in lies/targets/pkg/web/2.0.0/*.web.zip; do printf 'TWO\n' > "$file"; done
oakum repo verify lies
expect_refused 5 "1 of 7 targets are wrong"
rm -rf "$T/cache"
oakum repo trust add liar --url "file://$T/lies" --root "$R/metadata/1.root.json"
oakum repo get repo:liar/pkg/web/2.0.0/web.zip
expect_refused 5 "its hash is another one"
expect_true test -z "$(find "$T/cache/cas" -type f ! -name .lock)"
oakum repo trust add two --url "file://$T/lies" --url "file://$R" --root "$R/metadata/1.root.json"
oakum repo get repo:two/pkg/web/2.0.0/web.zip --to got.zip
expect_exit 0
expect_same got.zip web/web.zip
cp "$R/metadata/timestamp.json" saved.json
oakum repo renew "$R"
expect_exit 0
oakum repo get repo:main/policy/nightly.yaml
expect_exit 0
cp saved.json "$R/metadata/timestamp.json" # an older timestamp than the client has seen
oakum repo get repo:main/policy/nightly.yaml
expect_refused 5 "is older than"
oakum repo renew "$R" # from the older one: the same version again, with other bytes
oakum repo verify "$R"
expect_exit 0

# --- gc: what the last snapshots reach stays ----------------------------------------------------------------------------
expect_true test -e "$R/metadata/1.snapshot.json"
oakum repo gc "$R" --keep 1 --dry-run
expect_exit 0
expect_out_has "would remove"
expect_true test -e "$R/metadata/1.snapshot.json"
oakum repo gc "$R" --keep 1 -o json
expect_exit 0
expect_json .targets 1 # the policy that was replaced
expect_true test ! -e "$R/metadata/1.snapshot.json"
expect_true test -e "$R/metadata/1.root.json"
oakum repo verify "$R" -o json
expect_exit 0
expect_json .files 7
oakum repo gc "$R" --keep 1 -o json
expect_json .metadata 0

# --- P3: two publishers ---------------------------------------------------------------------------------------------------
exec 9> "$R/.oakum/lock"
flock 9
oakum repo publish "$R"
expect_refused 75 "lock"
exec 9>&-
oakum repo publish "$R"
expect_exit 0
finish
