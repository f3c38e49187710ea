# Damaged and missing files of a dpkg host: a message that says what and which, the right exit code, nothing partial.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
everything
signing_key
R=$T/root

# world: a root with two signed repositories whose lists are in place
world() {
	rm -rf "$R" "$T/repo" "$T/cache" "$T/state"
	empty_root "$R"
	installed "$R" alpha 1.0
	installed "$R" beta 1.0
	for suite in one two; do
		mkdir -p "$T/repo/$suite/dists/$suite/main/binary-amd64"
	done
	offered "$T/repo/one/dists/one/main/binary-amd64/Packages" alpha 1.1
	offered "$T/repo/two/dists/two/main/binary-amd64/Packages" beta 1.1
	i=0
	while [ $i -lt 40 ]; do
		i=$((i + 1))
		offered "$T/repo/two/dists/two/main/binary-amd64/Packages" "filler$i" 1
	done
	for suite in one two; do
		release "$T/repo/$suite" $suite "Label: Test"
		echo "deb [signed-by=$T/key.${KEY:-gpg}] file://$T/repo/$suite $suite main" >>"$R/etc/apt/sources.list"
	done
	apt_in "$R" apt-get -qq update >/dev/null 2>&1
	lists=$R/var/lib/apt/lists
	for f in "$lists"/*_Packages; do # what apt read in place lies there as after a download
		[ ! -L "$f" ] || { cp -L "$f" "$f.x" && mv "$f.x" "$f"; }
	done
	for suite in one two; do
		name=$(echo "$T/repo/$suite/dists/$suite" | tr / _)
		[ -e "$lists/${name}_main_binary-amd64_Packages" ] ||
			cp "$T/repo/$suite/dists/$suite/main/binary-amd64/Packages" "$lists/${name}_main_binary-amd64_Packages"
		[ -e "$lists/${name}_InRelease" ] || cp "$T/repo/$suite/dists/$suite/InRelease" "$lists/${name}_InRelease"
	done
}
scan() { oakum scan --root "$R" --baseline "$T/everything.yaml" -o json "$@"; }
list_of() { ls "$R"/var/lib/apt/lists/*_dists_"$1"_"$2"; }

echo "== whole"
world
scan
expect_exit 0
expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha","beta"]'

echo "== status: absent, empty, cut short, binary, unreadable"
status=$R/var/lib/dpkg/status
cp "$status" "$T/whole"
rm "$status"
scan
expect_refused 1 "$status"
: >"$status"
scan
expect_refused 1 "is empty"
head -c $(($(stat -c %s "$T/whole") - 30)) "$T/whole" >"$status"
scan
expect_refused 1 "damaged"
head -n 12 "$T/whole" >"$status"
scan
expect_refused 1 "no Version field"
{ cat "$T/whole"; printf '\000\001'; } >"$status"
scan
expect_refused 1 "NUL"
cp "$T/whole" "$status"

echo "== a root that is no root"
oakum scan --root "$T/nowhere"
expect_refused 2 "$T/nowhere"
oakum scan --root "$T/whole"
expect_exit 2
mkdir "$T/bare"
oakum scan --root "$T/bare"
expect_refused 1 "neither dpkg nor rpm"

echo "== a list that was not written whole: named, the other repository still counts"
world
file=$(list_of two main_binary-amd64_Packages)
head -c $(($(stat -c %s "$file") / 2)) "$file" >"$T/half"
cat "$T/half" >"$file"
scan
expect_exit 4
expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha"]'
expect_json '[.repositories[] | select(.error) | .suite]' '["two"]'
expect_json .summary.status '"NON_COMPLIANT"'
expect_out_has "not written whole"
scan
expect_exit 4

echo "== a list changed without changing its size"
world
file=$(list_of two main_binary-amd64_Packages)
sed -i 's/^Version: 1.1$/Version: 9.9/' "$file"
scan
expect_exit 4
expect_out_has "does not have the hash"

echo "== a signature that is broken, one by a stranger, text that is not signed"
world
sed -i 's/^Label: Test/Label: Tost/' "$(list_of two InRelease)"
scan
expect_exit 4
expect_out_has "signature is broken"
expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha"]'
world
GNUPGHOME=$T/gpg2
export GNUPGHOME
mkdir -m 700 -p "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key "stranger <s@example.org>" rsa2048 sign never 2>/dev/null
gpg --batch --quiet --yes --clearsign -o "$T/signed" "$T/repo/two/dists/two/Release"
GNUPGHOME=$T/gpg
cat "$T/signed" >"$(list_of two InRelease)"
scan
expect_exit 4
expect_out_has "not trusted for it"
world
cat "$T/repo/two/dists/two/Release" >"$(list_of two InRelease)"
scan
expect_exit 4

echo "== the same with a key in text form"
KEY=asc
world
scan
expect_exit 0
expect_json '[.repositories[].trusted]' '[true,true]'
sed -i 's/^Label: Test/Label: Tost/' "$(list_of two InRelease)"
scan
expect_exit 4
expect_out_has "signature is broken"

echo "== no good repository is left: untrusted"
world
for suite in one two; do sed -i 's/^Label: Test/Label: Tost/' "$(list_of $suite InRelease)"; done
scan
expect_refused 5 "no repository can be used"

echo "== lists that say nothing, sources that cannot be read, none at all"
world
: >"$(list_of two main_binary-amd64_Packages)"
scan
expect_exit 4
world
echo "deb this is [not a source" >"$R/etc/apt/sources.list.d/bad.list"
scan
expect_exit 0
expect_json '[.problems[] | select(.kind == "sources-invalid")] | length' 1
world
rm "$R/etc/apt/sources.list"
scan --exit-code
expect_exit 3
expect_json .summary.status '"UNKNOWN"'
world
printf 'Package: alpha\nPin: nonsense\nPin-Priority: x\n' >"$R/etc/apt/preferences.d/bad"
scan
expect_exit 0

echo "== a full disk where the cache is, and a cache that lies"
world
scan
head -c 100000 /dev/urandom >"$T/cache/nodes/$(ls "$T/cache/nodes")/scan.snapshot"
scan
expect_exit 0
expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha","beta"]'

echo "== no room for the cache, and a cache that cannot be made"
world
mkdir "$T/small"
if unshare -m true 2>/dev/null; then
	run unshare -m sh -c 'mount -t tmpfs -o size=100k none "$1" && shift && exec "$@"' sh "$T/small" \
		"$OAKUM" --state "$T/state" --cache "$T/small" --config "$T/empty.yaml" scan --root "$R" --baseline "$T/everything.yaml" -o json
	expect_exit 0
	expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha","beta"]'
fi

echo "== two scans and a refresh at once"
i=0
while [ $i -lt 4 ]; do
	i=$((i + 1))
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" scan --root "$R" \
		--baseline "$T/everything.yaml" -o json $([ $i = 2 ] && echo --refresh) >"$T/out.$i" 2>"$T/err.$i" &
	eval "pid$i=$!"
done
for i in 1 2 3 4; do
	eval "wait \$pid$i"
	code=$?
	cp "$T/out.$i" "$T/out"
	cp "$T/err.$i" "$T/err"
	ran="scan $i of 4 at once"
	expect_exit 0
	expect_json '[.patches[] | select(.state == "MISSING") | .name]' '["alpha","beta"]'
done
finish
