# SIGINT and SIGTERM in the middle: 130 and 143, nothing on standard output, nothing half-written.
. "$(dirname "$0")/../lib/assert.sh"
data=$OAKUM_SOURCE/tests/data/cli
mkfifo "$T/pipe"

# interrupted SIGNAL: a scan that reads a pipe is sure to be in the middle once the pipe is open
interrupted() {
	"$OAKUM" scan --state "$T/state" --inventory "$T/pipe" -o json >"$T/out" 2>"$T/err" &
	pid=$!
	exec 3>"$T/pipe"
	printf '{"schema": ' >&3
	kill -s "$1" $pid
	code=0
	wait $pid || code=$?
	exec 3>&-
	ran="scan interrupted by $1"
}
interrupted INT
expect_exit 130
expect_no_out
interrupted TERM
expect_exit 143
expect_no_out
expect_true [ ! -e "$T/state/state.db" ]
# and the next one works
oakum scan --inventory "$data/debian.json" --at 2026-11-20T12:00:00Z
expect_exit 0
finish
