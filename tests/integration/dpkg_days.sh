# A signed repository on loopback whose content changes day by day, under a simulated clock: what is approved when.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/servers.sh"
signing_key
R=$T/root
mkdir -p "$T/www"
hostile_serve "$T/www"
cat >"$T/week.yaml" <<-'EOF'
	schema: oakum.baseline/1
	name: week
	operatingSystem: DEBIAN
	approvalRules:
	  patchRules:
	    - {patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ["*"]}]}, approveAfterDays: 7, enableNonSecurity: true, complianceLevel: HIGH}
EOF
empty_root "$R"
for name in early steady fleeting; do installed "$R" $name 1.0; done
printf 'Acquire::http::Proxy "DIRECT";\n' >"$R/etc/apt/apt.conf.d/test"
echo "deb [signed-by=$T/key.asc] $hostile_url/file/repo day main" >"$R/etc/apt/sources.list"
mkdir -p "$T/www/repo/dists/day/main/binary-amd64"
P=$T/www/repo/dists/day/main/binary-amd64/Packages

# day N NAME=VERSION…: the repository of that day of August 2026, refreshed and judged at noon
day() {
	number=$1
	shift
	: >"$P"
	for offer; do offered "$P" "${offer%=*}" "${offer#*=}"; done
	RELEASE_DATE=$(LC_ALL=C date -u -d "2026-08-$number 06:00" '+%a, %d %b %Y %H:%M:%S UTC')
	release "$T/www/repo" day "Label: Test"
	oakum scan --root "$R" --refresh --baseline "$T/week.yaml" -o json --at "2026-08-${number}T12:00:00Z"
	[ "$code" = 0 ] || fail "the scan of day $number"
	jq -r --arg day "$number" '.patches[] | select(.available) |
		"\($day) \(.name) \(.available) \(.state) \(.reason // "-") \(.releaseBasis // "-") \(.approvedAt // "-")"' "$T/out" >>"$T/days"
}
# the first scan: what is there already dates from the Release file; what appears while we watch, from that day
day 01 early=1.1
day 03 early=1.1 fleeting=1.1
day 05 early=1.1 steady=1.1 fleeting=1.2
day 08 early=1.1 steady=1.1 fleeting=1.3
day 09 early=1.1 steady=1.1 fleeting=1.3
day 12 early=1.1 steady=1.1 fleeting=1.3
day 13 early=1.1 steady=1.1 fleeting=1.3
day 16 early=1.1 steady=1.1 fleeting=1.4
day 25 early=1.1 steady=1.1 fleeting=1.4
expected=$OAKUM_SOURCE/tests/data/days.expected
[ -z "${UPDATE:-}" ] || cp "$T/days" "$expected"
expect_same "$T/days" "$expected"
finish
