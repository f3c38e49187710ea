#!/bin/sh
# Ten worlds made from seeds: the advisories that oakum finds are those of `dnf updateinfo list` and `zypper list-patches`.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
rpmworld_home

same() {
	ok
	diff "$1" "$2" >"$T/diff" || { fail "$3"; head -n 10 "$T/diff" >&2; }
}

one_seed() {
	rpmworld "$1" "$2" || { fail "world $1 cannot be built"; return; }
	root=$T/root-$1
	cp -a "$WORLD/root" "$root"
	rm -rf "$T/cache" "$T/dnf-cache"

	rpmworld_dnf_needed "$root" >"$T/dnf"
	oakum inventory --root "$root" -o json
	expect_exit 0
	jq -r '.updates[] | . as $u | .advisories[] | "\(.id) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u >"$T/ours"
	same "$T/dnf" "$T/ours" "seed $1: not what dnf lists"
	ok
	[ -s "$T/dnf" ] || fail "seed $1: dnf lists nothing, so nothing was compared"
	# type or severity and CVEs of each row
	rpmworld_dnf_rows "$root" >"$T/theirs"
	rpmworld_our_rows >"$T/rows"
	same "$T/theirs" "$T/rows" "seed $1: other types or severities than dnf's"
	rpmworld_dnf_rows "$root" --with-cve >"$T/theirs"
	rpmworld_our_rows '.cves[]' >"$T/rows"
	same "$T/theirs" "$T/rows" "seed $1: other CVEs than dnf's"

	# the same again from oakum's own caches of database and metadata
	find "$T/cache" -name scan.snapshot -delete
	oakum inventory --root "$root" -o json
	jq -r '.updates[] | . as $u | .advisories[] | "\(.id) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u >"$T/warm"
	same "$T/ours" "$T/warm" "seed $1: the second scan differs from the first"

	rpm --root "$root" --define '_dbpath /var/lib/rpm' -qa --qf '%{name} %{arch} %|epoch?{%{epoch}:}|%{version}-%{release} %{installtime}\n' | sort >"$T/rpm"
	rm -f "$root"/var/lib/rpm/*-shm "$root"/var/lib/rpm/*-wal
	jq -r '.packages[] | "\(.name) \(.arch) \(.evr) \(.installedAt | fromdateiso8601)"' "$T/out" | sort >"$T/ours"
	same "$T/rpm" "$T/ours" "seed $1: not what rpm -qa lists"

	rpmworld_os "$root" opensuse
	rpmworld_zypper_patches "$root" >"$T/patches"
	awk -F'|' '$2 == "NEEDED" || $2 == "OPTIONAL" { print $1 }' "$T/patches" | sort -u >"$T/zypper"
	oakum inventory --root "$root" -o json
	expect_exit 0
	jq -r '.updates[].advisories[].id' "$T/out" | sort -u >"$T/ours"
	same "$T/zypper" "$T/ours" "seed $1: not what zypper lists"
	rpmworld_our_patches >"$T/ours"
	same "$T/patches" "$T/ours" "seed $1: statuses, categories or severities of patches are not zypper's"
	rm -rf "$root"
}

for seed in 1 2 3 4 5 6 7 8 9 10; do
	one_seed $seed $((10 + seed * 14))
done
finish
