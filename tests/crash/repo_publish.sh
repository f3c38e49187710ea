# A publisher dies at every fault point of 'add', 'publish' and 'key rotate', one after the other, without bins and with them. A reader sees the old state or the
# new one at once; doing it again brings the new one.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
FAULTS=${OAKUM_FAULTS:-$OAKUM_SOURCE/build/faults/oakum}
need_file "$FAULTS" "build with fault points (./bootstrap build faults)"
echo '{}' > "$T/none.yaml"
faulty() { # N COMMAND…
	n=$1
	shift
	OAKUM_FAULT=$n run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/none.yaml" "$@"
}
mkdir "$T/web"
package() {
	echo "$1" > "$T/web/web.zip"
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$1" "$(sha256sum "$T/web/web.zip" | cut -d' ' -f1)" > "$T/web/manifest.json"
}
files() { faulty 0 repo verify "$T/repo" -o json; jq .files "$T/out"; }
deaths=0
crash_loop() { # WHAT…: with the repository that is there; EXTRA files that are no package's
	for what; do
		point=1
		while :; do
			version=$((version + 1))
			package "$version.0"
			[ "$what" = add ] || faulty 0 repo add "$T/repo" "$T/web"
			before=$(files)
			case $what in
			add) faulty $point repo add "$T/repo" "$T/web" ;;
			publish) faulty $point repo publish "$T/repo" ;;
			*) faulty $point repo key rotate "$T/repo" "$what" ;;
			esac
			died=$code
			[ "$died" = 137 ] && deaths=$((deaths + 1))
			if [ "$what" = targets ] && [ "$died" = 137 ]; then
				faulty 0 repo key rotate "$T/repo" targets # a root that was published before its role is: finish it
				expect_exit 0
			fi
			after=$(files)
			ok
			[ "$after" = "$before" ] || [ "$after" = $((before + 2)) ] || fail "$what, point $point: $before files, then $after"
			faulty 0 repo add "$T/repo" "$T/web"
			expect_exit 0
			faulty 0 repo publish "$T/repo"
			expect_exit 0
			ok
			[ "$(files)" = $((version * 2 + extra)) ] || fail "$what, point $point: not all was published after the crash"
			[ "$died" = 137 ] || break
			point=$((point + 1))
		done
	done
}
version=0 extra=0
faulty 0 repo init "$T/repo" --keys "$T/keys"
expect_exit 0
crash_loop add publish targets
plain=$deaths
echo "$plain deaths"
expect_true test "$plain" -ge 8

# with hashed bins: a publication writes some of them, a new key all
rm -rf "$T/repo" "$T/keys"
faulty 0 repo init "$T/repo" --keys "$T/keys" --bins 16
expect_exit 0
version=1 extra=1
package 1.0
faulty 0 repo add "$T/repo" "$T/web"
faulty 0 repo publish "$T/repo"
expect_exit 0
crash_loop add publish packages/main
echo "$((deaths - plain)) deaths with bins"
expect_true test $((deaths - plain)) -ge 25
finish
