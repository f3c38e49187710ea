# An import, a sync and a gc die at every fault point, one after the other: whoever reads the mirror sees the old state or the new one, and
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
echo "$deaths deaths"
expect_true test $deaths -ge 8
finish
