# A package that oakum built and published, on nginx: tuf-js fetches it, `package install NAME@VERSION` installs it. Two publishers at
# once, and readers while a publisher writes: one wins, the other may come again, a reader sees the old state or the new one.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/npm.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
R=$T/repo
oakum repo init "$R" --keys "$T/keys"
oakum package init tool
expect_exit 0
build() { # VERSION
	sed -i "s/^version:.*/version: $1/" tool/recipe.yaml
	rm -rf built
	oakum package build tool/recipe.yaml --out built
	expect_exit 0
	oakum repo add "$R" built
	expect_exit 0
}
build 1.0.0
name=$(sed -n 's/^name: *//p' tool/recipe.yaml | tr -d '"')
oakum repo publish "$R"
expect_exit 0
build 1.1.0
oakum repo publish "$R"
expect_exit 0
nginx_serve "$T"

# --- installed by name from the repository ------------------------------------------------------------------------------------
oakum repo trust add main --url http://127.0.0.1:9/repo --url "$nginx_url/repo" --root "$R/metadata/1.root.json"
mkdir root
oakum package install "$name@1.0.0" --repo main --root "$T/root"
expect_exit 0
oakum package list --root "$T/root" -o json
expect_json '.packages[0].version' '"1.0.0"'
oakum package install "$name@latest" --repo main --root "$T/root"
expect_exit 0
oakum package list --root "$T/root" -o json
expect_json '.packages[0].version' '"1.1.0"'
oakum package install "$name@9.9.9" --repo main --root "$T/root"
ok
[ "$code" != 0 ] || fail "a version that does not exist was installed"

# --- two publishers at once -----------------------------------------------------------------------------------------------------
build 2.0.0
for i in 1 2 3 4; do
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$OAKUM_CONFIG" repo publish "$R" > /dev/null 2> "pub$i" &
	eval "job$i=$!"
done
won=0 later=0
for i in 1 2 3 4; do
	code=0
	eval "wait \$job$i" || code=$?
	ok
	case $code in
	0) won=$((won + 1)) ;;
	75) later=$((later + 1)) ;;
	*) fail "publisher $i ended with $code: $(cat "pub$i")" ;;
	esac
done
expect_true test $won -ge 1
expect_true test $((won + later)) = 4
oakum repo verify "$R"
expect_exit 0

# --- readers while a publisher writes ---------------------------------------------------------------------------------------------
(
	v=3
	while [ ! -e "$T/enough" ] && [ $v -lt 60 ]; do
		mkdir -p "p$v"
		echo "archive $v" > "p$v/web.zip"
		printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
			"$v.0" "$(sha256sum "p$v/web.zip" | cut -d' ' -f1)" > "p$v/manifest.json"
		"$OAKUM" --state "$T/wstate" --cache "$T/wcache" --config "$OAKUM_CONFIG" --quiet repo add "$R" "p$v"
		"$OAKUM" --state "$T/wstate" --cache "$T/wcache" --config "$OAKUM_CONFIG" --quiet repo publish "$R"
		v=$((v + 1))
	done
) &
writer=$!
seen=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	oakum repo get "repo:main/pkg/$name/1.0.0/manifest.json"
	expect_exit 0
	now=$(jq .signed.version "$T/state/tuf/main/timestamp.json")
	expect_true test "$now" -ge "$seen"
	seen=$now
done
touch "$T/enough"
wait $writer
oakum repo verify "$R"
expect_exit 0

# --- a foreign client ---------------------------------------------------------------------------------------------------------------
npm_packages
mkdir -p js/metadata js/targets
cp "$R/metadata/1.root.json" js/metadata/root.json
run node "$OAKUM_SOURCE/tests/lib/tufjs_fetch.js" "$nginx_url/repo" "$T/js/metadata" "$T/js/targets" "pkg/$name/1.0.0/manifest.json"
expect_exit 0
theirs=$(sed -n 1p "$T/out")
oakum repo get "repo:main/pkg/$name/1.0.0/manifest.json" --to got
expect_same got "$theirs"
finish
