# systeminfo and recorded update runs as inventories, and an offline catalogue offered to such a host; broken ones are refused.
. "$(dirname "$0")/../lib/assert.sh"

printf 'Host Name:      WEB01\r\nOS Name:        Microsoft Windows Server 2019 Standard\r\nOS Version:     10.0.17763 N/A Build 17763\r\n' >"$T/si.txt"
printf 'System Type:    x64-based PC\r\nHotfix(s):      1 Hotfix(s) Installed.\r\n                [01]: KB5000003\r\n' >>"$T/si.txt"
oakum inventory --inventory "$T/si.txt" -o json
expect_exit 0
expect_json '[.node.name, .node.platform.version, .node.platform.product, .packages[0].name]' \
	'["WEB01","10.0.17763","Microsoft Windows Server 2019 Standard","KB5000003"]'
oakum scan --inventory "$T/si.txt" -o json --no-store
expect_exit 0
expect_json '.summary.status' '"UNKNOWN"'
iconv -f UTF-8 -t UTF-16LE "$T/si.txt" | { printf '\377\376'; cat; } >"$T/si16.txt"
oakum inventory --inventory "$T/si16.txt" -o json
expect_json '.node.name' '"WEB01"'

cat >"$T/run.txt" <<'EOF'
{"task":"search_result","result":{"updates":[{"id":"u1","kb":["KB5000001"],"title":"T","revision_number":1,"categories":["Security Updates","Windows Server 2019"],"is_installed":false}],"filtered":[]}}
{"task":"install_result","result":{"info":[{"id":"u1","result_code":4,"hresult":-2147023293}]}}
{"task":"exit","result":{"failed":true,"reboot_required":false,"exception":{"message":"Failed to install all updates"}}}
EOF
oakum inventory --inventory "$T/run.txt" -o json
expect_exit 0
expect_json '[.updates[0].kb, .packages | length] | length' 2
expect_json '[.problems[].kind]' '["run-failed","install-failed"]'
oakum scan --inventory /dev/null --no-store
expect_exit 2

have_tool gcab || finish # catalogues are cabinets

