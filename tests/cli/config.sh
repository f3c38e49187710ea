# The configuration file: where it is, what it may say, who may have written it.
. "$(dirname "$0")/../lib/assert.sh"
# 'history' reads the configuration and then nothing that this test lacks.
probe() { oakum history --scans "$@"; }
config() { printf '%b' "$1" >"$T/oakum.yaml"; }
OAKUM_CONFIG=$T/oakum.yaml

config ''
probe
expect_exit 0
config '# only a comment\n'
probe
expect_exit 0
config 'output: json\n'
probe
expect_json .schema '"oakum.history/1"'
probe -o csv
expect_out_has 'scan,at,node'
config '{"output": "json"}'
probe
expect_json .schema '"oakum.history/1"'

# unknown keys by name and line, with what was meant
config 'node:\n  name: web01\n  tgas: {role: web}\n'
probe
expect_refused 2 "unknown key 'node.tgas' in '$T/oakum.yaml' (line 3) (did you mean 'node.tags'?)"
config 'quite: true\n'
probe
expect_refused 2 "unknown key 'quite' in '$T/oakum.yaml' (line 1) (did you mean 'quiet'?)"
config 'xyzzy: 1\n'
probe
expect_refused 2 "unknown key 'xyzzy'"
config 'version: {x: 1}\n'
probe
expect_refused 2 "unknown key 'version'"

# values of the wrong kind
config 'quiet: maybe\n'
probe
expect_refused 2 "'quiet' in '$T/oakum.yaml' (line 1) cannot be a string (give true or false)"
config 'color: sometimes\n'
probe
expect_refused 2 "cannot be 'sometimes' (give one of auto|always|never)"
config 'node: web01\n'
probe
expect_refused 2 "'node' in '$T/oakum.yaml' (line 1) cannot be a string (give keys with values)"
config 'node: {tags: [a, b]}\n'
probe
expect_refused 2 "'node.tags'"
config '- a\n- b\n'
probe
expect_refused 2 "holds an array (give keys with values)"
config 'quiet: true\nquiet: false\n'
probe
expect_refused 2 "quiet"

# options about one call, or that weaken trust, are never keys
config 'root: /srv\n'
probe
expect_refused 2 "'root' in '$T/oakum.yaml' (line 1) cannot be configured (give it on the command line)"
config 'at: 2026-01-01T00:00:00Z\n'
probe
expect_refused 2 "'at'"

# broken files
config 'a: [1\n'
probe
expect_refused 2 "$T/oakum.yaml"
config 'a: \0377\n'
probe
expect_refused 2 "$T/oakum.yaml"
oakum history --config "$T/nowhere.yaml"
expect_refused 2 "cannot open configuration '$T/nowhere.yaml': it does not exist"
oakum history --config "$T"
expect_refused 2 "is a directory"
head -c 1100000 /dev/zero | tr '\0' '#' >"$T/oakum.yaml"
probe
expect_refused 2 "larger than 1048576 bytes"

# whom it may belong to
config 'output: json\n'
chmod 666 "$T/oakum.yaml"
probe
expect_refused 5 "cannot trust '$T/oakum.yaml': '$T/oakum.yaml' is writable by others (run 'chmod go-w $T/oakum.yaml')"
chmod 644 "$T/oakum.yaml"
mkdir "$T/open"
cp "$T/oakum.yaml" "$T/open/"
chmod 777 "$T/open"
oakum history --config "$T/open/oakum.yaml"
expect_refused 5 "'$T/open' is writable by others"
ln -s "$T/open/oakum.yaml" "$T/link.yaml"
oakum history --config "$T/link.yaml"
expect_refused 5 "'$T/open' is writable by others"
if [ "$(id -u)" = 0 ]; then
	chown 12345 "$T/oakum.yaml"
	probe
	expect_refused 5 "belongs to user 12345"
fi
# what needs no configuration works with a broken one
oakum version
expect_exit 0
finish
