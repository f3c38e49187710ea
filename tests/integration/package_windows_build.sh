# The Windows program, under Wine: makes a recipe, builds the bytes that the Linux program builds, signs, verifies, shows and resolves them; what it
# signed holds on Linux, and the other way round.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/wine.sh"
wine_start
cd "$T" || exit 1
w() { run wine "$exe" "$@"; }
w package init tool
expect_exit 0
mkdir tree
find /usr/bin /usr/lib -type f -size +1M 2>/dev/null | LC_ALL=C sort | head -n 20 | xargs cat 2>/dev/null | head -c 12M > tree/mixed
echo small > tree/small
printf 'name: tree\nversion: "1.0"\nmodel: tree\ntargets: [{platform: _any, files: [{from: tree, to: "", mode: "0644"}]}]\n' > tree.yaml
w package build tool --out theirs-zip
expect_exit 0
w package build tree.yaml --out theirs-tree
expect_exit 0
oakum package build tool --out ours-zip
oakum package build tree.yaml --out ours-tree
libraries() { jq -cS '."x-oakum".builtWith' "$1/manifest.json"; }
if [ "$(libraries ours-zip)" = "$(libraries theirs-zip)" ]; then
	expect_true diff -r ours-zip theirs-zip
	expect_true diff -r ours-tree theirs-tree
else
	echo "skipped: other versions of the libraries there: $(libraries theirs-zip)"
fi
w package verify ours-zip --allow-unsigned
expect_exit 0
w package resolve ours-zip --platform windows --platform-version 10.0.20348 --arch x86_64
expect_exit 0
expect_out_has tool-1.0.0-windows-any-any.zip

# what each shows of the other's is the same
for dir in ours-zip ours-tree; do
	oakum package show $dir -o json
	expect_exit 0
	tr -d '\r' <"$T/out" >ours.json
	w package show $dir -o json
	expect_exit 0
	expect_true cmp ours.json "$T/out"
done
w package show theirs-zip -o json
expect_exit 0
expect_json .name '"tool"'
w package resolve ours-zip --platform windows --platform-version 10.0.20348 --arch x86_64 --explain
expect_exit 0
w package resolve ours-zip --platform windows --platform-version 10.0.20348 --arch x86_64 -o json
expect_exit 0
expect_json .file '"tool-1.0.0-windows-any-any.zip"'

# signatures of three kinds, made here and there, with a pass phrase and without
openssl genpkey -quiet -algorithm ed25519 -out a.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:secret -out b.pem
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out c.pem
printf 'secret\n' > phrase
chmod 600 ./*.pem phrase
for k in a b c; do openssl pkey -in $k.pem -passin pass:secret -pubout -out $k.pub; done
w package verify theirs-zip --key a.pub
expect_refused 5 "is not signed"
w package sign theirs-zip --key a.pem
expect_exit 0
w package sign theirs-zip --key b.pem --passphrase-file phrase
expect_exit 0
w package sign theirs-zip --key c.pem
expect_exit 0
for k in a b c; do
	w package verify theirs-zip --key $k.pub
	expect_exit 0
	oakum package verify theirs-zip --key $k.pub
	expect_exit 0
done
oakum package sign ours-tree --key a.pem
oakum package sign ours-tree --key c.pem
w package verify ours-tree --key a.pub --key c.pub --threshold 2
expect_exit 0
w package verify ours-tree --key b.pub
expect_refused 5 "ours-tree"
w package verify ours-tree --key a.pub --key b.pub --threshold 2
expect_refused 5 "ours-tree"
w package sign ours-tree --key nowhere.pem
expect_refused 2 "nowhere.pem"

# AWS's own form, from a zip that AWS would take; a recipe that is wrong
mkdir aws
cp theirs-zip/tool-1.0.0-windows-any-any.zip aws/win.zip
printf '{"schemaVersion":"2.0","version":"3.1","packages":{"windows":{"_any":{"x86_64":{"file":"win.zip"}}}},"files":{"win.zip":{"checksums":{"sha256":"%s"}}}}\n' \
	"$(sha256sum aws/win.zip | cut -d' ' -f1)" > aws/manifest.json
w package init from --from-aws aws
expect_exit 0
w package build from/recipe.yaml --out again
expect_exit 0
expect_true cmp again/win.zip aws/win.zip
ok; [ "$(jq -c .packages again/manifest.json)" = "$(jq -c .packages aws/manifest.json)" ] || fail "other platforms"
printf 'name: ../x\nversion: "1"\ntargets: []\n' > wrong.yaml
w package build wrong.yaml --out wrong
expect_refused 2 "wrong.yaml"
expect_true test ! -e wrong
w package build nowhere.yaml --out wrong
expect_refused 2 "nowhere.yaml"

printf x >> ours-tree/tree-1.0-any-any-any.tar.zst
w package verify ours-tree --allow-unsigned
expect_refused 5 "it has another size"
finish
