# Real Debian roots for tests, built once with mmdebstrap from the mirrors that this machine uses, copied for each test.
# Usage: . lib/assert.sh; . lib/roots.sh; root=$(debian_root) || skip "no mirror"; copy_root "$root" "$T/root"
OAKUM_TEST_CACHE=${OAKUM_TEST_CACHE:-/var/cache/oakum-test}
mkdir -p "$OAKUM_TEST_CACHE" 2>/dev/null || OAKUM_TEST_CACHE=$HOME/oakum-test
mkdir -p "$OAKUM_TEST_CACHE"

# mirror_of SUITE: the address this machine's own apt has for it; empty = none.
mirror_of() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk -v suite="$1" '$2 == suite { print $1; exit }'
}

# What a root's apt needs to reach the same mirrors: name servers, proxies; no hooks.
lend_network() {
	cp /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null || :
	apt-config dump 2>/dev/null | grep -iE '^Acquire::(https?|ftp)::' >"$1/etc/apt/apt.conf.d/90oakum-test" || :
}

# debian_root: prints the folder of a minimal bookworm from main alone (its point release), never to be changed.
debian_root() {
	made=$OAKUM_TEST_CACHE/bookworm-main
	[ "$(id -u)" = 0 ] || { echo "building a root needs root" >&2; return 1; }
	main=$(mirror_of bookworm)
	[ -n "$main" ] || { echo "this machine has no bookworm mirror" >&2; return 1; }
	(
		flock 9
		[ -d "$made" ] && exit 0
		rm -rf "$made.new"
		mmdebstrap --quiet --variant=apt --include=ca-certificates bookworm "$made.new" \
			"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $main bookworm main" >&2 || exit 1
		printf '#!/bin/sh\nexit 101\n' >"$made.new/usr/sbin/policy-rc.d"
		chmod 755 "$made.new/usr/sbin/policy-rc.d"
		mv "$made.new" "$made"
	) 9>"$made.lock" || return 1
	echo "$made"
}

# systemd_root: prints the folder of the same with systemd and the libraries that oakum needs, never to be changed.
systemd_root() {
	booting=$OAKUM_TEST_CACHE/bookworm-systemd
	plain=$(debian_root) || return 1
	(
		flock 9
		[ -d "$booting" ] && exit 0
		rm -rf "$booting.new"
		copy_root "$plain" "$booting.new"
		lend_network "$booting.new"
		chroot "$booting.new" sh -c 'apt-get -qq update && apt-get -qq -y --no-install-recommends install systemd-sysv dbus libjansson4 libyaml-0-2 libsqlite3-0' \
			>"$T/node.log" 2>&1 || { tail -n 1 "$T/node.log" >&2; exit 1; }
		rm -f "$booting.new/etc/hostname" "$booting.new/etc/apt/apt.conf.d/90oakum-test"
		mv "$booting.new" "$booting"
	) 9>"$booting.lock" || return 1
	echo "$booting"
}

# copy_root FROM TO
copy_root() {
	mkdir -p "$2"
	cp -a --reflink=auto "$1/." "$2/"
}

# enable_updates ROOT: security and updates are sources too; lists are fetched by the root's own apt.
enable_updates() {
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	{
		echo "deb [signed-by=$key] $(mirror_of bookworm) bookworm main"
		echo "deb [signed-by=$key] $(mirror_of bookworm-updates) bookworm-updates main"
		echo "deb [signed-by=$key] $(mirror_of bookworm-security) bookworm-security main"
	} >"$1/etc/apt/sources.list"
	lend_network "$1"
	chroot "$1" apt-get -qq update >&2
}

# empty_root DIR [DISTRIBUTION VERSION]: a Debian-like tree without packages, for made repositories.
empty_root() {
	mkdir -p "$1/etc/apt/apt.conf.d" "$1/etc/apt/preferences.d" "$1/etc/apt/sources.list.d" "$1/etc/apt/trusted.gpg.d" \
		"$1/var/lib/dpkg/info" "$1/var/lib/apt/lists/partial" "$1/var/cache/apt/archives/partial" "$1/var/log/apt"
	printf 'ID=%s\nVERSION_ID="%s"\nPRETTY_NAME="%s %s"\n' "${2:-debian}" "${3:-12}" "${2:-debian}" "${3:-12}" \
		>"$1/etc/os-release"
	echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
	: >"$1/var/lib/dpkg/available"
}

# installed ROOT NAME VERSION [ARCH] [FIELD…]: one more package in dpkg's status.
installed() {
	status=$1/var/lib/dpkg/status name=$2 version=$3 arch=${4:-amd64}
	shift 3
	[ $# -eq 0 ] || shift
	{
		printf 'Package: %s\nStatus: install ok installed\nPriority: optional\nSection: misc\n' "$name"
		printf 'Maintainer: T <t@example.org>\nArchitecture: %s\nVersion: %s\n' "$arch" "$version"
		for field; do printf '%s\n' "$field"; done
		printf 'Description: made\n\n'
	} >>"$status"
}

# offered DIR NAME VERSION [FIELD…]: one more package in a Packages file (no archive behind it).
offered() {
	list=$1 name=$2 version=$3
	shift 3
	{
		printf 'Package: %s\nArchitecture: amd64\nVersion: %s\nMaintainer: T <t@example.org>\n' "$name" "$version"
		printf 'Priority: optional\nSection: misc\nInstalled-Size: 10\nSize: 1000\n'
		printf 'Filename: pool/%s_%s_amd64.deb\nSHA256: %064d\n' "$name" "$(echo "$version" | tr : %)" 0
		for field; do printf '%s\n' "$field"; done
		printf 'Description: made\n\n'
	} >>"$list"
}

# signing_key: a key in $T/gpg; its public part in $T/key.asc and $T/key.gpg.
signing_key() {
	export GNUPGHOME="$T/gpg"
	mkdir -m 700 -p "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key "oakum test <t@example.org>" rsa2048 sign never 2>/dev/null
	gpg --armor --export >"$T/key.asc"
	gpg --export >"$T/key.gpg"
}

# release DIR SUITE [FIELD…]: Release and InRelease over dists/SUITE, which has main/binary-amd64/Packages.
release() {
	dists=$1/dists/$2 suite=$2
	shift 2
	gzip -9nkf "$dists/main/binary-amd64/Packages"
	{
		for field; do printf '%s\n' "$field"; done
		printf 'Suite: %s\nCodename: %s\nComponents: main\nArchitectures: amd64\n' "$suite" "$suite"
		[ -z "${RELEASE_DATE:-}" ] && date -u '+Date: %a, %d %b %Y %H:%M:%S UTC' || echo "Date: $RELEASE_DATE"
		echo SHA256:
		(cd "$dists" && for f in main/binary-amd64/Packages main/binary-amd64/Packages.gz; do
			printf ' %s %s %s\n' "$(sha256sum <"$f" | cut -d' ' -f1)" "$(stat -c %s "$f")" "$f"
		done)
	} >"$dists/Release"
	gpg --batch --quiet --yes --clearsign --digest-algo SHA256 -o "$dists/InRelease" "$dists/Release"
}

# apt_in ROOT COMMAND…: this machine's apt on a made root.
apt_in() {
	aptroot=$1
	shift
	printf 'Dir "%s/";\nDir::State::status "%s/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\nDebug::NoLocking "true";\n' \
		"$aptroot" "$aptroot" >"$T/apt.conf"
	printf 'Dir::Bin::methods "/usr/lib/apt/methods";\nAPT::Architecture "amd64";\n' >>"$T/apt.conf"
	APT_CONFIG=$T/apt.conf "$@"
}
