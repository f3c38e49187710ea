# feed import, list and sign: what is counted, what is refused, and what a verdict then says.
. "$(dirname "$0")/../lib/assert.sh"
data=$OAKUM_SOURCE/tests/data/feeds
now=2026-11-23T12:00:00Z
feed() { oakum feed "$@" --at $now; }

# --- nothing yet ---------------------------------------------------------------------------------------------------
feed list
expect_exit 0
expect_out_has "no feeds are imported"
feed list -o json
expect_json . '{"schema":"oakum.feeds/1","feeds":[]}'

# --- each format by what it holds; counts as jq counts them ----------------------------------------------------------
feed import "$data/tracker.json" -o json
expect_exit 0
expect_json '.feeds[0] | [.name, .advisories, .fixes]' "[\"debian-tracker\",$(jq -c '[.[] | keys[]] | unique | length' "$data/tracker.json"),$(
	jq '[.[] | .[] | .releases[] | select(.status == "resolved" and .fixed_version != null and .fixed_version != "0")] | length' "$data/tracker.json")]"
feed import "$data/kev.json" -o json
expect_json '.feeds[0] | [.name, .marks, .dataAt]' '["kev",2,"2026-11-20T00:00:00Z"]'
cp "$data/osv.json" "$T/any-name.dat"
feed import "$T/any-name.dat" -o json
expect_json '[.feeds[] | [.name, .advisories, .fixes]]' '[["osv-almalinux",1,1],["osv-debian",1,1]]'
for how in gzip xz bzip2 "zstd -q"; do
	$how -c <"$data/epss.csv" >"$T/epss.compressed"
	feed import "$T/epss.compressed" -o json
	expect_json '.feeds[0] | [.name, .marks]' '["epss",2]'
done
# a folder, and an archive of everything: all in one
feed import "$data" -o json
expect_json '[.feeds[].name]' '["debian-dsa","debian-tracker","epss","kev","osv-almalinux","osv-debian","ubuntu-cve","ubuntu-usn"]'
tar -C "$data" -czf "$T/all.tar.gz" .
rm -rf "$T/state/feeds"
feed import "$T/all.tar.gz"
expect_exit 0
oakum feed list --at 2026-11-26T13:00:00Z
expect_out_has "3 days"
feed list -o csv
expect_true [ "$(wc -l <"$T/out")" = 9 ]
# readable for everybody: it is public knowledge
expect_true [ "$(stat -c %a "$T/state/feeds/kev.db")" = 644 ]

