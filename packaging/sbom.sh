#!/bin/sh
# sbom.sh VERSION: the software bill of materials of oakum itself, CycloneDX 1.5 JSON: the libraries that the build found, by pkg-config, and
# those that the Windows program contains.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
version=$1
component() { # NAME VERSION SCOPE
	printf ',\n    {"type": "library", "name": "%s", "version": "%s", "scope": "%s", "purl": "pkg:generic/%s@%s"}' "$1" "$2" "$3" "$1" "$2"
}
commit=$(git -C "$top" rev-parse HEAD 2>/dev/null || echo unknown)
at=$(date -u -d "@$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s)" +%Y-%m-%dT%H:%M:%SZ)
printf '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.5",\n  "version": 1,\n  "metadata": {"timestamp": "%s", "component": {"type": "application", "bom-ref": "oakum", "name": "oakum", "version": "%s", "licenses": [{"license": {"id": "GPL-3.0-or-later"}}], "properties": [{"name": "oakum:commit", "value": "%s"}]}},\n  "components": [' "$at" "$version" "$commit"
printf '\n    {"type": "file", "name": "LICENSE", "hashes": [{"alg": "SHA-256", "content": "%s"}]}' "$(sha256sum "$top/LICENSE" | cut -d' ' -f1)"
for row in jansson:jansson:required yaml-0.1:libyaml:required libcrypto:openssl:required sqlite3:sqlite:required libcurl:curl:required libical:libical:required \
	libarchive:libarchive:required libmicrohttpd:libmicrohttpd:required libunistring:libunistring:required apt-pkg:libapt-pkg:optional rpm:rpm:optional \
	libsolv:libsolv:optional librepo:librepo:optional expat:expat:optional zck:zchunk:optional; do
	module=${row%%:*} rest=${row#*:}
	if found=$(pkg-config --modversion "$module" 2>/dev/null); then component "${rest%%:*}" "$found" "${rest#*:}"; fi
done
printf '\n  ]\n}\n'
