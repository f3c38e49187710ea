# SPDX-License-Identifier: GPL-3.0-or-later
# A package run that dies at any point: after resume its end is in the spool exactly once, and the history agrees with it.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
FAULTS=${OAKUM_FAULTS:-$OAKUM_SOURCE/build/faults/oakum}
[ -x "$FAULTS" ] || skip "no build with fault points (./bootstrap build faults)"
OAKUM=$FAULTS
plain_scripts "$T/scripts.1.0" 1.0
printf '[ "$(cat "$OAKUM_ROOT/app" 2>/dev/null)" = 1.0 ]\n' >"$T/scripts.1.0/validate.sh"
script_package "$T/s1.0" app 1.0
chmod 755 "$T"
printf '#!/bin/sh\necho "$OAKUM_KEY" >>"%s/keys"\n' "$T" >"$T/tell"
chmod 755 "$T/tell"
printf 'node: {id: n1}\nnotify: [{name: ops, on: run, command: %s}]\n' "$T/tell" >"$T/config.yaml"
OAKUM_CONFIG=$T/config.yaml
new_root base
base=$R
R=$T/work
later=$(date -u -d "+2 hours" +%FT%TZ)
n=0 ended=0
while n=$((n + 1)); do
	rm -rf "$R" "$T/state"
	cp -a "$base" "$R"
	: >"$T/keys"
	OAKUM_FAULT=$n run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/config.yaml" --root "$R" package install "$T/s1.0" --allow-unsigned
	[ "$code" = 137 ] || break
	oakum --root "$R" resume
	oakum notify flush --at "$later"
	ok; [ "$(sort "$T/keys" | uniq -d | wc -l)" = 0 ] || fail "fault $n: told twice"
	oakum notify list -o json
	told=$(jq -c '[.notifications[] | .status] | sort' "$T/out")
	oakum history --runs -o json
	# a run that died before its journal began changed nothing, and has no end
	runs=$(jq -c '[.runs[]? | .status | select(. != "RUNNING")] | sort' "$T/out")
	ok; [ "$told" = "$runs" ] || fail "fault $n: told $told, the history has $runs"
	[ "$told" = '[]' ] || ended=$((ended + 1))
	[ $n -lt 100 ] || { fail "fault points without an end"; break; }
done
expect_exit 0
echo "$((n - 1)) fault points, $ended of them with an end to tell"
ok; [ $ended -gt 6 ] || fail "only $ended ends"
finish
