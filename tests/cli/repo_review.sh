# repo propose, approve, log: two of three keys; a revoked third does not count; what a reviewer sees; who it was, from the metadata alone.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo K=$T/keys
package() { # VERSION
	mkdir -p web
	echo "archive $1" > web/web.zip
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$1" "$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
}
files() { oakum repo verify "$R" -o json; expect_exit 0; jq .files out; }

oakum repo init "$R" --keys "$K" --threshold packages/main=4/3
expect_refused 2 "role 'packages-main' cannot have '4/3'"
oakum repo init "$R" --keys "$K" --threshold timestamp=2/3
expect_refused 2 "'--threshold' cannot be 'timestamp=2/3'"
oakum repo init "$R" --keys "$K" --threshold packages/main=2/3 --threshold policy=2/2
expect_exit 0
expect_true test -e "$K/packages-main-3.pem" -a -e "$K/policy-2.pem" -a ! -e "$K/packages-main.pem"
oakum repo key list "$R" -o json
expect_json '[.keys[] | select(.role == "packages-main")] | length' 3
oakum repo propose "$R"
expect_refused 1 "nothing was added that could be proposed"
oakum repo approve "$R" --key "$K/packages-main-1.pem"
expect_refused 2 "nothing is proposed"

# --- one signature is refused, two publish ---------------------------------------------------------------------------------
package 1.0.0
oakum repo add "$R" web
oakum repo propose "$R" --reason "the new web server" -o json
expect_exit 0
expect_json '.roles[0].role' '"packages-main"'
expect_json '.roles[0].threshold' 2
expect_json '.roles[0].signers' '[]'
expect_json '.roles[0].changes[0] | startswith("adds package web 1.0.0 (2 files, ")' true
oakum repo propose "$R"
expect_refused 1 "a proposal waits already"
oakum repo add "$R" web
expect_refused 1 "a proposal waits"
oakum repo publish "$R"
expect_refused 5 "role 'packages-main' needs 2 approvals and has 0"
oakum repo approve "$R"
expect_refused 2 "needs '--key'"
oakum repo approve "$R" --key absent.pem
expect_refused 2 "absent.pem"
oakum repo approve "$R" --key "$K/packages-main-1.pem" --passphrase-file absent
expect_refused 2 "absent"
oakum repo approve "$R" --dry-run
expect_exit 0
expect_out_has "packages-main 2: 0 of 2 approvals"
expect_out_has "adds package web 1.0.0"
oakum repo approve "$R" --key "$K/packages-main-1.pem"
expect_exit 0
expect_out_has "packages-main 2: 1 of 2 approvals: packages-main-1"
oakum repo approve "$R" --key "$K/packages-main-1.pem" # again: still one
expect_exit 0
expect_out_has "1 of 2 approvals"
oakum repo publish "$R"
expect_refused 5 "needs 2 approvals and has 1 by"
expect_true test "$(files)" = 0
oakum repo approve "$R" --key "$K/policy-1.pem"
expect_refused 5 "may sign none of the proposed roles"
oakum repo approve "$R" --key "$K/packages-main-3.pem"
expect_out_has "2 of 2 approvals"
oakum repo publish "$R"
expect_exit 0
expect_true test "$(files)" = 2
expect_true test ! -e "$R/.oakum/proposal"
oakum repo publish "$R"
expect_exit 0

# --- the log names them, from the metadata alone -----------------------------------------------------------------------------
oakum repo log "$R" -o json
expect_exit 0
last='.entries[-1]'
expect_json "$last.role" '"packages-main"'
expect_json "[$last.signers[].name] | sort" '["packages-main-1","packages-main-3"]'
expect_json "$last.reason" '"the new web server"'
expect_json "$last.proven" true
expect_json "$last.at | length" 20
expect_json "$last.changes[0] | startswith(\"adds package web 1.0.0\")" true
expect_json '.entries[0].role' '"root"'
oakum repo log "$R"
expect_out_has "packages-main-1 ("
cp -a "$R" mirror
rm -rf mirror/.oakum
oakum repo log mirror -o json
expect_exit 0
expect_json "$last.signers | length" 2
jq -c 'del(.signatures[1])' mirror/metadata/2.packages-main.json > x && mv x mirror/metadata/2.packages-main.json
oakum repo log mirror -o json
expect_exit 5
expect_json "$last.proven" false
expect_err_has "role 'packages-main' version 2 is not signed by those"

