# SPDX-License-Identifier: GPL-3.0-or-later
# Rows C1 and C5: install, update, uninstall and rollback of both models die at every fault point; resume ends each in the old or the new
# state, list and disk agree, nothing half-way is left, and the same command then succeeds.
# timeout: 600
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
row C1 C5
FAULTS=${OAKUM_FAULTS:-$OAKUM_SOURCE/build/faults/oakum}
need_file "$FAULTS" "build with fault points (./bootstrap build faults)"
OAKUM=$FAULTS
: >"$T/empty.yaml"
new_root base
for v in 1.0 2.0; do
	plain_scripts "$T/scripts.$v" $v
	# idempotent by nature, and able to say whether it is there
	printf '[ "$(cat "$OAKUM_ROOT/app" 2>/dev/null)" = %s ]\n' $v >"$T/scripts.$v/validate.sh"
	script_package "$T/s$v" app $v
	rm "$T/scripts.$v/validate.sh"
	script_package "$T/n$v" app $v
	tree_of $v "$T/tree.$v" 2
	tree_package "$T/t$v" app $v "$T/tree.$v"
done
base=$R

# What version is really there: by the file of the scripts, or by the tree.
version_there() {
	case $kind in
	t) "$R/var/lib/oakum/pkgs/app/current/tree/bin/tool" 2>/dev/null || : ;;
	*) cat "$R/app" 2>/dev/null || : ;;
	esac
}
restore() {
	rm -rf "$R" "$T/state"
	cp -a "$1" "$R"
	[ ! -d "$1.state" ] || cp -a "$1.state" "$T/state"
}
do_it() { OAKUM_FAULT=$1 run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package $2; }

# crash_loop NAME FROM-FOLDER OLD NEW COMMAND: OLD and NEW are versions, or - for none.
crash_loop() {
	n=0
	while n=$((n + 1)); do
		R=$T/work
		restore "$2"
		do_it $n "$5"
		[ "$code" = 137 ] || break
		oakum --root "$R" resume
		ok; case $code in 0 | 1) ;; *) fail "$1: resume after fault $n ended with $code" ;; esac
		now=$(version_there) state=$(package_state app)
		ok; [ "${now:--}" = "$3" ] || [ "${now:--}" = "$4" ] || fail "$1: fault $n left '$now'"
		[ -z "$now" ] && want="" || want="$now INSTALLED"
		ok; [ "$state" = "$want" ] || fail "$1: after fault $n the list says '$state', the disk '$now'"
		expect_tidy
		oakum --root "$R" package $5
		expect_exit 0
		ok; now=$(version_there); [ "${now:--}" = "$4" ] || fail "$1: after fault $n the command left '$now' instead of $4"
		[ $n -lt 200 ] || { fail "fault points without an end"; break; }
	done
	expect_exit 0
	echo "$1: $((n - 1)) fault points"
	ok; [ $n -gt 8 ] || fail "$1: only $n fault points"
	points=$((points + n - 1))
}

points=0
for kind in s n t; do
	crash_loop "install $kind" "$base" - 1.0 "install $T/${kind}1.0 --allow-unsigned"
	rm -rf "$T/one" "$T/one.state" "$T/two" "$T/two.state"
	cp -a "$R" "$T/one" && cp -a "$T/state" "$T/one.state"
	crash_loop "update $kind" "$T/one" 1.0 2.0 "update $T/${kind}2.0 --allow-unsigned"
	cp -a "$R" "$T/two" && cp -a "$T/state" "$T/two.state"
	crash_loop "uninstall $kind" "$T/two" 2.0 - "uninstall app"
	# A rollback that went through finds no older version to go back to: only its first call is asked for 0.
	n=0
	while n=$((n + 1)); do
		restore "$T/two"
		do_it $n "rollback app"
		[ "$code" = 137 ] || break
		oakum --root "$R" resume
		now=$(version_there)
		ok; [ "$now" = 1.0 ] || [ "$now" = 2.0 ] || fail "rollback $kind: fault $n left '$now'"
		expect_state app "$now INSTALLED"
		expect_tidy
		[ $n -lt 200 ] || break
	done
	expect_exit 0
	echo "rollback $kind: $((n - 1)) fault points"
	points=$((points + n - 1))
done
echo "$points fault points in all"

# A resume that dies, too: at each of its own points, after a crash in the middle of a script's run.
kind=n
restore "$base"
do_it 0 "install $T/n1.0 --allow-unsigned"
expect_exit 0
rm -rf "$T/one" "$T/one.state"
cp -a "$R" "$T/one" && cp -a "$T/state" "$T/one.state"
n=0
while n=$((n + 1)); do
	restore "$T/one"
	do_it 12 "update $T/n2.0 --allow-unsigned"
	OAKUM_FAULT=$n run "$FAULTS" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" resume
	[ "$code" = 137 ] || break
	oakum --root "$R" resume
	now=$(version_there)
	ok; [ "$now" = 1.0 ] || [ "$now" = 2.0 ] || fail "resume: fault $n left '$now'"
	expect_state app "$now INSTALLED"
	expect_tidy
	[ $n -lt 100 ] || break
done
echo "resume: $((n - 1)) fault points"
ok; [ $n -gt 4 ] || fail "resume reaches only $((n - 1)) fault points"
finish
