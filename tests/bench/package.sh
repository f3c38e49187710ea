#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# oakum package build and verify on a payload of 483 MB, against tar | zstd, dpkg-deb, rpmbuild, casync, zip; sha256sum and rpm -K.
set -u
: "${OAKUM_BUILD:?}"
OAKUM_SOURCE=${OAKUM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$OAKUM_SOURCE/tests/lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/payload.sh"
cache=${OAKUM_TEST_CACHE:-/var/cache/oakum-test}
mkdir -p "$cache" 2>/dev/null || cache=$T
P=$cache/payload-483-2
payload "$P" 483
: >"$T/empty.yaml"
now() { date +%s%N; }
us() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" "$@" >/dev/null; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
pair() { # NAME NOTE PAIRS OURS PEER
	: >"$T/pairs"
	i=0
	while [ $i -lt "$3" ]; do
		i=$((i + 1))
		start=$(now); $4; a=$(($(now) - start))
		start=$(now); $5; b=$(($(now) - start))
		echo "$a $b" | awk '{ print $1 / 1e9, $2 / 1e9, $2 / $1 }' >>"$T/pairs"
	done
	printf '%-44s | %9.4f | %9.4f | %6.2f | %s\n' "$1" "$(cut -d' ' -f1 "$T/pairs" | median)" "$(cut -d' ' -f2 "$T/pairs" | median)" \
		"$(cut -d' ' -f3 "$T/pairs" | median)" "$2"
}
mib() { echo "$(($(cat "$@" | wc -c) / 1048576)) MiB"; }
cat "$P"/*/* >/dev/null # warm

cat >"$T/tree.yaml" <<END
name: payload
version: "1.0"
model: tree
targets: [{platform: _any, arch: x86_64, files: [{from: "$P", to: ""}]}]
END
echo : >"$T/install.sh"
cat >"$T/script.yaml" <<END
name: payload
version: "1.0"
targets: [{platform: _any, arch: x86_64, files: [{from: "$P", to: ""}], scripts: {install: install.sh, uninstall: install.sh}}]
END
tree() { rm -rf "$T/o1"; us package build "$T/tree.yaml" --out "$T/o1"; }
zipped() { rm -rf "$T/o2"; us package build "$T/script.yaml" --out "$T/o2"; }
deb() { rm -rf "$T/o3"; us package build "$T/tree.yaml" --out "$T/o3" --format deb; }
rpm_ours() { rm -rf "$T/o4"; us package build "$T/tree.yaml" --out "$T/o4" --format rpm; }
tarred2() { tar -C "$P" -cf - . | zstd -q -2 -T2 -f -o "$T/peer2.tar.zst"; sync "$T/peer2.tar.zst"; }
tarred() { tar -C "$P" -cf - . | zstd -q -3 -T2 -f -o "$T/peer.tar.zst"; sync "$T/peer.tar.zst"; }
zip_peer() { rm -f "$T/peer.zip"; (cd "$P" && zip -qr "$T/peer.zip" .); }
mkdir -p "$T/debroot/DEBIAN" "$T/debroot/opt"
printf 'Package: payload\nVersion: 1.0\nArchitecture: amd64\nMaintainer: t\nDescription: t\n' >"$T/debroot/DEBIAN/control"
cp -a --reflink=auto "$P" "$T/debroot/opt/payload"
deb_peer() { dpkg-deb -b -Zzstd -z3 "$T/debroot" "$T/peer.deb" >/dev/null; sync "$T/peer.deb"; }
# every row: on the disk when it returns (ours fsyncs, the peers are followed by sync FILE); ours also hashes what it writes
pair "build tar.zst / tar | zstd -3 -T2" "level 3, two threads each; not slower at equal size is asked" 3 tree tarred
pair "build tar.zst / tar | zstd -2 -T2" "the peer's level of about our size" 3 tree tarred2
echo "    sizes: ours $(mib "$T"/o1/*.tar.zst), peer $(mib "$T/peer.tar.zst") and $(mib "$T/peer2.tar.zst")"
pair "build .deb / dpkg-deb -Zzstd -z3" "level 3 each; not slower at equal size is asked" 3 deb deb_peer
echo "    sizes: ours $(mib "$T"/o3/*.deb), peer $(mib "$T/peer.deb")"
if command -v rpmbuild >/dev/null; then
	printf 'Name: payload\nVersion: 1.0\nRelease: 1\nSummary: t\nLicense: t\nAutoReqProv: no\n%%description\nt\n%%install\nmkdir -p %%{buildroot}/opt\ncp -a --reflink=auto %s %%{buildroot}/opt/payload\n%%files\n/opt/payload\n' "$P" >"$T/p.spec"
	rpm_peer() {
		rpmbuild -bb --quiet --define "_topdir $T/top" --define '_binary_payload w3.zstdio' --define '__os_install_post %{nil}' --define 'debug_package %{nil}' \
			--define '_build_id_links none' "$T/p.spec" >/dev/null 2>&1
	}
	pair "build .rpm / rpmbuild -bb w3.zstdio" "level 3 each; rpmbuild copies the files first" 2 rpm_ours rpm_peer
fi
if command -v casync >/dev/null; then
	chunked() { rm -rf "$T/store"; casync make --store="$T/store" "$T/peer.caidx" "$P" >/dev/null 2>&1; }
	pair "build tar.zst / casync make" "its chunks are what a delta needs" 1 tree chunked
fi
if command -v zck >/dev/null; then
	tar -C "$P" -cf "$T/plain.tar" .
	zchunked() { (cd "$T" && zck -o peer.zck plain.tar); }
	pair "build tar.zst / zck of a ready tar" "the same for zchunk, one thread" 1 tree zchunked
	rm -f "$T/plain.tar"
fi
command -v zip >/dev/null && pair "build zip / zip -r" "deflate, level 6" 1 zipped zip_peer

verify() { us package verify "$T/o1" --allow-unsigned -q; }
sums() { sha256sum "$T"/o1/*.tar.zst >/dev/null; }
pair "verify / sha256sum of the same archive" "4 times is asked" 5 verify sums
if command -v rpm >/dev/null; then
	keyed() { rpm -K "$T"/o4/*.rpm >/dev/null; }
	pair "verify / rpm -K" "" 5 verify keyed
fi
# 483 MB that do not compress, in four archives: both processors
mkdir -p "$T/o5"
for i in 1 2 3 4; do openssl enc -aes-128-ctr -nosalt -K "$(printf %032d $i)" -iv 00 -in /dev/zero 2>/dev/null | head -c 120m >"$T/o5/$i.zip"; done
(
	printf '{"schemaVersion":"2.0","version":"1","packages":{},"files":{'
	for i in 1 2 3 4; do printf '%s"%s.zip":{"checksums":{"sha256":"%s"}}' "$([ $i = 1 ] || echo ,)" $i "$(sha256sum "$T/o5/$i.zip" | cut -d' ' -f1)"; done
	printf '}}'
) >"$T/o5/manifest.json"
verify4() { us package verify "$T/o5" --name four --allow-unsigned -q; }
sums4() { sha256sum "$T"/o5/*.zip >/dev/null; }
pair "verify 480 MB in four archives / sha256sum" "4 times is asked" 5 verify4 sums4
