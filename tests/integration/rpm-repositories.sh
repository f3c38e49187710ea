#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other projects' repositories as they test with them: what dnf reads we read as it does, what is broken is said and is no crash.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
[ -d "$OAKUM_CORPUS/createrepo-testdata" ] || skip "no corpus"
need_tool rpmbuild createrepo_c dnf
rpmworld_home
corpora="$OAKUM_CORPUS/createrepo-testdata $OAKUM_CORPUS/librepo-testdata $OAKUM_CORPUS/vmaas-repodata $OAKUM_CORPUS/libzypp-fixtures"
unpacked() {
	case $1 in
	*.gz) zcat "$1" 2>/dev/null ;;
	*.xz) xzcat "$1" 2>/dev/null ;;
	*.bz2) bzcat "$1" 2>/dev/null ;;
	*.zst) zstdcat "$1" 2>/dev/null ;;
	*.zck) unzck -c "$1" 2>/dev/null ;;
	*) cat "$1" ;;
	esac
}

# a host that has every package that their primary and updateinfo files name, older
# shellcheck disable=SC2086
find $corpora -name '*primary*.xml*' | sort | while read -r file; do unpacked "$file"; done | tr '>' '>\n' | awk -F'[<>"]' '
	/<package / { n = ""; a = "" } { line = prev $0; prev = "" } /<name$/ { want = "n"; next } /<arch$/ { want = "a"; next }
	want == "n" { if (n == "") n = $1; want = "" } want == "a" { a = $1; want = "" }
	/<\/package/ { if (a != "src" && a != "nosrc") print "1", a, n, 0, "0.0.1", "0", "-" }' >"$T/names"
# shellcheck disable=SC2086
find $corpora -name '*updateinfo*.xml*' | sort | while read -r file; do unpacked "$file"; done | grep -o '<package [^>]*>' |
	sed 's/.* name="\([^"]*\)".*/& \1/; s/.* arch="\([^"]*\)".* \([^ ]*\)$/1 \1 \2 0 0.0.1 0 -/' | grep '^1 [a-z0-9_]* [^ ]* 0' >>"$T/names"
grep -E '^1 (x86_64|i[356]86|noarch) [A-Za-z0-9._+-]+ ' "$T/names" | sort -u >"$T/plan"
rpmworld_root "$T/plan" repositories
root=$made
ok
[ "$(wc -l <"$T/plan")" -gt 100 ] || fail "hardly a name was found: nothing is compared"
rpmworld_os "$root" fedora
mkdir -p "$root/etc/yum.repos.d" "$root/etc/zypp/repos.d"

ask_dnf() {
	printf '[main]\nmodule_platform_id=platform:el9\ngpgcheck=0\nplugins=0\ncachedir=%s/dc\nlogdir=%s/dl\nreposdir=%s/etc/yum.repos.d\npersistdir=%s/dp\n' \
		"$T" "$T" "$root" "$T" >"$T/dnf.conf"
	dnf -q -c "$T/dnf.conf" --installroot="$root" --releasever=39 "$@" 2>"$T/dnf.err"
}
# The repository in folder $1: nothing or a clear error where dnf reads it; the same versions and advisories where it does.
compare() {
	rm -rf "$T/dc"
	printf '[r]\nname=r\nbaseurl=file://%s\n' "$1" >"$root/etc/yum.repos.d/r.repo"
	oakum inventory --root "$root" -o json
	ok
	case $code in 0 | 4) ;; *) fail "$1: exit $code" ;; esac
	if ask_dnf --refresh repoquery --available --arch x86_64,i686,i586,i386,noarch --qf '%{name} %{evr} %{arch}' >"$T/list"; then
		ok
		[ "$(jq '.repositories[0].error' "$T/out")" = null ] || fail "$1 ${2:-}: dnf reads it, we: $(jq '.repositories[0].error' "$T/out")"
		sort -u "$T/list" >"$T/theirs"
		# a version of an arch that this host has no such package of is none for it
		jq -r '.packages[] | .name + " " + .arch' "$T/out" | sort -u >"$T/have"
		awk 'NR == FNR { have[$1 " " $2] = 1; next } (($1 " " $3) in have)' "$T/have" "$T/theirs" >"$T/theirs.here"
		jq -r '.updates[] | select(.origins != []) | .name + " " + .evr + " " + .arch' "$T/out" | sort -u >"$T/ours"
		ran="scan of $1 ${2:-}"
		expect_same "$T/theirs.here" "$T/ours"
		ask_dnf updateinfo list | awk '{ sub(/-0:/, "-", $3); print $1, $3 }' | sort -u >"$T/theirs"
		jq -r '.updates[] | . as $u | .advisories[] | "\(.id) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u >"$T/ours"
		expect_same "$T/theirs" "$T/ours"
		compared=$((compared + 1))
	elif grep -q 'filelists' "$T/dnf.err"; then
		: # dnf needs a file that we do not
	else
		ok
		[ "$(jq -r '.repositories[0].error' "$T/out")" != null ] || fail "$1: dnf refuses it: $(head -n 1 "$T/dnf.err")"
	fi
}
compared=0
# shellcheck disable=SC2086
for file in $(find $corpora "$OAKUM_CORPUS/opensuse-11.0-update" -path '*/repodata/repomd.xml' | sort); do
	compare "$(dirname "$(dirname "$file")")"
