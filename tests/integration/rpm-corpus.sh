#!/bin/sh
# Real data of others: openSUSE 11.0's update repository against zypper, AlmaLinux 10's advisories against dnf, rpm databases
# of CBL-Mariner (sqlite) and of an old host (Berkeley DB) against their lists, every updateinfo sample against its golden.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
[ -d "$OAKUM_CORPUS/opensuse-11.0-update" ] || skip "no corpus"
rpmworld_home

same() {
	ok
	diff "$1" "$2" >"$T/diff" || { fail "$3"; head -n 10 "$T/diff" >&2; }
}

# made_root NAME: a root of $T/plan's packages, as a copy of one in the test cache.
made_root() {
	rpmworld_root "$T/plan" "$1"
	root=$made
}

# --- openSUSE 11.0: every fourth package older, some as offered
zcat "$OAKUM_CORPUS/opensuse-11.0-update/repodata/primary.xml.gz" |
	awk -F'[<>]' '/<name>/ && !n { n = $3 } /<arch>/ { a = $3 } /<version epoch/ { split($0, v, "\""); e = v[2]; ver = v[4]; rel = v[6] }
		/<\/package>/ { if (a == "x86_64" || a == "noarch") print a, n, e, ver, rel; n = "" }' |
	awk '!seen[$2]++ && $2 !~ /^(kernel|lib.*-32bit)/ { k++ } k % 4 == 1 && !done[$2]++ {
		if (k % 12 == 1) print 1, $1, $2, $3, $4, $5, "-"; else print 1, $1, $2, 0, "0.1", "1", "-" }' >"$T/plan"
SUSE='SUSE LINUX Products GmbH, Nuernberg, Germany'
for RPMWORLD_VENDOR in "$SUSE" Elsewhere; do # patches do not apply to packages of another vendor
made_root "opensuse-${RPMWORLD_VENDOR%% *}"
rpmworld_os "$root" opensuse
mkdir -p "$root/etc/zypp/repos.d"
printf '[update]\nname=update\nbaseurl=file://%s/opensuse-11.0-update\nenabled=1\ngpgcheck=0\nrepo_gpgcheck=0\n' "$OAKUM_CORPUS" >"$root/etc/zypp/repos.d/update.repo"
rpmworld_zypper_patches "$root" >"$T/patches"
awk -F'|' '$2 == "NEEDED" || $2 == "OPTIONAL" { print $1 }' "$T/patches" | sort -u >"$T/zypper"
oakum inventory --root "$root" -o json
expect_exit 0
rpmworld_our_patches >"$T/ours"
same "$T/patches" "$T/ours" "openSUSE 11.0: statuses, categories or severities of patches are not zypper's"
ok
[ "$(wc -l <"$T/patches")" = 164 ] || fail "zypper lists $(wc -l <"$T/patches") of 164 patches"
jq -r '.updates[].advisories[].id' "$T/out" | sort -u >"$T/ours"
same "$T/zypper" "$T/ours" "openSUSE 11.0: not the patches that zypper lists"
ok
[ "$RPMWORLD_VENDOR" != "$SUSE" ] || [ "$(wc -l <"$T/zypper")" -gt 30 ] || fail "zypper lists hardly a patch: nothing was compared"
[ "$RPMWORLD_VENDOR" = "$SUSE" ] || break
# categories and severities in zypper's words
zypper -q --root "$root" --non-interactive --no-gpg-checks --xmlout list-patches -a 2>/dev/null | grep -ao '<update [^>]*>' |
	grep -E 'status="(needed|optional)"' | sed 's/.* name="\([^"]*\)".* category="\([^"]*\)".*/\1 \2/' | sort -u >"$T/zypper"
jq -r '.updates[].advisories[] | "\(.id) \(.classification | ascii_downcase)"' "$T/out" | sort -u >"$T/ours"
same "$T/zypper" "$T/ours" "openSUSE 11.0: other categories than zypper's"
# what zypper would update: name, arch and version
zypper -q --root "$root" --non-interactive --no-gpg-checks --xmlout list-updates -a 2>/dev/null | grep -ao '<update [^>]*kind="package"[^>]*>' |
	sed 's/.* name="\([^"]*\)".* edition="\([^"]*\)".* arch="\([^"]*\)".*/\1 \2 \3/' | sort -u >"$T/zypper"
jq -r '[.updates[] | select(.origins != [])] | group_by(.name + "." + .arch)[] | "\(.[-1].name) \(.[-1].evr) \(.[-1].arch)"' "$T/out" | sort -u >"$T/ours"
same "$T/zypper" "$T/ours" "openSUSE 11.0: other updates than zypper's"

done

