# On a terminal: colours, unless NO_COLOR or --color never; progress on standard error. In a pipe: nothing of either.
. "$(dirname "$0")/../lib/assert.sh"
command -v script >/dev/null || skip "no program to make a terminal (script)"
data=$OAKUM_SOURCE/tests/data/cli/debian.json
escape=$(printf '\033')
# on_terminal ARG…: the program with a terminal as standard output and error; what it showed is in $T/out
on_terminal() {
	printf '#!/bin/sh\nexec "%s" scan --no-store --state "%s" --inventory "%s" --at 2026-11-20T12:00:00Z "$@"\n' "$OAKUM" "$T/state" "$data" >"$T/command"
	run env -u NO_COLOR TERM=xterm "$@" script -qec "sh $T/command ${options:-}" "$T/typescript"
}
on_terminal
expect_exit 0
expect_out_has "$escape[1;31mNOT COMPLIANT$escape[0m"
on_terminal NO_COLOR=1
expect_out_has "NOT COMPLIANT"
expect_out_lacks "$escape[1;31m"
on_terminal TERM=dumb
expect_out_lacks "$escape[1;31m"
options="--color never" on_terminal
expect_out_lacks "$escape[1;31m"
options="-o json" on_terminal
expect_out_lacks "$escape[1;31m"
# a pipe gets plain text
run env -u NO_COLOR TERM=xterm sh "$T/command"
expect_out_lacks "$escape"
expect_no_err
run env -u NO_COLOR TERM=xterm sh "$T/command" --color always
expect_out_has "$escape[1;31m"

# progress: a live scan shows what it does, in a pipe nothing
if [ -f "$OAKUM_BUILD/dpkg.so" ]; then
	mkdir -p "$T/root/etc" "$T/root/var/lib/dpkg/info"
	printf 'ID=debian\n' >"$T/root/etc/os-release"
	: >"$T/root/var/lib/dpkg/status"
	printf '#!/bin/sh\nexec "%s" scan --no-store --root "%s" --state "%s" --cache "%s" "$@"\n' "$OAKUM" "$T/root" "$T/state" "$T/cache" >"$T/live"
	run env TERM=xterm script -qec "sh $T/live" "$T/typescript"
	expect_out_has "scanning"
	run env TERM=xterm script -qec "sh $T/live --quiet" "$T/typescript"
	expect_out_lacks "scanning"
	run sh "$T/live"
	expect_err_lacks "scanning"
fi
finish
