# Assertions for shell tests: a command's standard output, standard error and exit code, all three.
# Usage: . "$(dirname "$0")/../lib/assert.sh"; then run/expect_*; at the end: finish. $T is a private folder.
set -u
: "${OAKUM_BUILD:?set OAKUM_BUILD to a build folder}"
OAKUM_SOURCE=${OAKUM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
OAKUM=$OAKUM_BUILD/oakum
OAKUM_CORPUS=${OAKUM_CORPUS:-$OAKUM_SOURCE/../shared/data}
T=$(mktemp -d "${TMPDIR:-/tmp}/oakum-test.XXXXXX")
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
failures=0 checks=0
# Nothing of the caller's own machine may change a result.
export LC_ALL=C.UTF-8 HOME="$T/home" XDG_STATE_HOME="$T/xdg-state" XDG_CACHE_HOME="$T/xdg-cache" XDG_CONFIG_HOME="$T/xdg-config"
export NO_COLOR=1 TZ=UTC
mkdir -p "$HOME"

# run COMMAND…: keeps its exit code in $code, its output in $T/out and $T/err.
run() {
	ran="$*"
	code=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || code=$?
}

# oakum ARG…: the program with state and cache in $T, and without this machine's configuration.
oakum() {
	[ -e "$T/empty.yaml" ] || : >"$T/empty.yaml"
	run "$OAKUM" --state "$T/state" --cache "$T/cache" --config "${OAKUM_CONFIG:-$T/empty.yaml}" "$@"
	ran="oakum $*"
}

fail() {
	failures=$((failures + 1))
	printf 'FAILED: %s%s\n  after: %s (exit %s)\n' "${row:+$row: }" "$1" "${ran:-nothing}" "${code:-}" >&2
	sed 's/^/  out: /' "$T/out" 2>/dev/null | head -n "${ASSERT_LINES:-12}" >&2
	sed 's/^/  err: /' "$T/err" 2>/dev/null | head -n "${ASSERT_LINES:-12}" >&2
}
# row ID…: the rows of the attack and fault table, and the weaknesses, that follow; tests/lint/rows.sh finds them.
row() { row=$*; }
ok() { checks=$((checks + 1)); }

expect_exit() { ok; [ "$code" = "$1" ] || fail "exit $code instead of $1"; }
# The whole text, or nothing.
expect_out() { ok; [ "$(cat "$T/out")" = "$1" ] || fail "standard output is not '$1'"; }
expect_err() { ok; [ "$(cat "$T/err")" = "$1" ] || fail "standard error is not '$1'"; }
expect_no_out() { ok; [ ! -s "$T/out" ] || fail "standard output is not empty"; }
expect_no_err() { ok; [ ! -s "$T/err" ] || fail "standard error is not empty"; }
# A fixed text somewhere.
expect_out_has() { ok; grep -qF -e "$1" "$T/out" || fail "standard output lacks '$1'"; }
expect_out_lacks() { ok; ! grep -qF -e "$1" "$T/out" || fail "standard output has '$1'"; }
expect_err_has() { ok; grep -qF -e "$1" "$T/err" || fail "standard error lacks '$1'"; }
expect_err_lacks() { ok; ! grep -qF -e "$1" "$T/err" || fail "standard error has '$1'"; }
# Bad input: exit code, one line that names the subject, nothing on standard output.
expect_refused() {
	expect_exit "$1"
	expect_err_has "$2"
	expect_no_out
}
# jq FILTER on the output equals TEXT.
expect_json() {
	ok
	got=$(jq -c "$1" "$T/out" 2>&1)
	[ "$got" = "$2" ] || fail "$1 is $got instead of $2"
}
expect_same() { ok; cmp -s "$1" "$2" || fail "'$1' and '$2' differ: $(diff "$1" "$2" | head -n 5)"; }
expect_true() { ok; "$@" || fail "not true: $*"; }
skip() {
	echo "skipped: $*"
	exit 77
}
# What './bootstrap test' installs or builds. Where it is absent a test, or that part of it, is skipped; but with OAKUM_TEST_STRICT=1,
# which bootstrap sets, it fails: there a skip would hide that nothing was tested. A mirror, a corpus, rights and what the kernel lacks
# are nobody's promise: those are skip's.
strict() { [ "${OAKUM_TEST_STRICT:-0}" = 1 ]; }
lacks() {
	strict || skip "no $* (./bootstrap test installs and builds what tests need)"
	fail "no $*, though bootstrap promises it"
	exit 1
}
# The whole test needs these programs, or this file, which WHAT brings.
need_tool() { for tool; do command -v "$tool" >/dev/null 2>&1 || lacks "$tool"; done; }
need_file() { [ -e "$1" ] || lacks "$2"; }
# have_tool PROGRAM…: for a part of a test; false says so, or counts as a failure.
have_tool() {
	for tool; do
		command -v "$tool" >/dev/null 2>&1 && continue
		if strict; then fail "no $tool, though bootstrap promises it"; else echo "skipped: no $tool (that part)"; fi
		return 1
	done
}
finish() {
	[ "$checks" -gt 0 ] || { echo "no check ran" >&2; exit 1; }
	echo "$checks checks, $failures failed"
	[ "$failures" = 0 ]
	exit
}
