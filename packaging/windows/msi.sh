#!/bin/sh
# msi.sh EXE VERSION OUT.msi: the installer for Windows. With OAKUM_SIGN_CERT and OAKUM_SIGN_KEY (PEM; or a PKCS#11 URI as key) exe and
# installer are signed (Authenticode); OAKUM_SIGN_TIMESTAMP is the URL of a time-stamp server.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
exe=$1 version=$2
out=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
work=$(mktemp -d "${TMPDIR:-/tmp}/oakum-msi.XXXXXX")
trap 'rm -rf "$work"' EXIT
sign() { # FILE: in place
	[ -n "${OAKUM_SIGN_CERT:-}" ] || return 0
	osslsigncode sign -certs "$OAKUM_SIGN_CERT" -key "$OAKUM_SIGN_KEY" -n oakum -h sha256 ${OAKUM_SIGN_TIMESTAMP:+-ts "$OAKUM_SIGN_TIMESTAMP"} \
		-in "$1" -out "$1.signed" >&2
	mv "$1.signed" "$1"
}
crlf() { sed 's/$/\r/' "$1"; }
cp "$exe" "$work/oakum.exe"
x86_64-w64-mingw32-strip "$work/oakum.exe"
sign "$work/oakum.exe"
crlf "$top/LICENSE" >"$work/LICENSE.txt"
crlf "$top/packaging/oakum.yaml" >"$work/oakum.example.yaml"
cp "$top/packaging/windows/oakum.wxs" "$work/oakum.wxs"
(cd "$work" && wixl -a x64 -D Version="$version" -o oakum.msi oakum.wxs)
sign "$work/oakum.msi"
mv "$work/oakum.msi" "$out"
