# An import, a sync, a gc, an export, a delta and a sync of an archive die at every fault point, one after the other: whoever reads the mirror sees the old state or the new one, and
# doing it again brings the new one.
# timeout: 900
. "$(dirname "$0")/../lib/assert.sh"
FAULTS=${OAKUM_FAULTS:-$OAKUM_SOURCE/build/faults/oakum}
need_file "$FAULTS" "build with fault points (./bootstrap build faults)"
echo '{}' > "$T/none.yaml"
cd "$T" || exit 1
faulty() { # N COMMAND…
	n=$1
	shift
	OAKUM_FAULT=$n run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/none.yaml" "$@"
	ran="fault $n: $*"
}
package() {
	mkdir -p web
	echo "$1" > web/web.zip
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$1" "$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
	faulty 0 repo add repo web
	faulty 0 repo publish repo
	expect_exit 0
}
files() { faulty 0 repo verify "$1" -o json; expect_exit 0; jq .files out; }
faulty 0 repo init repo --keys keys
package 1.0
faulty 0 repo trust add main --url "$T/repo" --root repo/metadata/1.root.json
faulty 0 repo sync main --to mirror
faulty 0 repo export repo --to bundle.tar
faulty 0 repo import bundle.tar --repo main --to imported
expect_exit 0
deaths=0 version=1
for what in sync import gc; do
	point=1
	while :; do
		version=$((version + 1))
		package $version.0
		dir=mirror before=
		case $what in
		sync) before=$(files mirror); faulty $point repo sync main --to mirror ;;
		import)
			dir=imported
			before=$(files imported)
			faulty 0 repo export repo --to bundle.tar
			faulty $point repo import bundle.tar --repo main --to imported
			;;
		gc) dir=repo before=$(files repo); faulty $point repo gc repo --keep 1 ;;
		esac
		died=$code
		[ "$died" = 137 ] && deaths=$((deaths + 1))
		after=$(files $dir)
		ok
		[ "$after" = "$before" ] || [ "$after" = $((version * 2)) ] || fail "$before files, then $after of $((version * 2))"
		case $what in
		sync) faulty 0 repo sync main --to mirror ;;
		import) faulty 0 repo import bundle.tar --repo main --to imported ;;
		gc) faulty 0 repo gc repo --keep 1 ;;
		esac
		expect_exit 0
		expect_true test "$(files $dir)" = $((version * 2))
		[ "$died" = 137 ] || break
		point=$((point + 1 + point / 6)) # all of the first ones, then every so many: each makes the repository larger
	done
done
# --- an export: the bundle is the old one or the new one, whole ---------------------------------------------------------------------
faulty 0 repo trust add check --root repo/metadata/1.root.json
faulty 0 repo export repo --to bundle.tar
cp bundle.tar old.tar
package 900.0
point=1
while :; do
	faulty $point repo export repo --to bundle.tar
	died=$code
	[ "$died" = 137 ] || break
	deaths=$((deaths + 1))
	expect_same bundle.tar old.tar
	point=$((point + 1))
done
expect_true test $point -ge 3
faulty 0 repo import bundle.tar --repo check --to checked
expect_exit 0
expect_true test "$(files checked)" = "$(files repo)"

# --- a delta: what is in the cache afterwards is the right file, or none ---------------------------------------------------------------
big() { # VERSION
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"big.zip"}}}},"files":{"big.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$1" "$(sha256sum big/big.zip | cut -d' ' -f1)" > big/manifest.json
	faulty 0 repo add repo big
	faulty 0 repo publish repo
	expect_exit 0
}
mkdir big
head -c 5000000 /dev/urandom > big/big.zip
big 1.0
{ head -c 2500000 big/big.zip; echo new; tail -c 2500000 big/big.zip; } > x && mv x big/big.zip
big 2.0
hash=$(sha256sum big/big.zip | cut -d' ' -f1)
point=1
while :; do
	rm -rf cache/cas
	faulty 0 repo get repo:main/pkg/big/1.0/big.zip --to got
	faulty 0 repo get repo:main/pkg/big/2.0/big.zip.chunks --to got
	faulty $point repo get repo:main/pkg/big/2.0/big.zip --to got
	died=$code
	[ "$died" = 137 ] || break
	deaths=$((deaths + 1))
	expect_true test ! -e "cache/cas/$(echo "$hash" | cut -c1-2)/$hash"
	faulty 0 repo get repo:main/pkg/big/2.0/big.zip --to got
	expect_exit 0
	expect_same got big/big.zip
	expect_true test -z "$(find cache/cas -name '*.delta')"
	point=$((point + 1))
done
expect_true test $point -ge 3

# --- a sync of a Debian archive: current is a whole snapshot, yesterday's or today's ---------------------------------------------------
if command -v gpg >/dev/null && command -v gpgv >/dev/null; then
	export GNUPGHOME="$T/gpg"
	mkdir -m 700 gpg
	gpg -q --batch --passphrase '' --quick-gen-key 'a <a@example.invalid>' rsa2048 sign never 2>/dev/null
	gpg -q --export a@example.invalid > a.gpg
	archive() { # NUMBER
		mkdir -p up/dists/s/main/binary-all up/pool
		echo "content $1" > "up/pool/p_$1.deb"
		printf 'Package: p\nVersion: %s\nArchitecture: all\nFilename: pool/p_%s.deb\nSize: %s\nSHA256: %s\n' "$1" "$1" \
			"$(stat -c %s "up/pool/p_$1.deb")" "$(sha256sum "up/pool/p_$1.deb" | cut -d' ' -f1)" > up/dists/s/main/binary-all/Packages
		printf 'Suite: s\nDate: %s\nComponents: main\nArchitectures: all\nSHA256:\n %s %s main/binary-all/Packages\n' \
			"$(date -u -d "2026-01-01 +$1 minutes" '+%a, %d %b %Y %H:%M:%S UTC')" "$(sha256sum up/dists/s/main/binary-all/Packages | cut -d' ' -f1)" \
			"$(stat -c %s up/dists/s/main/binary-all/Packages)" > Release
		gpg -q --batch --yes --clearsign -u a@example.invalid -o up/dists/s/InRelease Release
	}
	whole() { # DIR: the number of the version that its newest snapshot has, if all of it is there
		v=$(sed -n 's/^Version: //p' "$1/current/dists/s/main/binary-all/Packages")
		[ "$(cat "$1/current/pool/p_$v.deb")" = "content $v" ] && echo "$v"
	}
	archive 1
	faulty 0 repo trust add deb --url "$T/up" --apt s --keyring a.gpg
	faulty 0 repo sync deb --to dmirror
	expect_exit 0
	point=1
	while :; do
		archive $((point + 1))
		faulty $point repo sync deb --to dmirror --at "2027-01-01T00:00:00Z"
		died=$code
		[ "$died" = 137 ] && deaths=$((deaths + 1))
		now=$(whole dmirror)
		ok
		[ "$now" = $point ] || [ "$now" = $((point + 1)) ] || fail "the mirror has '$now' after point $point"
		faulty 0 repo sync deb --to dmirror --at "2027-01-01T00:00:00Z"
		expect_exit 0
		expect_true test "$(whole dmirror)" = $((point + 1))
		[ "$died" = 137 ] || break
		point=$((point + 1))
	done
	expect_true test $point -ge 4
fi
echo "$deaths deaths"
expect_true test $deaths -ge 8
finish
