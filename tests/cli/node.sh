# node effective: what is assigned, why, what was overruled; conflicts; bad input; publication refuses contradictions.
. "$(dirname "$0")/../lib/assert.sh"
mkdir "$T/a" "$T/root" "$T/root/etc"
printf 'ID=debian\nVERSION_ID="12"\n' >"$T/root/etc/os-release"
OAKUM_CONFIG=$T/config.yaml
cat >"$OAKUM_CONFIG" <<'Y'
node: {id: node-1, name: web-1, tags: {role: web, "Patch Group": prod}}
Y
assignment() { printf 'schema: oakum.assignment/1\n%s\n' "$2" >"$T/a/$1.yaml"; }
assignment all 'selector: all
baseline: base
packages: [{name: agent, channel: latest}, {name: old, action: UNINSTALL}]'
assignment web 'selector: role == web and os == debian and version == 12
priority: 10
baseline: strict
windows: [nightly]'
assignment db 'selector: role == db
priority: 10
baseline: other'

oakum --root "$T/root" node effective --assignments "$T/a" -o json
expect_exit 0
expect_json '[.schema, .node.id, .node.tags["Patch Group"], .baseline, .baselineFrom, .windows]' '["oakum.effective/1","node-1","prod","strict","web",["nightly"]]'
expect_json '[.packages[] | [.name, .action, .channel, .withdrawn, .from]]' '[["agent","INSTALL","latest","KEEP","all"],["old","UNINSTALL",null,"KEEP","all"]]'
expect_json '[.assignments[] | [.name, .matches, .whyNot, .overruled]]' \
	"[[\"db\",false,\"role == db, but it is 'web'\",null],[\"web\",true,null,null],[\"all\",true,null,\"baseline (by 'web')\"]]"
oakum --root "$T/root" node effective --assignments "$T/a"
expect_exit 0
expect_out_has "package old"
expect_out_has "no: role == db, but it is 'web'"

# other tags, one file, another node
oakum --root "$T/root" node effective --assignments "$T/a" --tags role=db,env=x -o json
expect_json '[.baseline, .node.tags]' '["other",{"role":"db","env":"x"}]'
oakum --root "$T/root" node effective --assignments "$T/a/web.yaml" --tags role=db -o json
expect_json '[.baseline, (.assignments | length)]' '[null,1]'
cat >"$T/inventory.yaml" <<'Y'
schema: oakum.inventory/1
node: {id: w1, name: win, tags: {role: web}, platform: {family: windows, id: windows, version: 10.0.20348.1, arch: x86_64}}
Y
oakum node effective --assignments "$T/a" --inventory "$T/inventory.yaml" -o json
expect_exit 0
expect_json '[.node.id, .baseline]' '["w1","base"]'

# a conflict: for neither, said, exit 2
assignment prod 'selector: "\"Patch Group\" == prod"
priority: 10
baseline: lax'
oakum --root "$T/root" node effective --assignments "$T/a" -o json
expect_exit 2
expect_err_has "'prod' and 'web' set the baseline differently ('lax', 'strict')"
expect_json '[.baseline, .windowsFrom, (.conflicts | length)]' '[null,"web",1]'

# bad input
oakum node effective --tags role --assignments "$T/a"
expect_refused 2 "'--tags role' must be KEY=VALUE"
printf 'schema: oakum.assignment/1\nselector: role ==\nring: x\n' >"$T/bad.yaml"
oakum node effective --assignments "$T/bad.yaml"
expect_refused 2 "a value expected at character 8"
printf 'schema: oakum.assignment/1\nselector: all\nrong: x\n' >"$T/bad.yaml"
oakum node effective --assignments "$T/bad.yaml"
expect_refused 2 "rong"
oakum node effective --assignments "$T/absent.yaml"
expect_refused 2 "absent.yaml"

# a repository: publication refuses the pair with both sides named, and nothing of it is seen; a node takes what is published
oakum repo init "$T/repo" --keys "$T/keys"
expect_exit 0
for f in "$T"/a/*.yaml; do
	oakum repo add "$T/repo" --policy "$f"
	expect_exit 0
done
before=$(cat "$T/repo/metadata/timestamp.json")
oakum repo publish "$T/repo"
expect_exit 2
expect_err_has "'db' and 'prod' set the baseline differently at priority 10"
expect_err_has "'prod' and 'web' set the baseline differently too ('lax', 'strict')"
expect_true test "$before" = "$(cat "$T/repo/metadata/timestamp.json")"
assignment prod 'selector: "\"Patch Group\" == prod"
priority: 11
baseline: policy/lax.yaml'
oakum repo add "$T/repo" --policy "$T/a/prod.yaml"
oakum repo publish "$T/repo"
expect_exit 0
oakum repo trust add corp --url "file://$T/repo" --root "$T/repo/metadata/1.root.json"
expect_exit 0
oakum --root "$T/root" node effective -o json
expect_exit 0
expect_json '[.baseline, .baselineFrom, .windowsFrom]' '["repo:corp/policy/lax.yaml","corp/prod","corp/web"]'
# a file of the node is not the repository's to name
assignment evil 'selector: role == evil
ring: x
windows: [/etc/passwd.yaml]'
oakum repo add "$T/repo" --policy "$T/a/evil.yaml"
oakum repo publish "$T/repo"
expect_exit 0
oakum --root "$T/root" node effective
expect_refused 2 "'corp/evil' names a file of this host, '/etc/passwd.yaml'"
finish
