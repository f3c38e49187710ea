# timeout: 300
# valgrind on a scan, live and recorded: no errors, no definite leaks, in the parent and in the scan's child.
. "$(dirname "$0")/../lib/assert.sh"
need_tool valgrind
data=$OAKUM_SOURCE/tests/data/cli/debian.json
under_valgrind() {
	run valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
		--suppressions="$OAKUM_SOURCE/tests/data/valgrind.supp" --trace-children=no --child-silent-after-fork=no "$OAKUM" "$@" --state "$T/state" --cache "$T/cache"
	ran="valgrind oakum $*"
	[ "$code" != 99 ] || fail "valgrind found errors"
	ok
	expect_err_lacks "=="
}
under_valgrind scan --inventory "$data" --at 2026-11-20T12:00:00Z
expect_exit 0
under_valgrind scan --inventory "$data" --at 2026-11-20T12:00:00Z -o json
expect_exit 0
under_valgrind history
expect_exit 0
under_valgrind scan --baseline oakum-debian-strict --inventory /nonexistent
expect_exit 2
if [ -f "$OAKUM_BUILD/dpkg.so" ] && [ -f /var/lib/dpkg/status ]; then
	under_valgrind scan --timeout 5m
	expect_exit 0
	expect_out_has "missing "
fi
finish