# catalogue OUT: cabinets of $T/c: one list of updates, facets beside it.
catalogue() {
	(cd "$T/c" && rm -f ./*.cab &&
		gcab -c package.cab package.xml && gcab -c -z package2.cab x/1 x/2 x/3 l/en/1 l/en/2 l/en/3 l/en/9 l/de/1 c/1 c/2 c/3 c/9 &&
		gcab -c "$1" index.xml package.cab package2.cab)
}
update() { # update REVISION GUID MORE
	printf '<Update CreationDate="2026-11-10T18:00:00Z" DefaultLanguage="en" UpdateId="%s" RevisionNumber="200" RevisionId="%s" IsLeaf="true">' "$2" "$1"
	printf '<Categories><Category Type="Product" Id="99999999-0000-0000-0000-000000000009"/>'
	printf '<Category Type="UpdateClassification" Id="0FA1201D-4330-4FA8-8AE9-B877473B6441"/></Categories>%s</Update>' "${3:-}"
}
facet() { # facet REVISION KB TITLE
	printf '<ExtendedProperties MsrcSeverity="Critical" MaxDownloadSize="4096"><KBArticleID>%s</KBArticleID></ExtendedProperties>' "$2" >"$T/c/x/$1"
	printf '<LocalizedProperties><Language>en</Language><Title>%s</Title></LocalizedProperties>' "$3" >"$T/c/l/en/$1"
	printf '<UpdateIdentity UpdateID="0000000%s-0000-0000-0000-000000000000"/><Properties UpdateType="Software"/>' "$1" >"$T/c/c/$1"
}
mkdir -p "$T/c/x" "$T/c/l/en" "$T/c/l/de" "$T/c/c"
printf '<INDEX><CABLIST><CAB NAME="package.cab"/><CAB NAME="package2.cab" RANGESTART="0"/></CABLIST></INDEX>' >"$T/c/index.xml"
{
	printf '<?xml version="1.0"?><OfflineSyncPackage><Updates>'
	printf '<Update UpdateId="99999999-0000-0000-0000-000000000009" RevisionNumber="1" RevisionId="9" IsSoftware="false"/>'
	update 1 00000001-0000-0000-0000-000000000000 '<SupersededBy><Revision Id="3"/></SupersededBy>'
	update 2 00000002-0000-0000-0000-000000000000
	update 3 00000003-0000-0000-0000-000000000000
	printf '</Updates></OfflineSyncPackage>'
} >"$T/c/package.xml"
facet 1 5000001 'Old update for x64-based Systems'
facet 2 5000002 'Update &amp; more for x64-based Systems (KB5000002)'
facet 3 5000003 'New update'
printf '<LocalizedProperties><Title>Auf Deutsch</Title></LocalizedProperties>' >"$T/c/l/de/1"
printf '<LocalizedProperties><Title>Windows Server 2019</Title></LocalizedProperties>' >"$T/c/l/en/9"
printf '<Properties UpdateType="Category"/>' >"$T/c/c/9"
catalogue "$T/good.cab" || fail "gcab"

# 1 is superseded by 3, which is installed; 2 is missing
oakum scan --inventory "$T/si.txt" --offline-catalog "$T/good.cab" --at 2026-11-12T00:00:00Z --no-store -o json \
	--baseline "$OAKUM_SOURCE/tests/data/windows-all.yaml"
expect_exit 0
expect_json '[.patches[] | [.id, .state]]' '[["KB5000003","INSTALLED"],["KB5000002","MISSING"]]'
oakum inventory --inventory "$T/si.txt" --offline-catalog "$T/good.cab" -o json
expect_json '.updates[0] | [.title, .product, .size, .advisories[0].severity]' \
	'["Update & more for x64-based Systems (KB5000002)","Windows Server 2019",4096,"Critical"]'
sed -i 's/x64-based/ARM64-based/' "$T/si.txt"
oakum inventory --inventory "$T/si.txt" --offline-catalog "$T/good.cab" -o json
expect_json '[.updates[].kb]' '["KB5000003"]'

# refused, in words, and nothing is written anywhere
size=$(stat -c %s "$T/good.cab")
for n in 0 10 36 100 $((size / 2)) $((size - 1)); do
	head -c "$n" "$T/good.cab" >"$T/cut.cab"
	oakum scan --inventory "$T/si.txt" --offline-catalog "$T/cut.cab" --no-store
	expect_refused 2 "cut.cab"
done
# whole by its length, but damaged inside
cp "$T/good.cab" "$T/bad.cab"
printf '\377\377\377\377\377\377\377\377' | dd of="$T/bad.cab" bs=1 seek=$((size - 60)) conv=notrunc 2>/dev/null
oakum scan --inventory "$T/si.txt" --offline-catalog "$T/bad.cab" --no-store
expect_exit 2
refuse() { # refuse WORDS: the catalogue of $T/c as it is now
	catalogue "$T/hostile.cab" || fail "gcab"
	oakum scan --inventory "$T/si.txt" --offline-catalog "$T/hostile.cab" --no-store
	expect_refused 2 "$1"
}
cp "$T/c/package.xml" "$T/package.xml"
printf '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><OfflineSyncPackage>&b;</OfflineSyncPackage>' >"$T/c/package.xml"
refuse "document type"
printf '<Other/>' >"$T/c/package.xml"
refuse "not an OfflineSyncPackage"
head -c 300 "$T/package.xml" >"$T/c/package.xml"
refuse "not well-formed"
cp "$T/package.xml" "$T/c/package.xml"
(cd "$T/c" && rm -f ./*.cab && gcab -c package.cab package.xml && gcab -c "$T/hostile.cab" package.cab)
oakum scan --inventory "$T/si.txt" --offline-catalog "$T/hostile.cab" --no-store
expect_refused 2 "index.xml is missing"
oakum scan --inventory "$T/si.txt" --offline-catalog "$T/absent.cab" --no-store
expect_exit 2
expect_err_has "absent.cab"
oakum scan --offline-catalog "$T/good.cab" --no-store
expect_refused 2 "for hosts that run Windows"
finish
