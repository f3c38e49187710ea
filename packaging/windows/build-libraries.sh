#!/bin/sh
# Cross-builds the static libraries of oakum.exe from Debian's source packages, once per set of versions.
# Prints the prefix on its last line. Cached in ${OAKUM_WINDOWS_CACHE:-$XDG_CACHE_HOME/oakum/windows}, outside the tree.
# Needs: apt-get with a deb line of the distribution, mingw-w64, cmake, ninja, perl, dpkg-dev, wine is not needed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
host=x86_64-w64-mingw32
cache=${OAKUM_WINDOWS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/oakum/windows}
# libical: Debian's own changes to it do not concern Windows, and its archive of them is not on every mirror
tar_only=libical3
sources="jansson libyaml sqlite3 openssl libzstd libarchive curl libical3"
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

say() { printf 'windows: %s\n' "$*" >&2; }
die() {
	printf 'windows: %s\n' "$*" >&2
	exit 1
}

# one build at a time; the second waits and finds the first one's result
exec 9>"$cache/lock"
flock 9

apt_dir=$cache/apt
log=$cache/last.log

# The source lines of this machine's own binary lines, in a private list: the host's configuration is not touched.
source_list() {
	mkdir -p "$apt_dir/lists/partial"
	{
		for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
			[ -f "$file" ] || continue
			sed -nE '/^deb[[:space:]].*(debian|ubuntu)/s/^deb/deb-src/p' "$file"
		done
		for file in /etc/apt/sources.list.d/*.sources; do
			[ -f "$file" ] || continue
			awk -v RS= '
			function field(name,   i, rest) {
				for (i = 1; i <= NF; i++) if (index($i, name ":") == 1) { rest = substr($i, length(name) + 2); sub(/^ */, "", rest); return rest }
				return ""
			}
			BEGIN { FS = "\n" }
			{ uris = field("URIs"); if (uris !~ /debian|ubuntu/) next
			  key = field("Signed-By"); option = key ~ /^\// ? "[signed-by=" key "] " : ""
			  n = split(field("Suites"), suites, " "); split(uris, uri, " ")
			  for (i = 1; i <= n; i++) print "deb-src " option uri[1] " " suites[i] " " field("Components") }' "$file"
		done
	} >"$apt_dir/sources.list"
	[ -s "$apt_dir/sources.list" ] || die "no deb line of Debian or Ubuntu in /etc/apt (add one: the Windows libraries are built from Debian's sources)"
}

apt_private() {
	program=$1
	shift
	"$program" -q -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::SourceList="$apt_dir/sources.list" \
		-o Dir::State::Lists="$apt_dir/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User=root "$@"
}

# The newest version of source NAME whose files the repositories really hold: an index may be ahead of its pool.
# Fetched into $cache/sources/NAME=VERSION, sums checked by apt; of what is listed in tar_only, upstream's archive alone.
newest() {
	part=
	case " $tar_only " in *" $1 "*) part=--tar-only ;; esac
	for version in $(apt_private apt-cache showsrc --only-source "$1" 2>/dev/null | awk '$1 == "Version:" {print $2}' | sort -rVu); do
		folder=$cache/sources/$1=$version
		[ ! -f "$folder/complete" ] || {
			echo "$version"
			return
		}
		say "fetching $1 $version"
		rm -rf "$folder"
		mkdir -p "$folder"
		if (cd "$folder" && apt_private apt-get source --download-only $part "$1=$version") >"$log" 2>&1; then
			: >"$folder/complete"
			echo "$version"
			return
		fi
		say "it is listed but cannot be fetched"
	done
	die "cannot fetch any version of source package '$1' (whole log: $log)"
}

# NAME=VERSION of every source that will be used, the compiler, and this script: the key of the cache
versions() {
	for name in $sources; do
		version=$(newest "$name")
		printf '%s=%s\n' "$name" "$version"
	done
	printf 'gcc=%s\n' "$($host-gcc -dumpfullversion)"
	cat "$here/build-libraries.sh" "$here/toolchain.cmake" | sha256sum
}