# --- refused: says what, and the old ones stay ------------------------------------------------------------------------
sha256sum "$T"/state/feeds/* >"$T/before"
refused() {
	feed import "$1"
	expect_refused "$2" "$3"
	sha256sum "$T"/state/feeds/* >"$T/after"
	expect_same "$T/before" "$T/after"
}
head -c 700 "$data/tracker.json" >"$T/bad"
refused "$T/bad" 2 "is not whole"
head -c 150 "$data/dsa.list" >"$T/bad"
refused "$T/bad" 2 "is not whole"
head -c 100 "$T/all.tar.gz" >"$T/bad"
refused "$T/bad" 2 "cannot unpack '$T/bad'"
head -c 1000 "$T/all.tar.gz" >"$T/bad"
refused "$T/bad" 2 "cannot unpack '$T/bad'"
jq '.libalpha["CVE-2026-1001"].releases.bookworm.fixed_version = 7' "$data/tracker.json" >"$T/bad"
refused "$T/bad" 2 "has a member 'fixed_version' that is an integer"
jq '.beta = []' "$data/tracker.json" >"$T/bad"
refused "$T/bad" 2 "beta is no object of CVEs"
jq '.notices[0].cves_ids[0] = 1' "$data/notices.json" >"$T/bad"
refused "$T/bad" 2 "USN-9001-1 lists a CVE that is no string"
jq '.notices[0].published = "yesterday"' "$data/notices.json" >"$T/bad"
refused "$T/bad" 2 "has a time 'yesterday'"
jq '.vulnerabilities[1].cveID = null' "$data/kev.json" >"$T/bad"
refused "$T/bad" 2 "a vulnerability has no member 'cveID'"
sed 's/0.9991/many/' "$data/epss.csv" >"$T/bad"
refused "$T/bad" 2 "line 3 is no CVE with two numbers"
sed 's/HIGH/\xff\xfe/; s/heap/\xff\xfe/' "$data/tracker.json" >"$T/bad"
refused "$T/bad" 2 "libalpha"
awk 'BEGIN { printf "{\"a\": {\"CVE-2026-1\": "; for (i = 0; i < 100000; i++) printf "["; print "" }' >"$T/bad"
refused "$T/bad" 2 "not whole"
awk 'BEGIN { printf "{\"a\": {\"CVE-2026-1\": "; for (i = 0; i < 100000; i++) printf "["; for (i = 0; i < 100000; i++) printf "]"; print "}}" }' >"$T/bad"
refused "$T/bad" 2 "nested deeper"
: >"$T/bad"
refused "$T/bad" 2 "is empty"
echo "hello" >"$T/bad"
refused "$T/bad" 2 "is no feed that is known"
mkdir "$T/nothing"
refused "$T/nothing" 2 "holds nothing that concerns a host"
refused "$T/absent" 2 "cannot open '$T/absent'"
refused /dev/null 2 "is no ordinary file"
truncate -s 2200M "$T/bad"
refused "$T/bad" 2 "a feed may have 1073741824"
rm "$T/bad"
# a bomb: 600 MB in a few bytes
yes '{"x": 1}' | head -c 600000000 | zstd -q -1 >"$T/bomb.zst"
refused "$T/bomb.zst" 2 "unpacks to more than is read"
oakum feed import "$data/kev.json" --dry-run
expect_exit 0
run sh -c "cat '$data/kev.json' | '$OAKUM' --state '$T/state' feed import - --dry-run -o json"
expect_exit 0
expect_json '.feeds[0].file' '"standard input"'
run sh -c "head -c 100 '$data/kev.json' | '$OAKUM' --state '$T/state' feed import -"
expect_exit 2
expect_true [ -z "$(find "$T/state/feeds" -name 'standard-input*')" ]
sha256sum "$T"/state/feeds/* >"$T/after"
expect_same "$T/before" "$T/after"
expect_true [ -z "$(find "$T/state/feeds" -name '*.new*')" ]

# --- signed -----------------------------------------------------------------------------------------------------------
openssl genpkey -algorithm ed25519 -out "$T/key.pem" 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$T/other.pem" 2>/dev/null
openssl pkey -in "$T/key.pem" -pubout -out "$T/key.pub"
openssl pkey -in "$T/other.pem" -pubout -out "$T/other.pub"
chmod 600 "$T/key.pem"
cp "$data/kev.json" "$T/kev.json"
feed import "$T/kev.json" --key "$T/key.pub"
expect_refused 5 "is not signed"
feed sign "$T/kev.json" --key "$T/key.pem"
expect_exit 0
feed import "$T/kev.json" --key "$T/other.pub"
expect_refused 5 "signed by none of the given keys"
feed import "$T/kev.json" --key "$T/other.pub" --key "$T/key.pub" -o json
expect_exit 0
expect_json '.feeds[0].signedBy | length' 64
echo >>"$T/kev.json"
feed import "$T/kev.json" --key "$T/key.pub"
expect_refused 5 "is not the file that was signed"

# --- and a verdict ------------------------------------------------------------------------------------------------------
cat >"$T/host.json" <<'END'
{"schema": "oakum.inventory/1", "node": {"id": "n", "name": "n", "platform": {"family": "debian", "id": "debian", "version": "12", "arch": "amd64"}},
 "collectedAt": "2026-11-23T11:00:00Z", "metadataAt": "2026-11-23T10:00:00Z",
 "repositories": [{"id": "s", "uri": "http://deb.example.org/s", "suite": "stable-security", "codename": "bookworm-security",
   "trusted": true, "enabled": true, "fetchedAt": "2026-11-23T10:00:00Z", "advisories": true}],
 "packages": [{"name": "libalpha1", "arch": "amd64", "evr": "1.0-1", "source": "libalpha"}],
 "updates": [{"name": "libalpha1", "arch": "amd64", "evr": "1.0-1+deb12u2", "origins": ["s"], "security": true, "source": "libalpha"}]}
END
cat >"$T/rules.yaml" <<'END'
schema: oakum.baseline/1
name: by-cve
operatingSystem: DEBIAN
approvedPatches: [CVE-2026-1002]
approvedPatchesComplianceLevel: CRITICAL
END
feed import "$data/kev.json"
oakum scan --no-store --inventory "$T/host.json" --baseline "$T/rules.yaml" --at $now -o json
expect_exit 0
expect_json '.patches[0] | [.state, .level, .severity, .advisories, .cves]' \
	'["MISSING","CRITICAL","High",["DSA-6001-1"],["CVE-2026-1001","CVE-2026-1002"]]'
sed 's/CVE-2026-1002/CVE-2026-9999/' "$T/rules.yaml" >"$T/other.yaml"
oakum scan --no-store --inventory "$T/host.json" --baseline "$T/other.yaml" --at $now -o json
expect_json '.patches[0].state' '"INSTALLED_OTHER"'
# the same without feeds
rm -rf "$T/state/feeds"
oakum scan --no-store --inventory "$T/host.json" --baseline "$T/rules.yaml" --at $now -o json
expect_json '.patches[0] | [.state, .cves]' '["INSTALLED_OTHER",[]]'

# --- real data, compared with an independent join ----------------------------------------------------------------------------
if [ -d "$OAKUM_CORPUS/almalinux10-osv" ]; then
	mkdir "$T/osv"
	tar -C "$T/osv" -xzf "$OAKUM_CORPUS/almalinux10-osv/advisories.tar.gz"
	feed import "$OAKUM_CORPUS/almalinux10-osv/advisories.tar.gz" -o json
	cp "$T/out" "$T/got.json"
	find "$T/osv" -name '*.json' -exec cat {} + | jq -s '[length, ([.[] | .affected[]? | .package as $p | .ranges[]?.events[]? | select(.fixed) |
		[$p.name, $p.ecosystem, .fixed]] | length)]' -c >"$T/want"
	jq -c '.feeds[0] | [.advisories, .fixes]' "$T/got.json" >"$T/have"
	expect_same "$T/want" "$T/have"
	# every package of 40 advisories, one build below the fix and offered the fix: the join must name the advisory
	find "$T/osv" -name '*.json' | LC_ALL=C sort | awk 'NR % 16 == 1' | xargs cat | jq -s '[.[] | select(.affected[0].package.ecosystem == "AlmaLinux:10") |
		{id, cves: ([.related[]? | select(startswith("CVE-"))] | sort), package: .affected[0].package.name,
		 fixed: ([.affected[0].ranges[0].events[] | .fixed // empty][0]), severity: (.summary | split(":")[0])}] | unique_by(.package)' >"$T/samples.json"
	jq '{schema: "oakum.inventory/1", node: {id: "n", name: "n", platform: {family: "rhel", id: "almalinux", version: "10.1", arch: "x86_64"}},
		collectedAt: "2026-11-23T11:00:00Z", metadataAt: "2026-11-23T10:00:00Z",
		repositories: [{id: "r", uri: "http://r.example.org/", trusted: true, enabled: true, advisories: true, fetchedAt: "2026-11-23T10:00:00Z"}],
		packages: [.[] | {name: .package, arch: "x86_64", evr: (if (.fixed | contains(":")) then (.fixed | split(":")[0]) + ":" else "" end + "0-0")}],
		updates: [.[] | {name: .package, arch: "x86_64", evr: .fixed, origins: ["r"], security: false}]}' "$T/samples.json" >"$T/host.json"
	cat >"$T/all.yaml" <<'END'
schema: oakum.baseline/1
name: everything
operatingSystem: ALMA_LINUX
approvalRules:
  patchRules:
    - {patchFilterGroup: {patchFilters: []}, approveAfterDays: 0, enableNonSecurity: true}
END
	oakum scan --no-store --inventory "$T/host.json" --baseline "$T/all.yaml" --at $now -o json
	expect_exit 0
	# a package may be in several advisories: what the samples say must be in what the join says, for all of them
	expect_json '.patches | length' "$(jq length "$T/samples.json")"
	jq -c --slurpfile s "$T/samples.json" '[.patches[] as $p | $s[0][] | select(.package == $p.name) | .id as $id |
		select(($p.advisories | index($id)) == null or ((.cves - $p.cves) | length) > 0) | [$id, $p.advisories]]' "$T/out" >"$T/unmatched"
	printf '[]\n' >"$T/none"
	expect_same "$T/none" "$T/unmatched"
	feed import "$OAKUM_CORPUS/kev/sample.json" -o json
	expect_json '.feeds[0].marks' "$(jq '.vulnerabilities | length' "$OAKUM_CORPUS/kev/sample.json")"
	fixtures=$OAKUM_CORPUS/deb-vuls-fixtures/pkg/fetch/debian/tracker
	feed import "$fixtures/api/testdata/fixtures/advisory.json" -o json
	expect_json '.feeds[0] | [.advisories, .fixes]' "[$(find "$fixtures/api/testdata/golden" -name '*.json' -exec basename {} \; | sort -u | wc -l),$(
		jq '[.[] | .[] | .releases[] | select(.status == "resolved" and .fixed_version != null and .fixed_version != "0")] | length' \
			"$fixtures/api/testdata/fixtures/advisory.json")]"
	feed import "$fixtures/salsa/testdata/fixtures/security-tracker-master.tar.gz" -o json
	expect_json '[.feeds[] | [.name, .advisories]]' "[[\"debian-dla\",$(find "$fixtures/salsa/testdata/golden/DLA" -type f | wc -l)],[\"debian-dsa\",$(
		find "$fixtures/salsa/testdata/golden/DSA" -type f | wc -l)],[\"debian-dtsa\",$(find "$fixtures/salsa/testdata/golden/DTSA" -type f | wc -l)]]"
	ubuntu=$OAKUM_CORPUS/deb-vuls-fixtures/pkg/fetch/ubuntu
	feed import "$ubuntu/usndb/testdata/fixtures/happy/database-all.json.bz2" -o json
	expect_json '.feeds[0].advisories' "$(find "$ubuntu/usndb/testdata/golden" -type f | wc -l)"
else
	echo "skipped: no corpus (real feeds)"
fi
finish
