#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A test that lacks what bootstrap installs says so by need_tool, need_file or have_tool, so that OAKUM_TEST_STRICT=1 makes it fail.
. "$(dirname "$0")/../lib/assert.sh"
cat >"$T/test.sh" <<EOF
. "$OAKUM_SOURCE/tests/lib/assert.sh"
ok
case \$1 in
there) need_tool sh cat; need_file / "a root"; have_tool sh && finish ;;
tool) need_tool sh no-such-program ;;
file) need_file "\$T/none" "the thing" ;;
part) have_tool no-such-program; finish ;;
esac
EOF
while read -r strict how want text; do
	OAKUM_TEST_STRICT=$strict run sh "$T/test.sh" "$how"
	expect_exit "$want"
	cat "$T/err" >>"$T/out"
	[ -z "$text" ] || expect_out_has "$text"
done <<EOF
0 there 0
1 there 0
0 tool 77 skipped: no no-such-program
1 tool 1 no no-such-program, though bootstrap promises it
0 file 77 skipped: no the thing
1 file 1 no the thing, though bootstrap promises it
0 part 0 skipped: no no-such-program (that part)
1 part 1 no no-such-program, though bootstrap promises it
EOF
run grep -rnE 'command -v .*(skip|exit 77)' "$OAKUM_SOURCE/tests" --include=*.sh --exclude=skips.sh --exclude-dir=bench
expect_no_out
finish