done
ok
[ $compared -ge 8 ] || fail "only $compared repositories were compared with dnf"

# --- single files: each in a repository of its own, whose sums are right
mkdir -p "$T/one"
cp "$(find "$OAKUM_CORPUS" -name 'super_kernel-6.0.1-2.x86_64.rpm' | head -n 1)" "$T/one/" 2>/dev/null
fill() { # fill TYPE FILE: $T/one with FILE, unpacked, as its metadata of TYPE
	rm -rf "$T/one/repodata"
	createrepo_c -q --no-database --simple-md-filenames "$T/one" >/dev/null 2>&1
	unpacked "$2" >"$T/$1.xml"
	modifyrepo_c --mdtype="$1" "$T/$1.xml" "$T/one/repodata" >/dev/null 2>&1
}
# shellcheck disable=SC2086
for file in $(find $corpora -name '*updateinfo*.xml*' ! -name '*.zck' | sort); do
	fill updateinfo "$file"
	compare "$T/one" "$file"
done
# shellcheck disable=SC2086
for file in $(find $corpora -name '*primary*.xml*' ! -name '*.zck' ! -name '*snippet*' ! -path '*/repodata/*' | sort); do
	rm -rf "$T/one/repodata"
	createrepo_c -q --no-database --simple-md-filenames "$T/one" >/dev/null 2>&1
	unpacked "$file" | gzip -n >"$T/one/repodata/primary.xml.gz"
	sum=$(sha256sum "$T/one/repodata/primary.xml.gz" | cut -d' ' -f1)
	awk -v sum="$sum" -v size="$(wc -c <"$T/one/repodata/primary.xml.gz")" '/<data type=/ { here = /"primary"/ }
		here && /<checksum/ { sub(/>[0-9a-f]*</, ">" sum "<") } here && /<size>/ { sub(/>[0-9]*</, ">" size "<") }
		here && /<open-/ { next } { print }' "$T/one/repodata/repomd.xml" >"$T/repomd"
	cp "$T/repomd" "$T/one/repodata/repomd.xml"
	compare "$T/one" "$file"
done
# shellcheck disable=SC2086
for file in $(find $corpora -name '*modules.yaml*' ! -name '*.zck' | sort); do
	fill modules "$file"
	compare "$T/one" "$file"
	expect_json '.repositories[0] | has("error")' false
done

# --- repomd files by themselves: a clear error, or what they hold
# shellcheck disable=SC2086
for file in $(find $corpora -name '*repomd*' -type f ! -name '*.asc' ! -name '*.key' ! -name '*.sig' ! -name '*.solution' ! -name '*key*' ! -path '*/repodata/repomd.xml' | sort); do
	rm -rf "$T/md"
	mkdir -p "$T/md/repodata"
	cp "$file" "$T/md/repodata/repomd.xml"
	printf '[r]\nname=r\nbaseurl=file://%s/md\n' "$T" >"$root/etc/yum.repos.d/r.repo"
	oakum inventory --root "$root" -o json
	expect_exit 4
	expect_json '.repositories[0].error | length > 20' true
done
finish
