# A live scan of a small dpkg root: identity, configuration of the node, first scans, what is changed below the root (nothing).
. "$(dirname "$0")/../lib/assert.sh"
need_file "$OAKUM_BUILD/dpkg.so" "module dpkg (built without libapt-pkg)"
root=$T/root
mkdir -p "$root/etc/apt" "$root/var/lib/dpkg/info" "$root/var/lib/apt/lists" "$root/var/cache/apt"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n' >"$root/etc/os-release"
printf '0123456789abcdef0123456789abcdef\n' >"$root/etc/machine-id"
printf 'tiny\n' >"$root/etc/hostname"
printf 'Package: hello\nStatus: install ok installed\nPriority: optional\nSection: devel\nMaintainer: x <x@example.org>\nArchitecture: amd64\nVersion: 2.10-3\nDescription: x\n\n' >"$root/var/lib/dpkg/status"
before=$(cd "$root" && find . -type f -exec sha256sum {} + | sort)
scan() { oakum scan --root "$root" "$@"; }

# a state folder without a database is no lost one
oakum baseline import "$OAKUM_SOURCE/tests/data/baselines/ours.yaml" --name mine
expect_exit 0
# no lists at all: unknown, not compliant
scan -o json
expect_exit 0
expect_json .summary.status '"UNKNOWN"'
expect_json '.node.name' '"tiny"'
expect_json '[.problems[] | select(.kind | test("lost"))] | length' 0
id=$(jq -r .node.id "$T/out")
expect_true sh -c "echo '$id' | grep -qE '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"
expect_true sh -c "! grep -q 0123456789abcdef '$T/out'"
scan --exit-code
expect_exit 3
expect_out_has "UNKNOWN  tiny (debian 12)"
expect_true grep -qx "missing 0" "$T/out"
# the same machine-id gives the same id, another one another, none at all still one
scan -o json
expect_json .node.id "\"$id\""
echo fedcba9876543210fedcba9876543210 >"$root/etc/machine-id"
scan --no-store -o json
expect_true [ "$(jq -r .node.id "$T/out")" != "$id" ]
rm "$root/etc/machine-id"
scan --no-store -o json
expect_exit 0
without=$(jq -r .node.id "$T/out")
expect_true [ ${#without} = 36 ]
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"

# the configuration's word counts
cat >"$T/oakum.yaml" <<'END'
node:
  id: "büro 1"
  name: front desk
  tags: {role: web, "Patch Group": none-such, rack: 7}
END
OAKUM_CONFIG=$T/oakum.yaml scan --no-store -o json
expect_exit 0
expect_json .node.id '"büro 1"'
expect_json .node.name '"front desk"'
expect_json .node.tags.rack '"7"'
expect_err_has "no baseline is configured for patch group 'none-such'"
printf 'node: {id: "a\\tb"}\n' >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml scan
expect_refused 2 "'node.id'"
printf 'node: {id: "%0129d"}\n' 1 >"$T/oakum.yaml"
OAKUM_CONFIG=$T/oakum.yaml scan
expect_refused 2 "give 1 to 128 printable characters"

# history knows both scans; the second found what the first had found
oakum history --scans -o json
expect_json "[.scans[] | select(.node == \"$id\") | .changed]" '[false,false,true]'
oakum inventory --root "$root" -o json
expect_json '[.packages[].name]' '["hello"]'
cp "$T/out" "$T/inventory.json"
oakum scan --inventory "$T/inventory.json" --no-store -o json
expect_json .summary.status '"UNKNOWN"'

# the timings are on standard error
scan -v -o json
expect_err_has "scanning: "
expect_err_has "storing: "
# nothing was changed below the root
expect_true [ "$before" = "$(cd "$root" && find . -type f -exec sha256sum {} + | sort)" ]

# a host that is none, and one that cannot be read
oakum scan --root "$T/empty.yaml"
expect_refused 2 "it is no folder"
printf 'garbage\n' >"$root/var/lib/dpkg/status"
scan
expect_exit 1
expect_no_out
expect_err_has "$root"
finish
