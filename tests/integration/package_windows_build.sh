# The Windows program, under Wine, builds the bytes that the Linux program builds, and verifies and resolves them.
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
printf x >> ours-tree/tree-1.0-any-any-any.tar.zst
w package verify ours-tree --allow-unsigned
expect_refused 5 "it has another size"
finish