# --- a revoked third does not count --------------------------------------------------------------------------------------------
third=$(jq -r '.signed.delegations.roles[] | select(.name == "packages-main") | .keyids[2]' "$R/metadata/1.targets.json")
oakum repo key revoke "$R" "$third"
expect_exit 0
oakum repo key list "$R" -o json
expect_json '[.keys[] | select(.role == "packages-main")] | length' 2
expect_true test "$(files)" = 2
oakum repo key revoke "$R" 0123
expect_refused 2 "no role has a key"
package 2.0.0
oakum repo add "$R" web
oakum repo propose "$R" --key "$K/packages-main-1.pem"
expect_exit 0
expect_out_has "1 of 2 approvals"
oakum repo approve "$R" --key "$K/packages-main-3.pem"
expect_refused 5 "may sign none of the proposed roles"
oakum repo publish "$R" --key "$K/packages-main-3.pem" --key "$K/snapshot.pem" --key "$K/timestamp.pem"
expect_refused 5 "needs 2 approvals and has 1"
oakum repo publish "$R" --key "$K/packages-main-2.pem" --key "$K/snapshot.pem" --key "$K/timestamp.pem" # a key given here approves
expect_exit 0
expect_true test "$(files)" = 4
oakum repo log "$R" -o json
expect_exit 0
expect_json '[.entries[] | select(.role == "targets") | .changes[]] | map(select(test("key .* goes"))) | length' 1

# --- policies in words, and withdrawing -----------------------------------------------------------------------------------------
printf '{"name":"strict","rules":[{"approveAfterDays":7}],"approvedPatches":["a","b"]}\n' > strict.json
oakum repo add "$R" --policy strict.json
oakum repo publish "$R" # the whole folder signs where nothing was proposed
expect_exit 0
printf '{"name":"strict","rules":[{"approveAfterDays":3}],"approvedPatches":["b","c"],"selector":"role == web"}\n' > strict.json
oakum repo add "$R" --policy strict.json
oakum repo propose "$R"
expect_exit 0
expect_out_has "changes policy/strict.json"
expect_out_has "policy/strict.json:.rules[0].approveAfterDays: 7 becomes 3"
expect_out_has 'policy/strict.json:.approvedPatches: "a" goes'
expect_out_has 'policy/strict.json:.approvedPatches: "c" comes'
expect_out_has "policy/strict.json: is for nodes with role == web"
oakum repo propose "$R" --withdraw
expect_exit 0
oakum repo propose "$R" --withdraw
expect_refused 2 "nothing is proposed"
oakum repo propose "$R"
expect_exit 0
# a proposal that somebody bent
jq -c '.signed.targets = {}' "$R/.oakum/proposal/policy.json" > x && cp x "$R/.oakum/proposal/policy.json"
oakum repo approve "$R" --key "$K/policy-1.pem"
oakum repo approve "$R" --dry-run
expect_out_has "removes policy/strict.json" # a reviewer sees it
oakum repo propose "$R" --withdraw
oakum repo propose "$R" --key "$K/policy-1.pem"
jq -c '.signed.expires = "2099-01-01T00:00:00Z"' "$R/.oakum/proposal/policy.json" > x && cp x "$R/.oakum/proposal/policy.json"
oakum repo approve "$R" --key "$K/policy-2.pem"
expect_exit 0
expect_out_has "1 of 2 approvals" # the first signature was of other bytes
oakum repo publish "$R"
expect_refused 5 "needs 2 approvals and has 1"
oakum repo propose "$R" --withdraw

# --- for whom: of the nodes that are known here, before and after ------------------------------------------------------------------
mkdir nodes
node() { # NAME ROLE
	jq -c --arg name "$1" --arg role "$2" '.node.id = $name | .node.name = $name | .node.tags = {role: $role}' "$OAKUM_SOURCE/tests/data/cli/debian.json" > "nodes/$1.json"
}
node web1 web
node web2 web
node db1 db
printf 'schema: oakum.assignment/1\nselector: role == web\nbaseline: policy/strict.json\npackages: [{name: web, channel: latest}]\n' > some.yaml
oakum repo add "$R" --policy some.yaml
oakum repo publish "$R"
expect_exit 0
printf 'schema: oakum.assignment/1\nselector: role == db\nbaseline: policy/strict.json\npackages: [{name: web, channel: latest}]\n' > some.yaml
printf '{"name":"strict","rules":[{"approveAfterDays":2}]}\n' > strict.json
package 3.0.0
oakum repo add "$R" --policy some.yaml
oakum repo add "$R" --policy strict.json
oakum repo add "$R" web
oakum repo propose "$R" # nobody is known: the selector's text
expect_exit 0
expect_out_has "policy/assignments/some.yaml: is for nodes with role == db"
expect_out_lacks "known nodes"
oakum repo approve "$R" --dry-run --from nodes
expect_exit 0
expect_out_has "nodes: policy/assignments/some.yaml: for 1 of 3 known nodes: db1; 1 come: db1; 2 go: web1, web2"
expect_out_has "nodes: policy/strict.json: for 1 of 3 known nodes: db1"
expect_out_has "nodes: package web 3.0.0: for 1 of 3 known nodes: db1"
oakum repo approve "$R" --dry-run --from nodes -o json
expect_json '[.roles[].affects[]] | length' 3
oakum repo approve "$R" --dry-run --from absent
expect_refused 2 absent
# from the state database: what was scanned and imported here
for n in web1 db1; do oakum scan --inventory nodes/$n.json >/dev/null; done
oakum repo approve "$R" --dry-run
expect_exit 0
expect_out_has "for 1 of 2 known nodes: db1; 1 come: db1; 1 go: web1"
finish
