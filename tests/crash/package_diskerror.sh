# SPDX-License-Identifier: GPL-3.0-or-later
# Row C4: every write, sync, rename, creation and removal of install, update, uninstall and rollback fails once with EIO, then for good, then is
# cut short; the store and the database (state.db, its WAL) alike. No success is told that is none: exit 0 means that the new version is
# there, whole; after a sync that failed it is never told. After 'resume' it is the old or the new one, and nothing outside has changed.
# (One sync is SQLite's own: of its folder, when it has made or removed its WAL. A WAL that is there again is simply read again.)
# timeout: 600
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
row C4
need_tool cc
cc -shared -fPIC -O1 -o "$T/diskerror.so" "$OAKUM_SOURCE/tests/lib/diskerror/diskerror.c" -ldl || exit 1
: >"$T/empty.yaml"
new_root base
for v in 1.0 2.0; do
	tree_of $v "$T/tree.$v" 1
	tree_package "$T/t$v" app $v "$T/tree.$v"
	plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" app $v
done
base=$R
R=$T/work
restore() {
	rm -rf "$R" "$T/state"
	cp -a "$1" "$R"
	[ ! -d "$1.state" ] || cp -a "$1.state" "$T/state"
}
keep() { rm -rf "$1" "$1.state" && cp -a "$R" "$1" && cp -a "$T/state" "$1.state"; }
broken() { # N MODE COMMAND
	rm -f "$T/struck"
	run env LD_PRELOAD="$T/diskerror.so" DISKERROR="$1" DISKERROR_MODE="$2" DISKERROR_DIRS="$R/var/lib:$T/state" DISKERROR_LOG="$T/struck" \
		"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package $3
	ran="$ran: $(cat "$T/struck" 2>/dev/null)"
}
version_there() {
	case $kind in
	t) "$R/var/lib/oakum/pkgs/app/current/tree/bin/tool" 2>/dev/null || : ;;
	*) cat "$R/app" 2>/dev/null || : ;;
	esac
}
# The list and the disk agree on one of the two; what is there is whole by its seal.
expect_one_of() { # NAME OLD NEW
	now=$(version_there) state=$(package_state app)
	ok; [ "${now:--}" = "$2" ] || [ "${now:--}" = "$3" ] || fail "$1: '$now' is there"
	[ -z "$now" ] && want="" || want="$now INSTALLED"
	ok; [ "$state" = "$want" ] || fail "$1: the list says '$state', the disk '$now'"
	[ -z "$now" ] || { package verify app; expect_exit 0; }
	ok; [ "$(cat "$R/etc/canary" "$T/canary/file")" = "canary
canary" ] || fail "$1: something outside the store changed"
}

# loop NAME FROM OLD NEW COMMAND MODE STEP: each STEP-th one
loop() {
	n=$((1 - $7)) told=0 struck_here=0
	restore "$2"
	oakum history --runs
	past=$(grep -c package "$T/out")
	while n=$((n + $7)); do
		restore "$2"
		broken $n "$6" "$5"
		[ -s "$T/struck" ] || break
		struck=$(cat "$T/struck") first=$code struck_here=$((struck_here + 1))
		ok; [ "$first" -lt 126 ] || fail "$1: error $n ($struck) ended it with $first"
		case "$6 $struck" in
		short*) [ "$first" = 0 ] || fail "$1: a short write ($struck) ended it with $first" ;;
		*" sync $T/state") ;;
		"once sync $T/state/state.db-wal") # the run's row, written and synced once more at the command's end
			[ "$first" != 0 ] || { ok; oakum history --runs; [ "$(grep -c package "$T/out")" -gt "$past" ] || fail "$1: after error $n ($struck) the history lacks the run"; } ;;
		*" sync "*) ok; [ "$first" != 0 ] || fail "$1: success is told although a sync failed ($struck)" ;;
		esac
		if [ "$first" = 0 ]; then
			told=$((told + 1))
			ok; now=$(version_there); [ "${now:--}" = "$4" ] || fail "$1: success is told at error $n ($struck), and '$now' is there"
		else
			ok; [ -s "$T/err" ] || fail "$1: error $n ($struck) is not told of"
		fi
		oakum --root "$R" resume
		ok; case $code in 0 | 1) ;; *) fail "$1: resume after error $n ($struck) ended with $code" ;; esac
		expect_one_of "$1: error $n ($struck)" "$3" "$4"
		[ "$first" != 0 ] || { ok; [ "${now:--}" = "$4" ] || fail "$1: after a success at error $n ($struck), resume made it '$now'"; }
		expect_tidy
		[ $n -lt 300 ] || { fail "errors without an end"; break; }
	done
	expect_exit 0
	echo "$1 ($6): $struck_here errors, $told of them without harm"
	ok; [ $struck_here -gt 8 ] || fail "$1: only $struck_here errors"
	errors=$((errors + struck_here))
}
errors=0
for kind in t s; do
	restore "$base"
	oakum --root "$R" package install "$T/${kind}1.0" --allow-unsigned
	keep "$T/one"
	oakum --root "$R" package update "$T/${kind}2.0" --allow-unsigned
	keep "$T/two"
	for mode in "once 1" "on 5" "short 3"; do
		loop "install $kind" "$base" - 1.0 "install $T/${kind}1.0 --allow-unsigned" $mode
		loop "update $kind" "$T/one" 1.0 2.0 "update $T/${kind}2.0 --allow-unsigned" $mode
		loop "rollback $kind" "$T/two" 2.0 1.0 "rollback app" $mode
		loop "uninstall $kind" "$T/two" 2.0 - "uninstall app" $mode
	done
	# the database is made anew once only
	restore "$base"
	oakum --root "$R" package uninstall app
	keep "$T/base"
	base=$T/base
done
echo "$errors errors of the disk in all"
finish
