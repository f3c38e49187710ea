# SPDX-License-Identifier: GPL-3.0-or-later
# Row C2: the power goes at every sync and every rename of an install, an update, a rollback and an uninstall; what was not synced is lost. After it:
# the old or the new version, whole by its seal, and never a success that is none.
# timeout: 400
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
row C2
need_tool cc
cc -shared -fPIC -O1 -o "$T/powercut.so" "$OAKUM_SOURCE/tests/lib/powercut/powercut.c" -ldl || exit 1
: >"$T/empty.yaml"
new_root base
for v in 1.0 2.0; do
	tree_of $v "$T/tree.$v" 3
	head -c 50000 /dev/urandom >"$T/tree.$v/share/noise"
	tree_package "$T/t$v" app $v "$T/tree.$v"
	plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" app $v
done
base=$R
R=$T/work
cut() { # N COMMAND
	run env LD_PRELOAD="$T/powercut.so" POWERCUT="$1" POWERCUT_DIR="$R" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package $2
}
restore() { rm -rf "$R" "$T/state" && cp -a "$1" "$R"; }

# loop NAME FROM OLD NEW COMMAND
loop() {
	n=0
	while n=$((n + 1)); do
		restore "$2"
		cut $n "$5"
		[ "$code" = 137 ] || break
		oakum --root "$R" resume
		ok; case $code in 0 | 1) ;; *) fail "$1: resume after cut $n ended with $code" ;; esac
		state=$(package_state app)
		ok; case $state in "$3" | "$4") ;; *) fail "$1: after cut $n the list says '$state'" ;; esac
		if [ -n "$state" ]; then
			package verify app
			expect_exit 0
		fi
		expect_tidy
		ok; [ "$(cat "$R/etc/canary" "$T/canary/file")" = "canary
canary" ] || fail "$1: something outside the store changed"
		[ "$(package_state app)" = "$4" ] || { package $5; expect_exit 0; }
		ok; [ "$(package_state app)" = "$4" ] || fail "$1: after cut $n the command leaves '$(package_state app)'"
		[ $n -lt 200 ] || { fail "cuts without an end"; break; }
	done
	expect_exit 0
	echo "$1: $((n - 1)) cuts"
	ok; [ $n -gt 5 ] || fail "$1: only $n cuts"
}
for kind in t s; do
	loop "install $kind" "$base" "" "1.0 INSTALLED" "install $T/${kind}1.0 --allow-unsigned"
	rm -rf "$T/one" && cp -a "$R" "$T/one"
	loop "update $kind" "$T/one" "1.0 INSTALLED" "2.0 INSTALLED" "update $T/${kind}2.0 --allow-unsigned"
	rm -rf "$T/two" && cp -a "$R" "$T/two"
	loop "rollback $kind" "$T/two" "2.0 INSTALLED" "1.0 INSTALLED" "rollback app"
	loop "uninstall $kind" "$T/one" "1.0 INSTALLED" "" "uninstall app"
done
finish
