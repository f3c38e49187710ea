#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An ordinary stored scan of an rpm host against `zypper list-patches` and `dnf updateinfo list` on the same root, in turn,
# warm and without any cache of metadata. The big world (1,200 installed, 20,000 packages, 4,000 advisories) is made by
# ../shared/bench/rpmworld where that is; else by our own small generator, which says so in its rows.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export HOME="$T/home" LC_ALL=C.UTF-8 NO_COLOR=1
. "$OAKUM_SOURCE/tests/lib/rpmworld.sh"
rpmworld_home
pairs=${BENCH_PAIRS:-7}
generators=$OAKUM_SOURCE/../shared/bench/rpmworld
: >"$T/empty.yaml"

if [ -e "$generators/mkrpmworld.py" ]; then
	world=$RPMWORLD_CACHE/bench-rpmworld
	if [ ! -e "$world/done" ]; then
		echo "building the big world in $world (minutes, once)" >&2
		python3 "$generators/mkrpmworld.py" "$world" --names 1400 --installed 1200 --newer 700 --files 20 --per-spec 50 --seed 5 >&2
		python3 "$generators/mkbigrepo.py" "$world" --packages 20000 --advisories 4000 >&2
		: >"$world/done"
	fi
	repo=$world/repo-big what="1,200 installed, 20,000 offered"
else
	rpmworld 1 150
	world=$WORLD repo=$WORLD/rpms what="small world, 150 names"
fi

root=$T/root
mkdir -p "$root/etc/yum.repos.d" "$root/etc/zypp/repos.d" "$root/var/lib/rpm"
cp "$world"/root/var/lib/rpm/rpmdb.sqlite* "$root/var/lib/rpm/"
rm -f "$root"/var/lib/rpm/*-shm
for folder in yum.repos.d zypp/repos.d; do
	printf '[big]\nname=big\nbaseurl=file://%s\nenabled=1\ngpgcheck=0\nrepo_gpgcheck=0\n' "$repo" >"$root/etc/$folder/big.repo"
done
printf '[main]\ngpgcheck=0\nplugins=0\nmodule_platform_id=platform:el9\ncachedir=%s/dnf-cache\nlogdir=%s/log\npersistdir=%s/dp\nreposdir=%s/etc/yum.repos.d\n' "$T" "$T" "$T" "$root" >"$T/dnf.conf"

# seconds COMMAND…: "wall cpu" of one run; the cpu time says more on a busy machine
seconds() {
	start=$(date +%s%N)
	(
		"$@" >/dev/null 2>&1 || true
		times >"$T/times"
	)
	end=$(date +%s%N)
	awk -v wall="$(((end - start) / 1000))" 'NR == 2 { split($1 "m" $2, t, /[ms]+/); printf "%.4f %.4f\n", wall / 1e6, t[1] * 60 + t[2] + t[3] * 60 + t[4] }' "$T/times"
}
ours() { "$OAKUM_BUILD/oakum" --config "$T/empty.yaml" --state "$T/state" --cache "$T/cache" scan --root "$root"; }
with_dnf() { dnf -q $1 -c "$T/dnf.conf" --installroot="$root" --releasever=1 updateinfo list; }
with_zypper() { zypper -q --root "$root" --non-interactive --no-gpg-checks $1 list-patches; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# side NAME PEER-COMMAND OURS-BEFORE PEER-BEFORE
side() {
	: >"$T/pairs"
	i=0
	while [ $i -lt "$pairs" ]; do
		eval "$3"
		a=$(seconds ours)
		eval "$4"
		b=$(seconds $2)
		echo "$a $b" | awk '{ print $1, $3, $3 / $1, $4 / ($2 ? $2 : 0.001) }' >>"$T/pairs"
		i=$((i + 1))
	done
	col() { cut -d' ' -f"$1" "$T/pairs" | median; }
	printf '%-44s | %9.4f | %9.4f | %6.1f | cpu ratio %.1f; %s\n' "$1" "$(col 1)" "$(col 2)" "$(col 3)" "$(col 4)" "$what"
}
# scan until the answer is kept: changes of this very moment are not settled
settle() {
	find "$T/cache" -name scan.snapshot -delete 2>/dev/null || true
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ours >/dev/null 2>&1 || true
		[ -z "$(find "$T/cache" -name scan.snapshot)" ] || break
	done
}
ours >/dev/null 2>&1 || true
with_dnf --refresh >/dev/null 2>&1 || true
with_zypper "" >/dev/null 2>&1 || true
printf 'ID=fedora\nVERSION_ID=39\n' >"$root/etc/os-release"
settle
side "scan rpm, warm / dnf updateinfo" "with_dnf -C" : :
side "scan rpm, database changed / dnf updateinfo" "with_dnf -C" 'touch "$root/var/lib/rpm/rpmdb.sqlite"' 'touch "$root/var/lib/rpm/rpmdb.sqlite"'
side "scan rpm, no caches / dnf updateinfo" "with_dnf --refresh" 'rm -rf "$T/cache"' 'rm -rf "$root$T/dnf-cache"' # dnf keeps it below the root
printf 'ID=opensuse-leap\nID_LIKE="suse opensuse"\nVERSION_ID=15.5\n' >"$root/etc/os-release"
settle
side "scan rpm, warm / zypper list-patches" "with_zypper --no-refresh" : :
side "scan rpm, database changed / zypper" "with_zypper --no-refresh" 'touch "$root/var/lib/rpm/rpmdb.sqlite"' 'touch "$root/var/lib/rpm/rpmdb.sqlite"; rm -rf "$root/var/cache/zypp/solv/@System"'
side "scan rpm, no solv / zypper list-patches" "with_zypper --no-refresh" 'rm -rf "$T/cache"' 'rm -rf "$root/var/cache/zypp/solv"'

for what in "nothing changed" "database changed" "no caches"; do
	case $what in
	database*) touch "$root/var/lib/rpm/rpmdb.sqlite" ;;
	no\ *) rm -rf "$T/cache" ;;
	esac
	printf '%-44s | %9s | %9s | %6s | MiB private, at most 20\n' "scan rpm, $what" \
		"$("$OAKUM_BUILD/tests/peak" "$OAKUM_BUILD/oakum" --config "$T/empty.yaml" --state "$T/state" --cache "$T/cache" scan --root "$root")" \
		"$("$OAKUM_BUILD/tests/peak" zypper -q --root "$root" --non-interactive --no-gpg-checks --no-refresh list-patches)" "-"
done
