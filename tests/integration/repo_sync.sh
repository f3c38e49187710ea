# repo sync: a Debian archive, an rpm repository and one of ours, mirrored from loopback; apt, dnf and our client use the mirrors with
# their ordinary signature checks, also last week's snapshot after the upstream moved on. A refused sync changes no file.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
. "$OAKUM_SOURCE/tests/lib/roots.sh"
. "$OAKUM_SOURCE/tests/lib/rpmworld.sh"
. "$OAKUM_SOURCE/tests/lib/rpmroot.sh"
OAKUM_CONFIG=$T/none.yaml
echo 'network: {slowTime: 2s}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
need_tool gpg gpgv apt-ftparchive dpkg-deb
export GNUPGHOME="$T/gpg"
mkdir -m 700 gpg up
for who in archive stranger; do gpg -q --batch --passphrase '' --quick-gen-key "$who <$who@example.invalid>" rsa2048 sign never 2>/dev/null; done
gpg -q --export archive@example.invalid > archive.gpg
gpg -q --armor --export archive@example.invalid > archive.asc
gpg -q --export stranger@example.invalid > stranger.gpg

# --- an archive ---------------------------------------------------------------------------------------------------------------
deb() { # NAME VERSION
	mkdir -p "build/$1/DEBIAN" "build/$1/usr/share/$1" "up/deb/pool/main/$1"
	echo "$2" > "build/$1/usr/share/$1/version"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: M <m@example.invalid>\nDescription: made\n' "$1" "$2" > "build/$1/DEBIAN/control"
	dpkg-deb -b "build/$1" "up/deb/pool/main/$1/$1_${2}_all.deb" >/dev/null
}
release() { # DATE [SIGNER]
	(
		cd up/deb || exit 1
		dir=dists/stable-security/main/binary-amd64
		mkdir -p $dir
		apt-ftparchive -o APT::FTPArchive::Sources=false packages pool > $dir/Packages
		xz -kf $dir/Packages
		gzip -nkf $dir/Packages
		rm -f dists/stable-security/InRelease dists/stable-security/Release
		apt-ftparchive -o APT::FTPArchive::Release::Suite=stable-security -o APT::FTPArchive::Release::Codename=stable-security \
			-o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 \
			-o APT::FTPArchive::Release::Acquire-By-Hash=yes release dists/stable-security > Release.new
		{
			sed "s/^Date: .*/Date: $1/" Release.new
			[ -z "${VALID_UNTIL:-}" ] || echo "Valid-Until: $VALID_UNTIL"
		} | awk '/^(MD5Sum|SHA1|SHA512):/ { skip = 1; next } /^[^ ]/ { skip = 0 } !skip' > dists/stable-security/Release
		rm Release.new $dir/Packages # as real mirrors: only compressed
		gpg -q --batch --yes --clearsign -u "${2:-archive}@example.invalid" -o dists/stable-security/InRelease dists/stable-security/Release
		gpg -q --batch --yes --armor --detach-sign -u "${2:-archive}@example.invalid" -o dists/stable-security/Release.gpg dists/stable-security/Release
	)
}
deb hello 1.0
deb plain 1.0
release 'Mon, 16 Nov 2026 10:00:00 UTC'
nginx_serve "$T"
hostile_serve "$T"
oakum repo trust add deb --url "$nginx_url/up/deb" --apt stable-security --component main --arch amd64
expect_refused 2 "needs '--url URL', '--keyring FILE'"
oakum repo trust add deb --url http://127.0.0.1:9/deb --url "$nginx_url/up/deb" --apt stable-security --component main --arch amd64 --keyring archive.asc
expect_exit 0
oakum repo sync deb
expect_refused 2 "needs '--to DIR'"
oakum repo sync nobody --to mirror
expect_refused 2 "repository 'nobody' is not trusted here"
expect_true test ! -e mirror
oakum repo sync deb --to mirror --at 2026-11-16T12:00:00Z -o json
expect_exit 0
expect_json .snapshot '"20261116T120000Z"'
expect_json .fetched 4
for file in dists/stable-security/InRelease pool/main/hello/hello_1.0_all.deb dists/stable-security/main/binary-amd64/Packages.xz; do
	expect_same "mirror/current/$file" "up/deb/$file"
done
: > nginx.log
oakum repo sync deb --to mirror
expect_exit 0
expect_out_has "nothing new"
expect_true test "$(wc -l < nginx.log)" = 1

