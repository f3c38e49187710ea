#!/bin/sh
# release.sh FOLDER [deb|rpm|msi|sbom…]: builds oakum's own packages from what is committed, into FOLDER (all of them by default).
# OAKUM_RELEASE=N is the rpm's release (1). OAKUM_RELEASE_WORK=DIR is built in instead of a new temporary folder: at the same place a
# compiler's cache (ccache, by CMAKE_C_COMPILER_LAUNCHER) finds again what did not change.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
out=$1
shift
[ $# -gt 0 ] || set -- deb rpm msi sbom
mkdir -p "$out"
out=$(cd "$out" && pwd)
version=$(sed -n 's/^project(oakum VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
work=${OAKUM_RELEASE_WORK:-$(mktemp -d "${TMPDIR:-/tmp}/oakum-release.XXXXXX")}
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
die() {
	printf 'release: %s\n' "$*" >&2
	exit 1
}
run() { # LOG COMMAND…
	log=$1
	shift
	"$@" >"$out/$log" 2>&1 </dev/null || {
		tail -n 40 "$out/$log" >&2
		die "'$1' failed (whole log: $out/$log)"
	}
}

# The source as it is committed; SOURCE_DATE_EPOCH is the commit's, so that equal sources give equal packages.
source_tree() {
	src=$work/oakum-$version
	[ -d "$src" ] && return
	mkdir "$src"
	git -C "$top" archive HEAD | tar -x -C "$src"
	SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct)
	export SOURCE_DATE_EPOCH
}

make_deb() {
	source_tree
	rm -rf "$src/debian"
	cp -r "$src/packaging/deb" "$src/debian"
	printf 'oakum (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- oakum maintainers <maintainers@oakum.invalid>  %s\n' \
		"$version" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" >"$src/debian/changelog"
	(cd "$src" && run deb.log dpkg-buildpackage -us -uc -b)
	cp "$work"/*.deb "$out/"
	rm -rf "$src"
}

make_rpm() {
	source_tree
	mkdir -p "$work/rpm/SOURCES"
	tar -C "$work" --sort=name --owner=0 --group=0 --mtime="@$SOURCE_DATE_EPOCH" -czf "$work/rpm/SOURCES/oakum-$version.tar.gz" "oakum-$version"
	# on Debian the build requirements are there under other names
	nodeps=
	[ ! -f /var/lib/dpkg/status ] || nodeps=--nodeps
	# shellcheck disable=SC2086
	run rpm.log rpmbuild -bb $nodeps --define "_topdir $work/rpm" --define "oakum_version $version" --define "oakum_release ${OAKUM_RELEASE:-1}" \
		"$src/packaging/rpm/oakum.spec"
	cp "$work"/rpm/RPMS/*/*.rpm "$out/"
}

make_msi() {
	[ -f "$top/build/windows/oakum.exe" ] || run windows.log sh "$top/packaging/windows/build.sh"
	run msi.log sh "$top/packaging/windows/msi.sh" "$top/build/windows/oakum.exe" "$version" "$out/oakum-$version-x64.msi"
}

make_sbom() {
	sh "$top/packaging/sbom.sh" "$version" >"$out/oakum-$version.cdx.json"
}

for what; do
	case $what in
	deb | rpm | msi | sbom) "make_$what" ;;
	*) die "'$what' is none of deb, rpm, msi, sbom" ;;
	esac
done
(cd "$out" && sha256sum ./*.deb ./*.rpm ./*.msi ./*.cdx.json 2>/dev/null >SHA256SUMS) || :
