#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installing 483 MB, on the disk when it returns: a tree package against dpkg --root -i of the same files, both packed with zstd; and an update
# of which nine tenths are the same.
set -u
: "${OAKUM_BUILD:?}"
OAKUM_SOURCE=${OAKUM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$OAKUM_SOURCE/tests/lib/assert.sh"
: >"$T/empty.yaml"
us() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" "$@" >/dev/null; }
now() { date +%s%N; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
python3 - "$T/payload" <<'EOF'
import os, random, sys
random.seed(1)
base = b"".join(open(p, "rb").read() for p in ("/usr/bin/bash", "/usr/bin/perl", "/usr/bin/python3") if os.path.exists(p))
total = i = 0
while total < 483_000_000:
    n = random.choice([2000, 20000, 200000, 2000000, 8000000])
    at = random.randrange(0, len(base) - 100)
    folder = "%s/d%d" % (sys.argv[1], i % 50)
    os.makedirs(folder, exist_ok=True)
    with open("%s/f%d" % (folder, i), "wb") as f:
        f.write(random.randbytes(n // 3) + (base[at:] + base * (1 + n // len(base)))[:n - n // 3])
    total += n
    i += 1
EOF
for v in 1 2; do
	printf 'schema: oakum.recipe/1\nname: big\nversion: "%s"\nmodel: tree\ntargets:\n  - files: [{from: payload, to: data/}]\n' $v >"$T/recipe.yaml"
	us package build "$T/recipe.yaml" --out "$T/v$v" || exit 1
	[ $v = 2 ] || for d in 0 1 2 3 4; do for f in "$T/payload/d$d"/*; do echo changed >>"$f"; done; done
done
mkdir -p "$T/deb/DEBIAN" "$T/deb/opt"
cp -al "$T/payload" "$T/deb/opt/big"
printf 'Package: big\nVersion: 1\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: big\n' >"$T/deb/DEBIAN/control"
dpkg-deb -Zzstd --root-owner-group -b "$T/deb" "$T/big.deb" >/dev/null
fresh() {
	rm -rf "$T/root"
	mkdir -p "$T/root/etc" "$T/root/var/lib/dpkg/info" "$T/root/var/lib/dpkg/updates"
	: >"$T/root/var/lib/dpkg/status"
	sync
}
for i in 1 2 3; do
	fresh
	start=$(now); us --root "$T/root" package install "$T/v1" --allow-unsigned; a=$(($(now) - start))
	sync
	start=$(now); us --root "$T/root" package install "$T/v2" --allow-unsigned; c=$(($(now) - start))
	fresh
	start=$(now); dpkg --root="$T/root" --force-not-root --force-script-chrootless -i "$T/big.deb" >/dev/null 2>&1; b=$(($(now) - start))
	echo "$a $b $c" | awk '{ print $1 / 1e9, $2 / 1e9, $2 / $1, $3 / 1e9, $2 / $3 }'
done >"$T/rows"
column_of() { cut -d' ' -f"$1" "$T/rows" | median; }
printf '%-44s | %9.4f | %9.4f | %6.2f | %s\n' package-install "$(column_of 1)" "$(column_of 2)" "$(column_of 3)" "483 MB tree / dpkg --root -i"
printf '%-44s | %9.4f | %9.4f | %6.2f | %s\n' package-update "$(column_of 4)" "$(column_of 2)" "$(column_of 5)" "the same, nine tenths unchanged / dpkg --root -i"