# last week is over: hello 1.1, and 1.0 is gone
rm up/deb/pool/main/hello/hello_1.0_all.deb
deb hello 1.1
release 'Mon, 23 Nov 2026 10:00:00 UTC'
: > nginx.log
oakum repo sync deb --to mirror --at 2026-11-23T12:00:00Z -o json
expect_exit 0
expect_json .files 6
expect_true test "$(grep -c plain_1.0 nginx.log)" = 0 # it is here
expect_true test "$(stat -c %i mirror/snapshots/20261116T120000Z/pool/main/plain/plain_1.0_all.deb)" = \
	"$(stat -c %i mirror/snapshots/20261123T120000Z/pool/main/plain/plain_1.0_all.deb)"
expect_true test "$(readlink mirror/current)" = snapshots/20261123T120000Z

# apt installs from the mirror with its own checks: today's, and last week's
installs() { # SNAPSHOT VERSION
	rm -rf "$T/apt"
	empty_root "$T/apt"
	: > "$T/apt/var/lib/dpkg/status"
	echo "deb [signed-by=$T/archive.gpg] $nginx_url/mirror/$1 stable-security main" > "$T/apt/etc/apt/sources.list"
	run apt-get -qq -o Dir="$T/apt" -o Dir::State::status="$T/apt/var/lib/dpkg/status" -o APT::Architecture=amd64 -o Acquire::Languages=none \
		-o APT::Sandbox::User=root update
	expect_exit 0
	expect_err_lacks W:
	run fakeroot apt-get -qq -y -o Dir="$T/apt" -o Dir::State::status="$T/apt/var/lib/dpkg/status" -o APT::Architecture=amd64 \
		-o DPkg::Options::=--root="$T/apt" -o DPkg::Options::=--force-not-root -o APT::Sandbox::User=root -o Dir::Log="$T/apt/var/log/apt" install hello
	expect_exit 0
	expect_true test "$(cat "$T/apt/usr/share/hello/version")" = "$2"
}
installs current 1.1
installs snapshots/20261116T120000Z 1.0

# --- what is refused changes nothing --------------------------------------------------------------------------------------------
state() { find mirror -exec stat -c '%n %i %s %Y' {} + | sort; }
refused() { # CODE MESSAGE
	expect_refused "$1" "$2"
	ok
	[ "$(state)" = "$before" ] || fail "the mirror changed: $(state | diff - before | head -n 3)"
}
before=$(state)
state > before
cp -a up/deb up/keep
restore() { rm -rf up/deb; cp -a up/keep up/deb; }
deb hello 1.2
release 'Mon, 23 Nov 2026 11:00:00 UTC' stranger
oakum repo sync deb --to mirror
refused 5 "is not signed by a key of its keyring"
release 'Mon, 16 Nov 2026 09:00:00 UTC'
oakum repo sync deb --to mirror
refused 5 "is older than the one that was mirrored last"
VALID_UNTIL='Mon, 16 Nov 2026 10:00:00 UTC' release 'Mon, 23 Nov 2026 11:00:00 UTC'
oakum repo sync deb --to mirror
refused 5 "expired: Valid-Until"
release 'Mon, 23 Nov 2026 11:00:00 UTC'
sed -i 's/^Suite: .*/Suite: other/' up/deb/dists/stable-security/InRelease
oakum repo sync deb --to mirror
refused 5 "the signature is bad"
release 'Mon, 23 Nov 2026 11:00:00 UTC'
release 'Mon, 23 Nov 2026 11:00:00 UTC'
printf x >> up/deb/dists/stable-security/main/binary-amd64/Packages.xz
printf x >> up/deb/dists/stable-security/main/binary-amd64/Packages.gz
oakum repo sync deb --to mirror
refused 5 "is not the file that the signed metadata list"
release 'Mon, 23 Nov 2026 11:00:00 UTC'
size=$(stat -c %s up/deb/pool/main/hello/hello_1.2_all.deb)
head -c "$size" /dev/urandom > up/deb/pool/main/hello/hello_1.2_all.deb
oakum repo sync deb --to mirror
refused 5 "is not the file that the signed metadata list"
rm up/deb/pool/main/hello/hello_1.2_all.deb
oakum repo sync deb --to mirror
expect_exit 1
expect_true test "$(state)" = "$before"
deb hello 1.2
# a second mirror has what the first one has wrong
mkdir up/right
deb hello 1.2
cp -a up/deb/pool up/right/pool
release 'Mon, 23 Nov 2026 11:00:00 UTC'
cp -a up/deb/dists up/right/dists
head -c "$size" /dev/urandom > up/deb/pool/main/hello/hello_1.2_all.deb
oakum repo trust add deb --url "$nginx_url/up/deb" --url "$nginx_url/up/right" --apt stable-security --component main --arch amd64 --keyring archive.gpg
oakum repo sync deb --to mirror --at 2026-11-24T12:00:00Z
expect_exit 0
expect_same mirror/current/pool/main/hello/hello_1.2_all.deb up/right/pool/main/hello/hello_1.2_all.deb
# upstreams that hang, cut off, answer with pages
for how in hang status/503 html endless trickle; do
	before=$(state)
	oakum repo trust add bad --url "$hostile_url/$how" --apt stable-security --keyring archive.gpg
	oakum repo sync bad --to mirror
	ok
	[ "$code" != 0 ] || fail "$how was taken"
	expect_true test "$(state)" = "$before"
