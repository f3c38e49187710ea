# A real minimal bookworm: dates of its missing packages from their .deb files, CVEs from a feed in the tracker's format.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
base=$(debian_root 2>"$T/why") || skip "$(tail -n 1 "$T/why")"
R=$T/root
copy_root "$base" "$R"
everything
enable_updates "$R" 2>"$T/why" || skip "the root cannot reach its mirror: $(tail -n 1 "$T/why")"

echo "== without --refresh nothing is asked for"
oakum scan --root "$R" --baseline "$T/everything.yaml" -o json
expect_exit 0
missing=$(jq '.summary.missing' "$T/out")
expect_true [ "$missing" -gt 0 ]
expect_json '[.patches[] | select(.state == "MISSING" and .releaseBasis == "BUILD_TIME")] | length' 0

echo "== with it every missing package has its build date, equal to the header of its .deb"
rm -rf "$T/state"
oakum scan --root "$R" --refresh --baseline "$T/everything.yaml" -o json
expect_exit 0
cp "$T/out" "$T/verdict.json"
expect_json '[.patches[] | select(.state == "MISSING" and .releaseBasis == "BUILD_TIME")] | length' "$missing"
expect_true [ "$(wc -l <"$(find "$T/cache" -name build-dates)")" -ge 1 ]
jq -r '.patches[] | select(.state == "MISSING") | [.name, .available, .released] | @tsv' "$T/verdict.json" | head -n 5 >"$T/sample"
while IFS="$(printf '\t')" read -r name version released; do
	uri=$(chroot "$R" apt-get download --print-uris "$name=$version" 2>/dev/null | sed "s/^'//; s/'.*//")
	head=$(curl -sf -r 0-131 "$uri" | sed -n 2p | cut -c 17-28)
	expect_true [ "$(date -u -d "@$((head))" +%Y-%m-%dT%H:%M:%SZ)" = "$released" ]
done <"$T/sample"

echo "== kept for ever: the same without the network"
oakum scan --root "$R" --no-network --baseline "$T/everything.yaml" -o json
expect_json '[.patches[] | select(.state == "MISSING" and .releaseBasis == "BUILD_TIME")] | length' "$missing"

echo "== CVEs by source package and version"
oakum inventory --root "$R" -o json
expect_exit 0
jq '[.updates[] | {source: ((.source // .name) | split(" (")[0]), version: ((.source // "") | capture("\\((?<v>.*)\\)").v // null), evr, name}] |
	map(.version //= (.evr | sub("\\+b[0-9]+$"; ""))) | unique_by(.source) |
	to_entries | map({key: .value.source, value: {("CVE-2026-" + (10000 + .key | tostring)): {description: "made by a test",
	releases: {bookworm: {status: "resolved", repositories: {}, fixed_version: .value.version, urgency: "high"}}}}}) | from_entries' "$T/out" >"$T/tracker.json"
oakum feed import "$T/tracker.json"
expect_exit 0
oakum scan --root "$R" --no-network --baseline "$T/everything.yaml" -o json
# every missing package has the CVE of its source package, and no other
jq -c '[.patches[] | select(.state == "MISSING") | {name, cves, severity}] | [length, ([.[] | select((.cves | length) == 1 and .severity == "High")] | length)]' \
	"$T/out" >"$T/have"
printf '[%s,%s]\n' "$missing" "$missing" >"$T/want"
expect_same "$T/want" "$T/have"

echo "== why: the date and its evidence"
name=$(cut -f 1 "$T/sample" | head -n 1)
oakum why "$name" --root "$R" --no-network --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json ".patches[0].released" "\"$(cut -f 3 "$T/sample" | head -n 1)\""
expect_json ".patches[0].releaseBasis" '"BUILD_TIME"'
finish