# unpack NAME VERSION into $work/NAME, with Debian's patches
unpack() {
	folder=$cache/sources/$1=$2
	rm -rf "${work:?}/$1"
	if [ -f "$(echo "$folder"/*.dsc)" ]; then
		step "$1" dpkg-source --no-check -x "$folder"/*.dsc "$work/$1"
	else
		mkdir -p "$work/$1"
		step "$1" tar -xf "$(echo "$folder"/*.orig.tar.*)" -C "$work/$1" --strip-components=1
	fi
}

step() { # step NAME COMMAND…: quiet unless it fails
	name=$1
	shift
	"$@" >"$log.$name" 2>&1 || {
		tail -n 40 "$log.$name" >&2
		die "building '$name' failed (whole log: $log.$name)"
	}
}

by_cmake() { # by_cmake NAME [-D…]
	name=$1
	shift
	say "building $name"
	step "$name" cmake -S "$work/$name${subdir:-}" -B "$work/$name-build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" \
		-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=OFF "$@"
	step "$name" cmake --build "$work/$name-build"
	step "$name" cmake --install "$work/$name-build"
}

build_jansson() { by_cmake jansson -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF; }
build_libyaml() { by_cmake libyaml -DBUILD_TESTING=OFF; }

build_sqlite3() {
	say "building sqlite3"
	mkdir -p "$work/sqlite3/native"
	(cd "$work/sqlite3/native" && step sqlite3 ../configure --disable-tcl && step sqlite3 make sqlite3.c)
	step sqlite3 $host-gcc -O2 -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_DQS=0 -c \
		"$work/sqlite3/native/sqlite3.c" -o "$work/sqlite3/native/sqlite3.o"
	$host-ar rcs "$prefix/lib/libsqlite3.a" "$work/sqlite3/native/sqlite3.o"
	cp "$work/sqlite3/native/sqlite3.h" "$prefix/include/"
	printf 'Name: sqlite3\nDescription: SQLite\nVersion: 3\nLibs: -L%s/lib -lsqlite3\nCflags: -I%s/include\n' "$prefix" "$prefix" >"$prefix/lib/pkgconfig/sqlite3.pc"
}

build_openssl() {
	say "building openssl"
	(cd "$work/openssl" &&
		step openssl ./Configure mingw64 --cross-compile-prefix=$host- --prefix="$prefix" --libdir=lib --openssldir='C:/ProgramData/oakum/ssl' \
			no-shared no-tests no-engine no-legacy no-deprecated no-comp no-idea no-seed no-camellia no-bf no-cast no-rc2 no-rc4 no-md4 no-mdc2 \
			no-whirlpool no-srp no-dso no-ui-console no-sm2 no-sm3 no-sm4 no-aria no-gost no-cms no-ts no-ocsp no-psk &&
		step openssl make -j"$(nproc)" build_libs && step openssl make install_dev)
}

build_libzstd() {
	subdir=/build/cmake
	by_cmake libzstd -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_TESTS=OFF -DZSTD_BUILD_SHARED=OFF -DZSTD_BUILD_STATIC=ON -DZSTD_LEGACY_SUPPORT=OFF
	subdir=
}

# ZLIB_WINAPI is a try_run, at which CMake 3.25 crashes while cross-compiling unless it has an emulator: one that says no
build_libarchive() {
	by_cmake libarchive -DENABLE_TEST=OFF -DENABLE_TAR=OFF -DENABLE_CPIO=OFF -DENABLE_CAT=OFF -DENABLE_ICONV=OFF -DENABLE_LIBXML2=OFF \
		-DENABLE_EXPAT=OFF -DENABLE_OPENSSL=OFF -DENABLE_CNG=ON -DENABLE_LZMA=OFF -DENABLE_BZip2=OFF -DENABLE_LZ4=OFF -DENABLE_LZO=OFF \
		-DENABLE_PCREPOSIX=OFF -DENABLE_WERROR=OFF -DENABLE_ZSTD=ON -DCMAKE_CROSSCOMPILING_EMULATOR="$(command -v false)" -DZLIB_LIBRARY=/usr/$host/lib/libz.a
}

build_curl() {
	by_cmake curl -DCURL_USE_OPENSSL=ON -DOPENSSL_ROOT_DIR="$prefix" -DHTTP_ONLY=ON -DCURL_USE_LIBSSH2=OFF -DCURL_USE_LIBPSL=OFF \
		-DUSE_NGHTTP2=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DCURL_ZLIB=ON -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DENABLE_MANUAL=OFF \
		-DZLIB_LIBRARY=/usr/$host/lib/libz.a -DUSE_LIBIDN2=OFF -DUSE_WIN32_IDN=ON
}

build_libical3() {
	by_cmake libical3 -DWITH_CXX_BINDINGS=OFF -DICAL_GLIB=OFF -DICAL_BUILD_DOCS=OFF -DSTATIC_ONLY=ON -DLIBICAL_BUILD_TESTING=OFF \
		-DCMAKE_DISABLE_FIND_PACKAGE_ICU=ON -DCMAKE_DISABLE_FIND_PACKAGE_BDB=ON -DUSE_BUILTIN_TZDATA=ON
}

source_list
say "reading the source lists of this machine's repositories"
apt_private apt-get update >"$log" 2>&1 || die "cannot read the source lists: $(grep -E '^[EW]:' "$log" | head -n 1) (whole log: $log)"
versions >"$cache/versions.new"
key=$(sha256sum <"$cache/versions.new" | cut -c 1-16)
prefix=$cache/$key
if [ ! -f "$prefix/complete" ]; then
	work=$cache/work
	mkdir -p "$work" "$prefix/lib/pkgconfig" "$prefix/include"
	export OAK_WINDOWS_PREFIX="$prefix" PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" PKG_CONFIG_PATH=
	subdir=
	for name in $sources; do
		[ ! -f "$prefix/built-$name" ] || continue
		unpack "$name" "$(sed -n "s/^$name=//p" "$cache/versions.new")"
		rm -rf "$work/$name-build"
		"build_$name"
		: >"$prefix/built-$name"
	done
	cp "$cache/versions.new" "$prefix/versions"
	rm -rf "$work"
	: >"$prefix/complete"
fi
say "libraries in the cache: $(grep -c = "$prefix/versions") versions, key $key"
echo "$prefix"
