# Hashed bins: asked for, or by themselves when a role has grown; only those that are concerned change, and all else is as without them.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/repo.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo
package_file=a.zip
listed() { jq -c "$1" "$R/metadata/$(jq '.signed.meta["snapshot.json"].version' "$R/metadata/timestamp.json").snapshot.json"; }

# --- asked for ------------------------------------------------------------------------------------------------------------
for bad in 17 1 65536; do
	oakum repo init "$R" --keys "$T/keys" --bins=$bad
	expect_refused 2 "'--bins' cannot be '$bad' (give 16, 256 or 4096, or 0 for none)"
done
oakum repo init "$R" --keys "$T/keys" --bins 16
expect_exit 0
package web 1.0 one
package web2/web 2.0 two
package tool 1.0 three
oakum repo add "$R" web
oakum repo add "$R" tool
oakum repo publish "$R"
expect_exit 0
expect_true test "$(listed '.signed.meta | keys | map(select(startswith("bin-packages-main-"))) | length')" = 16
expect_true test "$(listed '[.signed.meta[].length // 0 | . > 0] | all')" = true
for file in "$R"/metadata/*.bin-packages-main-*.json; do # each lists what its digit says, and nothing else
	digit=${file%.json}
	digit=${digit##*-}
	jq -r '.signed.targets | keys[]' "$file" | while read -r path; do
		printf %s "$path" | sha256sum | grep -q "^$digit" || echo "$path in $digit"
	done > wrong
	expect_true test ! -s wrong
done
expect_true jq -e '.signed.targets == {} and (.signed.delegations.roles | length) == 16
	and all(.signed.delegations.roles[]; .terminating and (.path_hash_prefixes | length) == 1 and (has("paths") | not))' "$R/metadata/2.packages-main.json"
oakum repo verify "$R" -o json
expect_exit 0
expect_json .files 6 # and an index a name

# --- the client: one file, the newest version ----------------------------------------------------------------------------------
oakum repo trust add main --url "$R" --root "$R/metadata/1.root.json"
oakum repo get repo:main/pkg/web/1.0/a.zip --to got
expect_exit 0
expect_same got web/a.zip
expect_true test "$(ls "$T/state/tuf/main" | grep -c '^bin-')" = 1 # only the bin that it is in
before=$(listed '.signed.meta')
oakum repo add "$R" web2/web
oakum repo publish "$R"
expect_exit 0
changed=$(jq -n --argjson a "$before" --argjson b "$(listed '.signed.meta')" '[$b | to_entries[] | select($a[.key] != .value)] | length')
expect_true test "$changed" -ge 1 -a "$changed" -le 3 # two files and the index
oakum repo get "repo:main/pkg/web/@index/files.json"
expect_exit 0
expect_true jq -e '.schema == "oakum.packageFiles/1" and .name == "web" and ([.files[].path] == ["pkg/web/1.0/manifest.json", "pkg/web/2.0/manifest.json"])' "$(cat "$T/out")"
oakum package install web@latest --repo main --platform _any --dry-run -o json
expect_true grep -q '"2.0"' "$T/out"

# --- what was refused still is --------------------------------------------------------------------------------------------------
package web 1.0 other
oakum repo add "$R" web
expect_refused 1 "'pkg/web/1.0/a.zip' was published before with other bytes"
package odd @index text
oakum repo add "$R" odd
expect_refused 2 "cannot be a target's path"
bin=$(grep -l 'pkg/web/2.0/a.zip' "$R"/metadata/*.bin-packages-main-*.json)
cp "$bin" kept
sed 's/"length":4,/"length":5,/' kept > "$bin"
oakum repo verify "$R"
expect_exit 5
cp kept "$bin"

# --- keys: a bin is signed by those who sign its role -----------------------------------------------------------------------------
later=$(date -u -d "+250 days" +%Y-%m-%dT%H:%M:%SZ)
old=$(jq -r '.signed.delegations.roles[] | select(.name == "packages-main") | .keyids[0]' "$R/metadata/1.targets.json")
oakum repo key rotate "$R" packages/main
expect_exit 0
expect_true test -f "$T/keys/packages-main-2.pem"
oakum repo verify "$R"
expect_exit 0
oakum repo key list "$R" -o json
! grep -q "$old" "$T/out" || fail "the old key is still listed"
ok
mv "$T/keys/packages-main.pem" old.pem
package tool 2.0 more
oakum repo add "$R" tool
oakum repo publish "$R"
expect_exit 0
oakum repo get repo:main/pkg/tool/2.0/a.zip --to got
expect_same got tool/a.zip
oakum repo key rotate "$R" packages/nobody
expect_refused 2 "'packages-nobody' is no role of this repository"
oakum repo key rotate "$R" policy --new-key "$T/keys/policy.pem"
expect_refused 1 "has the key"
oakum repo renew "$R" --all --at "$later"
expect_exit 0
expect_true jq -e --arg t "$later" '.signed.expires > $t' "$R/metadata/2.root.json" # root, too, has less than half of its time
oakum repo verify "$R" --at "$later"
expect_exit 0
oakum repo log "$R" -o json
expect_exit 0
expect_true jq -e '[.entries[] | select(.role | startswith("bin-packages-main-")) | .proven] | length > 16 and all' "$T/out"
oakum repo gc "$R" --keep 1
expect_exit 0
oakum repo verify "$R" --at "$later"
expect_exit 0

# --- a proposal of two reviewers ------------------------------------------------------------------------------------------------
P=$T/proposed
oakum repo init "$P" --keys "$T/pkeys" --bins 16 --threshold packages/main=2/3
package web 1.0 one
oakum repo add "$P" web
oakum repo propose "$P" --reason first
expect_exit 0
oakum repo propose "$P" --withdraw
expect_exit 0
oakum repo propose "$P" --reason again
expect_exit 0
oakum repo approve "$P" --key "$T/pkeys/packages-main-1.pem"
expect_exit 0
oakum repo publish "$P"
expect_exit 5
oakum repo approve "$P" --key "$T/pkeys/packages-main-3.pem"
expect_exit 0
oakum repo publish "$P"
expect_exit 0
oakum repo verify "$P" -o json
expect_json .files 3
package web 1.1 two
oakum repo add "$P" web
oakum repo propose "$P"
oakum repo approve "$P" --key "$T/pkeys/packages-main-1.pem"
oakum repo approve "$P" --key "$T/pkeys/packages-main-2.pem"
oakum repo publish "$P"
expect_exit 0
oakum repo verify "$P" -o json
expect_json .files 5
oakum repo key rotate "$P" packages/main # 2 of 3 stay 2 of 3
expect_exit 0
oakum repo verify "$P"
expect_exit 0
oakum repo key rotate "$P" targets
expect_exit 0
oakum repo verify "$P"
expect_exit 0

# --- a role that has grown divides itself, once ----------------------------------------------------------------------------------
G=$T/grown
oakum repo init "$G" --keys "$T/gkeys"
sum=$(printf 'x\n' | sha256sum | cut -d' ' -f1)
many() { # FROM TO: that many versions wait
	seq "$1" "$2" | awk -v g="$G" '{ print g "/targets/pkg/n" $1 % 40 "/" $1 }' | xargs mkdir -p
	seq "$1" "$2" | awk -v g="$G" -v sum="$sum" '{ f = g "/targets/pkg/n" $1 % 40 "/" $1 "/" sum ".manifest.json"; print "x" > f; close(f) }'
	seq "$1" "$2" | jq -s --arg sum "$sum" '{targets: map({path: "pkg/n\(. % 40)/\(.)/manifest.json", role: "packages-main", length: 2, sha256: $sum})}' \
		> "$G/.oakum/staged.json"
}
many 1 2000
oakum repo publish "$G"
expect_exit 0
expect_true test "$(ls "$G/metadata" | grep -c bin-)" = 0
many 2001 2002
oakum repo publish "$G"
expect_exit 0
expect_true test "$(ls "$G/metadata" | grep -c '^1.bin-packages-main-')" = 256
oakum repo verify "$G" -o json
expect_exit 0
expect_json .files 2042 # 40 names
many 2003 2003
oakum repo publish "$G"
expect_exit 0
expect_true test "$(ls "$G/metadata" | grep -c '^2.bin-packages-main-')" -le 2
oakum repo trust add grown --url "$G" --root "$G/metadata/1.root.json"
oakum repo get "repo:grown/pkg/n3/@index/files.json"
expect_true test "$(jq '.files | length' "$(cat "$T/out")")" = 51
finish