done
deb hello 1.3
release 'Mon, 23 Nov 2026 12:00:00 UTC'
oakum repo trust add cut --url "$hostile_url/cut99/up/deb" --apt stable-security --component main --arch amd64 --keyring archive.gpg
oakum repo sync cut --to mirror --at 2026-11-25T12:00:00Z
expect_exit 0
expect_true test "$(readlink mirror/current)" = snapshots/20261125T120000Z
# one at a time
for lock in "$T"/cache/sync/*.lock; do flock "$lock" sleep 30 & servers="$servers $!"; done
until ! flock -n "$lock" true; do :; done
oakum repo sync deb --to mirror
expect_exit 75
for server in $servers; do [ "$server" = "$nginx_pid" ] || kill "$server"; done
until flock -n "$lock" true; do :; done
oakum repo sync deb --to mirror --keep 2 --at 2026-11-26T12:00:00Z
expect_exit 0
deb hello 1.4
release 'Mon, 23 Nov 2026 13:00:00 UTC'
oakum repo trust add deb --url "$nginx_url/up/deb" --apt stable-security --component main --arch amd64 --keyring archive.gpg
oakum repo sync deb --to mirror --keep 2 --at 2026-11-26T12:00:00Z
expect_exit 0
expect_true test "$(ls mirror/snapshots | wc -l)" = 2
expect_true test -z "$(find mirror/.oakum/store -type f -links 1)"
installs current 1.4

# --- an rpm repository ------------------------------------------------------------------------------------------------------------
if have_tool rpmbuild createrepo_c dnf; then
	rpmworld_home
	mkdir -p up/rpm
	publish_rpm() { # REVISION
		createrepo_c -q --revision "$1" up/rpm
		gpg -q --batch --yes --armor --detach-sign -u archive@example.invalid -o up/rpm/repodata/repomd.xml.asc up/rpm/repodata/repomd.xml
	}
	signed_rpm() { # NAME VERSION [SIGNER]
		rpm_package "$T/up/rpm" "$1" "$2"
		rpmsign --define '__gpg /usr/bin/gpg' --define "_gpg_name ${3:-archive}@example.invalid" --define "_gpg_path $GNUPGHOME" \
			--addsign "$T/up/rpm/$1-$2-"*.rpm >/dev/null 2>&1
	}
	signed_rpm hello 1.0
	signed_rpm plain 1.0
	publish_rpm 1000
	oakum repo trust add rpm --url "$nginx_url/up/rpm" --apt x --gpgcheck --keyring archive.gpg
	expect_refused 2 "'--gpgcheck' is for rpm"
	oakum repo trust add rpm --url "$nginx_url/up/rpm" --rpm --gpgcheck --keyring archive.gpg
	expect_exit 0
	oakum repo sync rpm --to rmirror --at 2026-11-16T12:00:00Z -o json
	expect_exit 0
	rm up/rpm/hello-1.0*
	signed_rpm hello 1.1
	publish_rpm 2000
	oakum repo sync rpm --to rmirror --at 2026-11-23T12:00:00Z
	expect_exit 0
	dnf_installs() { # SNAPSHOT VERSION
		rm -rf "$T/root"
		mkdir -p "$T/root/etc/dnf" "$T/root/etc/yum.repos.d"
		printf '[main]\ncachedir=/var/cache/dnf\nreposdir=/etc/yum.repos.d\nplugins=0\n' > "$T/root/etc/dnf/dnf.conf"
		printf '[m]\nname=m\nbaseurl=%s\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://%s\n' "$nginx_url/rmirror/$1" "$T/archive.asc" \
			> "$T/root/etc/yum.repos.d/m.repo"
		run dnf -q -y -c "$T/root/etc/dnf/dnf.conf" --setopt=reposdir="$T/root/etc/yum.repos.d" --installroot="$T/root" --releasever=39 --forcearch=x86_64 install hello
		expect_exit 0
		expect_true test "$(cat "$T/root/usr/share/hello/version")" = "$2"
	}
	dnf_installs current 1.1
	dnf_installs snapshots/20261116T120000Z 1.0
	# zypper believes the key once it is in the root's own database
	if command -v zypper >/dev/null 2>&1; then
		zypper_installs() { # SNAPSHOT VERSION
			rm -rf "$T/zroot"
			mkdir -p "$T/zroot/etc/zypp/repos.d"
			rpmkeys --root "$T/zroot" --dbpath /usr/lib/sysimage/rpm --import "$T/archive.asc"
			printf '[m]\nname=m\nbaseurl=%s\nenabled=1\nautorefresh=1\ntype=rpm-md\ngpgcheck=1\nrepo_gpgcheck=1\npkg_gpgcheck=1\ngpgkey=%s\n' \
				"$nginx_url/rmirror/$1" "$nginx_url/archive.asc" > "$T/zroot/etc/zypp/repos.d/m.repo"
			run zypper --root "$T/zroot" --non-interactive --gpg-auto-import-keys install --no-recommends hello
			expect_exit 0
			expect_true test "$(cat "$T/zroot/usr/share/hello/version")" = "$2"
		}
		zypper_installs current 1.1
		zypper_installs snapshots/20261116T120000Z 1.0
	fi
	before=$(find rmirror | sort)
	# packages that nobody signed, or somebody else, are not mirrored, though the metadata list them
	for who in none stranger; do
		rpm_package "$T/up/rpm" extra 1.0
		[ $who = none ] || signed_rpm extra 1.0 $who
		publish_rpm 2500
		oakum repo sync rpm --to rmirror
		expect_refused 5 "'extra-1.0-1.x86_64.rpm'"
		expect_err_has "a package is not signed by a key of its keyring"
		expect_true test "$(find rmirror | sort)" = "$before"
	done
	rm up/rpm/extra-*
	publish_rpm 2600
	before=$(find rmirror | sort)
	publish_rpm 500
	oakum repo sync rpm --to rmirror
	expect_refused 5 "is older than the one that was mirrored last"
	publish_rpm 3000
	rm up/rpm/repodata/repomd.xml.asc
	oakum repo sync rpm --to rmirror
	expect_refused 5 "has no signature"
	gpg -q --batch --yes --armor --detach-sign -u stranger@example.invalid -o up/rpm/repodata/repomd.xml.asc up/rpm/repodata/repomd.xml
	oakum repo sync rpm --to rmirror
	expect_refused 5 "is not signed by a key of its keyring"
	signed_rpm plain 2.0
	publish_rpm 4000
	printf x >> up/rpm/plain-2.0-1.x86_64.rpm
	oakum repo sync rpm --to rmirror
	expect_refused 5 "is not the file that the signed metadata list"
	expect_true test "$(find rmirror | sort)" = "$before"
fi

# --- one of ours: the mirror serves clients that begin with the first root; a second sync is no download --------------------------------
mkdir web
echo archive > web/web.zip
printf '{"schemaVersion":"2.0","version":"1.0.0","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
	"$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
oakum repo init "$T/ours" --keys "$T/keys"
oakum repo add "$T/ours" web
oakum repo publish "$T/ours"
oakum repo key rotate "$T/ours" root
oakum repo trust add main --url "$nginx_url/ours" --root ours/metadata/1.root.json
oakum repo sync main --to copy -o json
expect_exit 0
expect_json .fetched 2
oakum repo verify copy -o json
expect_exit 0
expect_json .files 2
expect_json .root 2
oakum repo sync main --to copy -o json
expect_exit 0
expect_json .fetched 0
oakum repo trust add copy --url "$nginx_url/copy" --root ours/metadata/1.root.json
oakum repo get repo:copy/pkg/web/1.0.0/web.zip --to got
expect_exit 0
expect_same got web/web.zip
oakum repo export copy --to copy.tar # a mirror can be carried on
expect_exit 0
before=$(find copy -exec stat -c '%n %i %s' {} + | sort)
for file in ours/targets/pkg/web/1.0.0/*.web.zip; do echo another > "$file"; done
rm -rf "$T/cache/cas" copy2
oakum repo sync main --to copy2
expect_exit 5
expect_true test ! -e copy2
expect_true test "$(find copy -exec stat -c '%n %i %s' {} + | sort)" = "$before"
finish
