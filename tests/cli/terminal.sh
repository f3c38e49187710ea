# On a terminal: colours, unless NO_COLOR or --color never; progress on standard error. In a pipe: nothing of either.
. "$(dirname "$0")/../lib/assert.sh"
need_tool script
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

# progress: a scan that takes long says so on a terminal; in a pipe, or with --quiet, nothing of it
if [ -f "$OAKUM_BUILD/dpkg.so" ]; then
	mkdir -p "$T/root/etc" "$T/root/var/lib/dpkg/info"
	printf 'ID=debian\n' >"$T/root/etc/os-release"
	status='Package: hello\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: x\nDescription: x\n\n'
	mkfifo "$T/root/var/lib/dpkg/status" # the scan waits for its other end; whoever opens it later gets the file
	ln "$T/root/var/lib/dpkg/status" "$T/other-end"
	printf '#!/bin/sh\nexec "%s" scan --no-store --root "%s" --state "%s" --cache "%s" "$@"\n' "$OAKUM" "$T/root" "$T/state" "$T/cache" >"$T/live"
	TERM=xterm script -qec "sh $T/live" "$T/typescript" </dev/null | stdbuf -o0 tr '\r' '\n' >"$T/shown" &
	until grep -q scanning "$T/shown" 2>/dev/null; do
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	printf "$status" >"$T/status"
	mv "$T/status" "$T/root/var/lib/dpkg/status"
	printf "$status" >"$T/other-end"
	wait $!
	cp "$T/shown" "$T/out"
	expect_out_has "scanning"
	expect_out_has "missing 0"
	run sh "$T/live"
	expect_err_lacks "scanning"
	expect_out_lacks "$escape"
fi
finish
