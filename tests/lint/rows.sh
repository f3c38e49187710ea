# SPDX-License-Identifier: GPL-3.0-or-later
# Each row of tests/data/rows.list has a test that says its id: "row A1 C2 …" in a shell test, or, for archives, the file that
# hostile_archives.py makes for it (package_archives.sh says the ids of those).
. "$(dirname "$0")/../lib/assert.sh"
cd "$OAKUM_SOURCE/tests" || exit 1
sed -n 's/^[[:space:]]*row \([A-Z][A-Z0-9 ]*\).*/\1/p' cli/*.sh crash/*.sh integration/*.sh | tr ' ' '\n' >"$T/said"
sed -n 's/^[^#]*\(tar\|bad\)("\([A-Z][0-9]*\)".*/\2/p; s/^note(f*"\([A-Z][0-9]*\)-.*/\1/p; s/^for .*bad("\([A-Z][0-9]*\)".*/\1/p' lib/hostile_archives.py >>"$T/said"
grep -q '^[[:space:]]*row "\${file%%-\*}"' cli/package_archives.sh || fail "package_archives.sh does not say the rows of its archives"
sed -n 's/^\([A-Z][0-9]*\) .*/\1/p' data/rows.list >"$T/wanted"
ok; [ "$(wc -l <"$T/wanted")" = 52 ] || fail "rows.list has $(wc -l <"$T/wanted") rows"
while read -r id; do
	ok; grep -qx "$id" "$T/said" || fail "no test says '$id' ($(grep "^$id " data/rows.list))"
done <"$T/wanted"
finish