# --- AlmaLinux 10: its OSV records as an updateinfo
mkdir "$T/osv" "$T/alma"
tar xzf "$OAKUM_CORPUS/almalinux10-osv/advisories.tar.gz" -C "$T/osv"
find "$T/osv" -name '*.json' | sort | xargs jq -c . >"$T/osv.lines"
{
	printf '<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n'
	jq -r '(.id | {"S":"security","B":"bugfix","E":"enhancement"}[.[2:3]]) as $type | (.summary | split(":")[0]) as $sev |
		"<update from=\"packager@almalinux.org\" status=\"final\" type=\"\($type)\" version=\"3\"><id>\(.id)</id><title>\(.summary | @html)</title>"
		+ "<issued date=\"\(.published[0:10]) 00:00:00\"/><updated date=\"\(.modified[0:10]) 00:00:00\"/><severity>\(if $type == "security" then $sev else "None" end)</severity><references>"
		+ ([.related // [] | .[] | "<reference href=\"h\" id=\"\(.)\" type=\"cve\" title=\"\(.)\"/>"] | join("")) + "</references><pkglist><collection short=\"a\"><name>a</name>"
		+ ([.affected[] | .package.name as $n | .ranges[].events[] | select(.fixed) | .fixed | capture("^((?<e>[0-9]+):)?(?<v>.*)-(?<r>[^-]*)$")
			| "<package name=\"\($n)\" version=\"\(.v)\" release=\"\(.r)\" epoch=\"\(.e // "0")\" arch=\"x86_64\" src=\"s\"><filename>f</filename></package>"] | join(""))
		+ "</collection></pkglist></update>"' "$T/osv.lines"
	echo '</updates>'
} >"$T/updateinfo.xml"
rpmworld_repo "$T/alma" "$T/updateinfo.xml"
jq -r '.affected[] | .package.name as $n | .ranges[].events[] | select(.fixed) | "\($n) \(.fixed)"' "$T/osv.lines" | sort -u |
	awk '!seen[$1]++ { k++ } k % 6 == 1 && !done[$1]++ { e = 0; evr = $2; if (match(evr, /^[0-9]+:/)) { e = substr(evr, 1, RLENGTH - 1); evr = substr(evr, RLENGTH + 1) }
		d = 0; for (i = length(evr); i > 0; i--) if (substr(evr, i, 1) == "-") { d = i; break }
		v = substr(evr, 1, d - 1); rel = substr(evr, d + 1)
		if (k % 18 == 1) print 1, "x86_64", $1, e, v, rel, "-"; else print 1, "x86_64", $1, 0, "0.1", "1", "-" }' >"$T/plan"
made_root alma
mkdir -p "$root/etc"
printf 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="10.1"\nPLATFORM_ID="platform:el10"\n' >"$root/etc/os-release"
mkdir -p "$root/etc/yum.repos.d"
printf '[alma]\nname=alma\nbaseurl=file://%s\nenabled=1\ngpgcheck=0\n' "$T/alma" >"$root/etc/yum.repos.d/alma.repo"
rpmworld_dnf_needed "$root" >"$T/dnf"
oakum inventory --root "$root" -o json
expect_exit 0
jq -r '.updates[] | . as $u | .advisories[] | "\(.id) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u >"$T/ours"
same "$T/dnf" "$T/ours" "AlmaLinux 10: not what dnf lists"
ok
[ "$(wc -l <"$T/dnf")" -gt 100 ] || fail "dnf lists hardly an advisory: nothing was compared"

# --- rpm databases
root=$T/mariner
mkdir -p "$root/var/lib/rpm"
cp "$OAKUM_CORPUS/rpmdb-mariner/cbl-mariner-2.0/rpmdb.sqlite" "$root/var/lib/rpm/"
oakum inventory --root "$root" -o json
expect_exit 0
jq -r '.packages[] | "\(.name) \(.evr) \(.arch)"' "$T/out" | sort >"$T/ours"
awk -F'\t' '{ print $1, ($2 + 0 ? $2 ":" : "") $3 "-" $4, $5 }' "$OAKUM_CORPUS/rpmdb-mariner/cbl-mariner-2.0.rpm-qa.tsv" | sort >"$T/list"
same "$T/list" "$T/ours" "the Mariner database: not the packages of its list"
root=$T/bdb
mkdir -p "$root/var/lib/rpm"
cp "$OAKUM_CORPUS/rpmdb-syft/syft/pkg/cataloger/redhat/testdata/Packages" "$root/var/lib/rpm/"
oakum inventory --root "$root" -o json
expect_exit 0
expect_json '.packages | length' 1

# --- every updateinfo sample equals its golden: a host that has its packages, older
samples=$OAKUM_CORPUS/rpm-updateinfo/pkg/fetch
collections='[.pkglist | .. | objects | select(has("package")) | .package | if type == "array" then .[] else . end]'
find "$samples" -path '*/golden/*/updateinfo/*' -name '*.json' | sort >"$T/goldens"
# shellcheck disable=SC2046
jq -r "$collections"' | .[] | select(.arch != "src") | "1 \(.arch) \(.name) 0 0.0.1 0 -"' $(cat "$T/goldens") | sort -u >"$T/plan"
made_root samples
mkdir -p "$root/etc/yum.repos.d"
printf 'ID=fedora\nVERSION_ID=43\n' >"$root/etc/os-release"
n=0
for file in $(find "$samples" -path '*fixtures*' -name '*updateinfo.xml.*'); do
	n=$((n + 1))
	mkdir -p "$T/sample-$n"
	packing=${file##*.}
	case $packing in
	gz) zcat "$file" ;;
	bz2) bzcat "$file" ;;
	xz) xzcat "$file" ;;
	zst) zstdcat "$file" ;;
	esac >"$T/updateinfo.xml"
	rpmworld_repo "$T/sample-$n"
	modifyrepo_c --mdtype=updateinfo --compress-type="$packing" "$T/updateinfo.xml" "$T/sample-$n/repodata" >/dev/null 2>&1
	printf '[sample-%s]\nname=s\nbaseurl=file://%s/sample-%s\n' "$n" "$T" "$n" >>"$root/etc/yum.repos.d/samples.repo"
