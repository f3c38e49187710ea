# oakum's own packages built for a test, one build at a time in one place, so that a second build compiles only what changed.
# Usage: . lib/assert.sh; . lib/release.sh; build_packages FOLDER deb|rpm|…
build_packages() {
	cache=${OAKUM_TEST_CACHE:-/var/cache/oakum-test}
	mkdir -p "$cache"
	[ -w "$cache" ] || cache=$T
	if command -v ccache >/dev/null; then
		export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR="$cache/ccache" CCACHE_MAXSIZE=1G
		export CCACHE_BASEDIR="$cache/release"
	fi
	OAKUM_RELEASE_WORK="$cache/release" flock "$cache/release.lock" sh "$OAKUM_SOURCE/packaging/release.sh" "$@"
}
