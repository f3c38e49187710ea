# The frame: commands, options, help, exit codes, configuration, output; every message in full.
. "$(dirname "$0")/../lib/assert.sh"

# --- version -------------------------------------------------------------------------------------------------------
oakum version
expect_exit 0
expect_out "oakum 0.1.0"
expect_no_err
oakum version -o json
expect_json .version '"0.1.0"'
expect_json .schema '"oakum.version/1"'
oakum -o json version
expect_json .name '"oakum"'
oakum version -ocsv
expect_out "$(printf 'name,version\r\noakum,0.1.0\r')"
oakum version --output=yaml
expect_out_has 'version: "0.1.0"'

# --- usage: exit 2, one line, nothing on standard output -----------------------------------------------------------
run "$OAKUM"
expect_refused 2 "oakum: 'oakum' needs a command (run 'oakum --help')"
oakum versoin
expect_refused 2 "oakum: unknown command 'versoin' (did you mean 'oakum version'?)"
oakum xyzzyxyzzy
expect_refused 2 "oakum: unknown command 'xyzzyxyzzy' (run 'oakum --help')"
oakum version --colour never
expect_refused 2 "unknown option '--colour' (did you mean '--color'?)"
oakum version --xyzzyxyzzy=secret
expect_refused 2 "unknown option '--xyzzyxyzzy' (run 'oakum version --help')"
oakum version -Z
expect_refused 2 "unknown option '-Z'"
oakum version extra
expect_refused 2 "unexpected argument 'extra' (usage: oakum version)"
oakum version -o xml
expect_refused 2 "'--output' cannot be 'xml' (give table, json, yaml or csv)"
oakum version --color sometimes
expect_refused 2 "'--color' cannot be 'sometimes' (give one of auto|always|never)"
oakum version --at yesterday
expect_refused 2 "'--at' cannot be 'yesterday' (give an RFC 3339 time such as 2026-11-23T12:00:00Z)"
oakum version --quiet=yes
expect_refused 2 "'--quiet' takes no value"
run "$OAKUM" version --at
expect_refused 2 "'--at' needs a value (give TIME)"
oakum version --root "$T/nowhere"
expect_refused 2 "cannot examine '$T/nowhere'"
touch "$T/file"
oakum version --root "$T/file"
expect_refused 2 "it is no folder"

# --- help ----------------------------------------------------------------------------------------------------------
run "$OAKUM" --help
expect_exit 0
expect_out_has "usage: oakum COMMAND [options]"
expect_no_err
cp "$T/out" "$T/help"
run "$OAKUM" help
expect_same "$T/out" "$T/help"
run "$OAKUM" version -h
expect_out_has "usage: oakum version [options]"
run "$OAKUM" help version
expect_out_has "which oakum this is"
run "$OAKUM" help xyzzy
expect_refused 2 "there is no command 'xyzzy'"
run "$OAKUM" help --man oakum
expect_out_has ".TH \"oakum\" \"1\""
run "$OAKUM" help --man oakum-xyzzy
expect_refused 2 "there is no manual page 'oakum-xyzzy'"

# --- output that cannot be written ---------------------------------------------------------------------------------
code=0
"$OAKUM" help >/dev/full 2>"$T/err" || code=$?
ran="oakum help >/dev/full"
: >"$T/out"
expect_exit 1
expect_err "oakum: cannot write to standard output: No space left on device"
"$OAKUM" help --man oakum | head -n 1 >"$T/out"
expect_out_has .TH
finish