done
oakum inventory --root "$root" -o json
expect_exit 0
expect_json '[.repositories[] | select(.error)] | length' 0
# shellcheck disable=SC2046
jq -cS --argjson z 0 '{id, type: (.type | ascii_downcase), title, severity, issued: (.issued.date + "Z" | sub(" "; "T")), updated: (.updated.date + "Z" | sub(" "; "T")),
	cves: ([.references.reference // [] | if type == "array" then .[] else . end | select(.type == "cve") | .id] | sort),
	bugs: ([.references.reference // [] | if type == "array" then .[] else . end | select(.type == "bugzilla") | .id] | sort),
	packages: ('"$collections"' | map(select(.arch != "src") | .name + " " + (if (.epoch // "0") == "0" then "" else .epoch + ":" end) + .version + "-" + .release + " " + .arch) | sort)}
	| select(.packages != [])' $(cat "$T/goldens") | sort >"$T/golden"
jq -cS '[.updates[] | . as $u | .advisories[] | . + {package: ($u.name + " " + $u.evr + " " + $u.arch)}] | group_by(.id)[] | .[0] as $a |
	{id: $a.id, type: ($a.classification | ascii_downcase), title: $a.title, severity: $a.severity, issued: $a.issued, updated: $a.updated, cves: ($a.cves // [] | sort),
	 bugs: ($a.bugs // [] | sort), packages: (map(.package) | sort)}' "$T/out" | sort >"$T/ours"
same "$T/golden" "$T/ours" "an updateinfo sample is read otherwise than its golden says"
ok
[ "$(wc -l <"$T/golden")" -ge 7 ] || fail "hardly a golden was compared"
# --- dnf's own scenarios: each of their updateinfo files on a host that has the packages, older, as dnf lists it
specs=$OAKUM_CORPUS/ci-dnf-stack-advisory/dnf-behave-tests/fixtures/specs
grep -ho '<package [^>]*>' "$specs"/*/updateinfo.xml | sed 's/.* name="\([^"]*\)".*/& \1/; s/.* arch="\([^"]*\)".* \([^ ]*\)$/1 \1 \2 0 0.0.1 0 -/' |
	grep '^1 [a-z0-9_]* [^ ]* 0' | grep -v ' src ' | sort -u >"$T/plan"
made_root dnf
mkdir -p "$root/etc/yum.repos.d"
rpmworld_os "$root" fedora
compared=0
for file in "$specs"/*/updateinfo.xml; do
	spec=$(basename "$(dirname "$file")")
	mkdir -p "$T/spec-$spec"
	cp "$file" "$T/updateinfo.xml"
	rpmworld_repo "$T/spec-$spec" "$T/updateinfo.xml"
	printf '[%s]\nname=s\nbaseurl=file://%s/spec-%s\n' "$spec" "$T" "$spec" >"$root/etc/yum.repos.d/spec.repo"
	rpmworld_dnf_needed "$root" >"$T/dnf"
	oakum inventory --root "$root" -o json
	jq -r '.updates[] | . as $u | .advisories[] | "\(.id) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u >"$T/ours"
	same "$T/dnf" "$T/ours" "dnf scenario '$spec': not what dnf lists"
	compared=$((compared + $(wc -l <"$T/dnf")))
done
ok
[ "$compared" -gt 40 ] || fail "hardly an advisory of dnf's scenarios was compared"
# "Listing available updates": what its Then step says
printf '%s\n' '1 x86_64 glibc 0 2.28 9.fc29 -' '1 x86_64 flac 0 1.3.2 8.fc29 -' >"$T/plan"
made_root listing
mkdir -p "$root/etc/yum.repos.d"
rpmworld_os "$root" fedora
printf '[u]\nbaseurl=file://%s/spec-dnf-ci-fedora-updates\n' "$T" >"$root/etc/yum.repos.d/u.repo"
oakum inventory --root "$root" -o json
expect_json '[.updates[] | . as $u | .advisories[] | [.id, (.classification | ascii_downcase), .severity, $u.name + "-" + $u.evr + "." + $u.arch, .issued]] | sort' \
	'[["FEDORA-2018-318f184000","bugfix","none","glibc-2.28-26.fc29.x86_64","2019-01-17T00:00:00Z"],["FEDORA-2999:002-02","enhancement","Moderate","flac-1.3.3-8.fc29.x86_64","2019-01-17T00:00:00Z"]]'
finish
