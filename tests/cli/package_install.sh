# SPDX-License-Identifier: GPL-3.0-or-later
# Installing, updating, going back and removing packages of both models; rows C6 to C10 and L1 to L5 of the attack and fault table, and the
# weaknesses W1 to W19 of AWS's agent, each by its id.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
need_tool python3 zstd
for v in 1.0 2.0; do
	plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" tool $v
	tree_of $v "$T/tree.$v"
	tree_package "$T/t$v" app $v "$T/tree.$v"
done
# What must hold whenever something was refused or undone: the version before works, and nothing else was touched.
outside() { package_canary | grep -v ' \./log\| \./app\|  \./log$\|  \./app$\|^\./log \|^\./app \|^\. '; }
remember() { outside >"$T/outside"; }
still() { # VERSION of tool
	expect_state tool "$1 INSTALLED"
	expect_file "$R/app" "$1"
	outside >"$T/outside.now"
	expect_same "$T/outside" "$T/outside.now"
	expect_tidy
}
same_canary() { ok; [ "$(package_canary)" = "$before" ] || fail "$1: something outside the store changed"; }
install() { package install "$1" --allow-unsigned ${2:+"$2"} ${3:+"$3"} ${4:+"$4"}; }
# variant DIR VERSION 'install.sh' ['uninstall.sh' [X-OAKUM]]: a package of those scripts.
variant() {
	rm -rf "$T/scripts.$2.v" "$1"
	mkdir "$T/scripts.$2.v"
	printf '%s\n' "$3" >"$T/scripts.$2.v/install.sh"
	printf '%s\n' "${4:-rm -f "\$OAKUM_ROOT/app"; echo uninstall $2 >>"\$OAKUM_ROOT/log"}" >"$T/scripts.$2.v/uninstall.sh"
	mkdir -p "$1"
	zip_folder "$T/scripts.$2.v" "$(realpath "$1")/tool.zip"
	manifest_of "$1" tool "$2" tool.zip "${5:-}"
}

row W10 # ---- trust: nobody is trusted unless somebody said so
new_root trust
install_unsigned() { package install "$T/s1.0"; }
install_unsigned
expect_refused 5 "no key is trusted"
expect_absent "$R/var/lib/oakum/pkgs/tool"

row # ---- a root with nothing in it: packages for any platform, and for this machine's processor
R=$T/root.empty
mkdir "$R"
machine=$(uname -m | sed 's/aarch64/arm64/; s/i.86/386/')
mkdir "$T/alone"
cp "$T/s1.0/tool.zip" "$T/alone/"
for arch in "$machine" s390x; do
	jq --arg arch "$arch" '.packages = {_any: {_any: {($arch): {file: "tool.zip"}}}}' "$T/s1.0/manifest.json" >"$T/alone/manifest.json"
	install "$T/alone"
	[ "$arch" = s390x ] || expect_exit 0
done
expect_refused 1 "no manifest found for platform: _unknown, version , architecture $machine"
expect_state tool "1.0 INSTALLED"

row W15 W17 W18 # ---- the life of a script package
new_root life
install "$T/s1.0" --arg SSM_WORD=hello
expect_exit 0
expect_err_has "scripts run outside '$R', with this machine's own sh" # ADR 0080
expect_file "$R/log" "install 1.0 hello"
package list -o json
expect_json '.schema' '"oakum.packages/1"'
expect_json '.packages | map([.name, .version, .model, .state])' '[["tool","1.0","script","INSTALLED"]]'
install "$T/s1.0" --arg SSM_WORD=hello
expect_exit 0
expect_out_has "installed already" # W17
expect_file "$R/log" "install 1.0 hello"
install "$T/s1.0" --arg SSM_WORD=other # W15: other arguments are a reason to run again
expect_exit 0
ok; [ "$(grep -c "run outside" "$T/err")" = 1 ] || fail "two scripts, and not told once"
expect_file "$R/log" "install 1.0 hello
uninstall 1.0
install 1.0 other"
package install "$T/s2.0" --allow-unsigned -o json --dry-run # W18
expect_exit 0
expect_json '[.schema, .status, .from, .to, .rollback]' '["oakum.packageRun/1","PLANNED","1.0","2.0","compensated"]'
expect_state tool "1.0 INSTALLED"
package install "$T/s2.0" --allow-unsigned -o json
expect_exit 0
expect_json '[.name, .from, .to, .model, .status, .rollback, .exitCode, .rebootRequired]' '["tool","1.0","2.0","script","SUCCESS","compensated",0,false]'
expect_json '[.steps[].name]' '["verify","unpack","uninstall-old","install","switch"]'
expect_file "$R/app" 2.0
package rollback tool
expect_exit 0
expect_file "$R/app" 1.0
expect_state tool "1.0 INSTALLED"
package rollback tool
expect_refused 1 "no version before"
package update "$T/s2.0" --allow-unsigned
expect_exit 0
expect_state tool "2.0 INSTALLED"
package update "$T/s1.0" --allow-unsigned
expect_exit 0
expect_out_has "newer than 1.0"
expect_state tool "2.0 INSTALLED"
package uninstall tool
expect_exit 0
expect_absent "$R/app"
expect_state tool ""
package uninstall tool
expect_exit 0
package update "$T/s2.0" --allow-unsigned
expect_refused 1 "not installed"
oakum history --runs -o json
expect_json '[.runs[] | select(.kind == "package")] | length > 5' true
oakum history --audit -o json
expect_json '[.auditSound, (.audit | map(.event) | unique)]' '[true,["package.install","package.rollback","package.uninstall","package.update"]]'
expect_tidy

row # ---- the life of a tree
new_root tree
before=$(package_canary)
install "$T/t1.0" # 2 files larger than a block share their content
current=$R/var/lib/oakum/pkgs/app/current
expect_exit 0
ok; [ "$("$current/tree/bin/tool") $(readlink "$current/tree/share/link")" = "1.0 ../bin/tool" ] || fail "the tree is not what was built"
first=$(cd "$current/tree" && find . -type f | sort | xargs sha256sum)
package install "$T/t2.0" --allow-unsigned -o json
expect_json '[.model, .rollback, .status]' '["tree","exact","SUCCESS"]'
ok; [ "$("$current/tree/bin/tool")" = 2.0 ] || fail "the new tree is not current"
ok; [ "$(stat -c %i "$current/tree/share/common")" = "$(stat -c %i "$R/var/lib/oakum/pkgs/app/gen-1/tree/share/common")" ] ||
	[ "$(stat -f -c %T "$R")" != ext2/ext3 ] || fail "equal contents are not shared"
package rollback app
expect_exit 0
ok; [ "$(cd "$current/tree" && find . -type f | sort | xargs sha256sum)" = "$first" ] || fail "the rollback is not exact"
same_canary tree
package uninstall app
expect_exit 0
expect_absent "$R/var/lib/oakum/pkgs/app"
ok; [ -z "$(find "$R/var/lib/oakum/cas" -type f)" ] || fail "contents are left behind"
same_canary tree

# ---- hooks and the health check of a tree: it flips back by itself
mkdir "$T/hooked"
tree_of 3.0 "$T/hooked"
printf 'exit 1\n' >"$T/hooked/check.sh"
tree_package "$T/t3.0" app 3.0 "$T/hooked" '"health":{"script":"check.sh","attempts":2,"interval":"0s"}'
install "$T/t1.0"
install "$T/t3.0"
expect_exit 1
expect_err_has "(E_HEALTH)"
ok; [ "$("$current/tree/bin/tool")" = 1.0 ] || fail "an unhealthy tree stays current"
expect_state app "1.0 INSTALLED"
same_canary health
expect_tidy

# ---- detection rules: the disk is right, not our memory
new_root detect
variant "$T/d" 1.0 'echo 1 >"$OAKUM_ROOT/app"' '' '"detect":[{"type":"file","path":"/app"}]'
install "$T/d"
expect_exit 0
rm "$R/app"
package list -o json
expect_json '.packages[0].detail | test("not detected")' true
install "$T/d"
expect_exit 0
expect_file "$R/app" 1
variant "$T/d2" 2.0 'true' '' '"detect":[{"type":"file","path":"/nowhere"}]'
install "$T/d2"
expect_exit 1
expect_err_has "(E_DETECT)"
expect_state tool "1.0 INSTALLED"

# ---- dependencies and conflicts
new_root relations
tree_package "$T/needs" needs 1.0 "$T/tree.1.0" '"requires":["app >= 2"]'
tree_package "$T/clash" clash 1.0 "$T/tree.1.0" '"conflicts":["app"]'
install "$T/needs"
expect_refused 1 "needs 'app >= 2'"
install "$T/t1.0"
install "$T/needs"
expect_refused 1 "another version is installed"
install "$T/t2.0"
install "$T/needs"
expect_exit 0
package uninstall app
expect_refused 1 "'needs' 1.0 needs"
install "$T/t1.0"
expect_refused 1 "'needs' 1.0 needs"
install "$T/clash"
expect_refused 1 "conflicts with 'app'"
package uninstall needs
expect_exit 0

row C7 # ---- what scripts may do
new_root c7
install "$T/s1.0"
before=$(package_canary)
bad() { # NAME CODE 'install.sh' [X-OAKUM]: fails, 1.0 is back
	variant "$T/bad" 2.0 "$3" "" "${4:-}"
	install "$T/bad"
	expect_exit 1
	expect_err_has "($2)"
	still 1.0
}
remember
bad exit E_EXIT 'exit 7'
bad signal E_SIGNAL 'kill -SEGV $$'
bad timeout E_TIMEOUT "(setsid sh -c 'echo \$\$ >$T/daemon; exec sleep 600' &) ; sleep 600" '"timeouts":{"install":"1s"}'
ok; ! kill -0 "$(cat "$T/daemon")" 2>/dev/null || fail "C7: a daemon outlives the time-out"
variant "$T/loud" 2.0 'head -c 300000000 /dev/zero | tr "\0" x; exec >&-; echo 2 >"$OAKUM_ROOT/app"'
package install "$T/loud" --allow-unsigned -o json
expect_exit 0
expect_json '.steps[] | select(.name == "install") | .output | length <= 65536' true
variant "$T/daemon2" 2.1 "(sleep 5 &) ; echo 2.1 >\"\$OAKUM_ROOT/app\""
install "$T/daemon2"
expect_exit 0

row L4 # ---- nothing of our environment reaches a script, and arguments are SSM_ alone
new_root l4
variant "$T/env" 1.0 'env | sort >"$OAKUM_ROOT/env"; pwd >"$OAKUM_ROOT/pwd"'
LD_PRELOAD_WAS=${LD_PRELOAD-} SECRET=1 LD_LIBRARY_PATH=/evil PERL5LIB=/evil package install "$T/env" --allow-unsigned --arg "SSM_LINES=a
PATH=/evil" --arg SSM_HTTP=1
expect_exit 0
ok; ! grep -q '^LD_\|^SECRET\|^PERL5LIB' "$R/env" || fail "L4: $(grep '^LD_\|^SECRET\|^PERL' "$R/env")"
ok; grep -qx 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$R/env" || fail "L4: another PATH"
for name in BWS_ACTION_NAME=install BWS_PLATFORM_NAME=debian BWS_PLATFORM_VERSION=12 BWS_PLATFORM_FAMILY=debian BWS_PACKAGE_MANAGER=apt BWS_REGION=; do
	ok; grep -qx "$name" "$R/env" || fail "the environment lacks $name"
done
expect_file "$R/pwd" "$R/var/lib/oakum/pkgs/tool/gen-1/tree"
for arg in LD_PRELOAD=/x PATH=/x SSM_=1 "SSM_A B=1" SSM_A; do
	install "$T/env" --arg "$arg" --reinstall
	expect_refused 2 "cannot be an argument"
done

row C8 W13 W2 # ---- a reboot asked for again and again; after it the script goes on
new_root c8
mkdir -p "$R/proc/sys/kernel/random"
boot() { echo "$1" >"$R/proc/sys/kernel/random/boot_id"; }
boot one
install "$T/s1.0"
touch "$R/tries"
remember
variant "$T/reboots" 2.0 'echo "try $OAKUM_RESUME" >>"$OAKUM_ROOT/tries"; exit 194'
package install "$T/reboots" --allow-unsigned -o json
expect_exit 0
expect_json '[.status, .rebootRequired, .exitCode]' '["PENDING_REBOOT",true,194]'
expect_state tool "1.0 PENDING"
oakum --root "$R" resume
expect_exit 0
expect_state tool "1.0 PENDING" # the boot has not happened
package install "$T/s2.0" --allow-unsigned
expect_refused 75 "has not ended"
boot two
oakum --root "$R" resume
expect_exit 0
boot three
oakum --root "$R" resume
expect_exit 0
boot four
oakum --root "$R" resume
expect_exit 1
expect_err_has "3 times in a row"
expect_file "$R/tries" "try 0
try 1
try 1"
echo five >"$R/proc/sys/kernel/random/boot_id.was" # what the test itself changed
remember
still 1.0
expect_state tool "1.0 INSTALLED"
expect_file "$R/app" 1.0
variant "$T/continues" 2.0 'if [ "$OAKUM_RESUME" = 1 ]; then echo 2.0 >"$OAKUM_ROOT/app"; else exit 194; fi'
install "$T/continues"
expect_exit 0
boot five
oakum --root "$R" resume
expect_exit 0
expect_state tool "2.0 INSTALLED"
expect_file "$R/app" 2.0
expect_tidy

# ---- C8 on a root without boot ids: only 'resume' says that it booted, not another package's command
new_root c8-bare
variant "$T/continues" 2.0 'echo "try $OAKUM_RESUME" >>"$OAKUM_ROOT/tries"; if [ "$OAKUM_RESUME" = 1 ]; then echo 2.0 >"$OAKUM_ROOT/app"; else exit 194; fi'
install "$T/continues"
expect_exit 0
for again in "" --reinstall --reinstall --reinstall; do
	install "$T/t1.0" $again
	expect_exit 0
	expect_state tool "2.0 PENDING"
done
expect_file "$R/tries" "try 0"
oakum --root "$R" resume
expect_exit 0
expect_state tool "2.0 INSTALLED"

row C9 # ---- going back fails, too
new_root c9
variant "$T/once" 1.0 'if [ -e "$OAKUM_ROOT/was" ]; then exit 9; fi; touch "$OAKUM_ROOT/was"; echo 1 >"$OAKUM_ROOT/app"'
install "$T/once"
variant "$T/bad" 2.0 'exit 1'
package install "$T/bad" --allow-unsigned -o json
expect_exit 1
expect_json '[.status, .rollback, [.steps[] | [.name, .status]]]' '["FAILED","none",[["verify","DONE"],["unpack","DONE"],["uninstall-old","DONE"],["install","FAILED"],["undo-uninstall","DONE"],["undo-install","FAILED"]]]'
expect_state tool "1.0 FAILED"
ok; [ -e "$R/var/lib/oakum/pkgs/tool/gen-1/tree/install.sh" ] || fail "C9: the files of the old version are gone"
rm "$R/was"
install "$T/s2.0"
expect_exit 0
expect_state tool "2.0 INSTALLED"
expect_tidy

# ---- a first install that fails is undone, and not listed; its attempts can be limited
new_root first
variant "$T/bad" 1.0 'echo half >"$OAKUM_ROOT/app"; exit 3'
package install "$T/bad" --allow-unsigned -o json
expect_exit 1
expect_json '[.status, .rollback, .exitCode]' '["FAILED","compensated",3]'
expect_absent "$R/app"
expect_state tool ""
expect_absent "$R/var/lib/oakum/pkgs/tool"
install "$T/s1.0"
variant "$T/bad" 2.0 'exit 3'
for i in 1 2 3; do
	install "$T/bad" --max-attempts 3
	expect_exit 1
	expect_err_has "(E_EXIT)"
done
install "$T/bad" --max-attempts 3
expect_refused 1 "failed 3 times"

row C10 # ---- state lost or damaged, a stored file flipped
new_root c10
install "$T/t1.0"
install "$T/s1.0"
rm "$R/var/lib/oakum/pkgs/tool/state.json"
echo '{' >"$R/var/lib/oakum/pkgs/app/state.json"
rm -f "$T/state/state.db"
expect_state tool "1.0 INSTALLED"
expect_state app "1.0 INSTALLED"
install "$T/t2.0"
expect_exit 0
expect_state app "2.0 INSTALLED"
row L3 W11 # an uninstall script that was changed is not run
echo 'touch "$OAKUM_ROOT/evil"' >>"$R/var/lib/oakum/pkgs/tool/current/tree/uninstall.sh"
remember
package uninstall tool
expect_refused 5 "uninstall.sh"
expect_err_has "(E_TAMPER)"
expect_absent "$R/evil"
expect_file "$R/app" 1.0
expect_state tool "1.0 INSTALLED"
install "$T/s2.0"
expect_refused 5 "(E_TAMPER)"
expect_absent "$R/evil"
still 1.0
package uninstall tool --no-scripts
expect_exit 0
expect_state tool ""
# the same for a file less, other rights, a link
for change in 'rm "$tree/payload.txt"' 'chmod 777 "$tree/payload.txt"' 'ln -sf /etc/passwd "$tree/payload.txt"'; do
	install "$T/s1.0"
	tree=$R/var/lib/oakum/pkgs/tool/current/tree
	eval "$change"
	package uninstall tool
	expect_refused 5 "(E_TAMPER)"
	package uninstall tool --no-scripts
	expect_exit 0
done

row L5 W19 W12 # ---- the bytes that were installed are run, whatever the new version brings or the source became
new_root l5
install "$T/s1.0"
rm -rf "$T/s1.0.away" && mv "$T/s1.0" "$T/s1.0.away"
variant "$T/new" 2.0 'echo 2 >"$OAKUM_ROOT/app"' 'echo wrong >>"$OAKUM_ROOT/log"'
remember
install "$T/new"
expect_exit 0
expect_file "$R/log" "install 1.0 
uninstall 1.0"
package rollback tool
expect_exit 0
still 1.0
mv "$T/s1.0.away" "$T/s1.0"

row L1 # ---- the archive is replaced after it was opened, at every step of ours: the descriptor counts, or the run is refused
if command -v cc >/dev/null && cc -shared -fPIC -O1 -o "$T/swap.so" "$OAKUM_SOURCE/tests/lib/swap/swap.c" -ldl && ! nm -D "$OAKUM" | grep -q __asan; then
	new_root l1
	variant "$T/evil" 2.0 'echo evil >"$OAKUM_ROOT/evil"; echo evil >"$OAKUM_ROOT/app"'
	for how in name bytes; do
		n=0 refused=0
		while n=$((n + 1)); do
			rm -rf "$R/var/lib/oakum" "$R/app" "$R/log" "$T/victim" "$T/swapped"
			install "$T/s1.0"
			remember
			cp -a "$T/s2.0" "$T/victim"
			run env LD_PRELOAD="$T/swap.so" SWAP=$n SWAP_HOW=$how SWAP_FILE="$T/victim/tool.zip" SWAP_WITH="$T/evil/tool.zip" SWAP_DONE="$T/swapped" \
				"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package install "$T/victim" --allow-unsigned
			[ -e "$T/swapped" ] || break
			expect_absent "$R/evil"
			case $code in
			0) still 2.0 ;;
			2 | 5) refused=$((refused + 1)); still 1.0 ;;
			*) fail "L1: swapped at fork $n by $how, it ended with $code" ;;
			esac
			[ $n -lt 30 ] || break
		done
		ok; [ $n -gt 2 ] || fail "L1: only $((n - 1)) forks"
		echo "L1: swapped ($how) at $((n - 1)) places, refused at $refused"
	done
fi
row L2 # ---- a stage that others made
new_root l2
mkdir -p "$R/var/lib/oakum"
ln -s "$T/canary" "$R/var/lib/oakum/stage"
before=$(package_canary)
install "$T/s1.0"
expect_refused 5 "symbolic link"
rm "$R/var/lib/oakum/stage"
mkdir "$R/var/lib/oakum/stage"
chmod 777 "$R/var/lib/oakum/stage"
install "$T/s1.0"
expect_refused 5 "others can write"
same_canary L2
chmod 700 "$R/var/lib/oakum/stage"
install "$T/s1.0"
expect_exit 0
# an archive that others may write is copied before it is hashed
chmod 666 "$T/s2.0/tool.zip"
install "$T/s2.0"
expect_exit 0
chmod 644 "$T/s2.0/tool.zip"
# hashes
cp -a "$T/s2.0" "$T/flipped"
printf 'X' | dd of="$T/flipped/tool.zip" bs=1 seek=40 conv=notrunc 2>/dev/null
install "$T/flipped" --reinstall
expect_refused 5 "tool.zip"
expect_state tool "2.0 INSTALLED"

row W6 # ---- empty, md5-only and unknown checksums
for sums in '{}' '{"sha256":""}' '{"md5":"d41d8cd98f00b204e9800998ecf8427e"}'; do
	cp -a "$T/s1.0" "$T/sums"
	sed -i "s/\"checksums\":{[^}]*}/\"checksums\":$sums/" "$T/sums/manifest.json"
	install "$T/sums"
	ok; case $code in 2 | 5) ;; *) fail "W6: exit $code" ;; esac
	expect_state tool "2.0 INSTALLED"
	rm -rf "$T/sums"
done

row # ---- a version is never made twice
cp -a "$T/scripts.2.0" "$T/keep"
echo other >>"$T/scripts.2.0/payload.txt"
script_package "$T/again" tool 2.0
install "$T/again"
expect_refused 1 "a version is never made twice"
install "$T/again" --reinstall
expect_exit 0

row C6 # ---- two at once
new_root c6
variant "$T/slow" 1.0 "touch $T/begun; while [ ! -e $T/go ]; do sleep 0.1; done; echo 1 >\"\$OAKUM_ROOT/app\""
rm -f "$T/begun" "$T/go"
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package install "$T/slow" --allow-unsigned >"$T/slow.out" 2>&1 &
slow=$!
while [ ! -e "$T/begun" ]; do sleep 0.1; done
install "$T/t1.0"
expect_refused 75 "lock"
run "$OAKUM" --state "$T/state2" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package install "$T/t1.0" --allow-unsigned
expect_refused 75 "lock"
expect_state tool "1.0 PENDING" # W1: it is not there before it is there
: >"$T/go"
wait $slow
ok; [ $? = 0 ] || fail "C6: the first one failed: $(cat "$T/slow.out")"
expect_state tool "1.0 INSTALLED"

row W1 # ---- killed in the middle of a script: never taken for success
new_root w1
variant "$T/killed" 1.0 'echo half >"$OAKUM_ROOT/half"; [ -e "$OAKUM_ROOT/second" ] || { touch "$OAKUM_ROOT/second"; kill -KILL $PPID; sleep 1; }; echo 1 >"$OAKUM_ROOT/app"' \
	'rm -f "$OAKUM_ROOT/half" "$OAKUM_ROOT/app"'
install "$T/killed"
expect_exit 137
expect_state tool "1.0 PENDING"
oakum --root "$R" resume
expect_exit 0
expect_absent "$R/half"
expect_state tool ""
install "$T/killed"
expect_exit 0
expect_file "$R/app" 1
expect_tidy

row # ---- windows
new_root window
package install "$T/s1.0" --allow-unsigned --window "$T/closed.yaml" </dev/null
expect_exit 2
cat >"$T/closed.yaml" <<-EOF
	schema: oakum.window/1
	name: closed
	schedule: cron(0 0 3 ? * * *)
	duration: 1
	cutoff: 0
EOF
package install "$T/s1.0" --allow-unsigned --window "$T/closed.yaml" --at 2026-11-23T12:00:00Z
expect_exit 75
expect_state tool ""
package install "$T/s1.0" --allow-unsigned --now --window "$T/nowhere.yaml" # --now passes a window by, but a name must be one
expect_refused 2 "nowhere.yaml"
package install "$T/s1.0" --allow-unsigned --window "$T/closed.yaml" --at 2026-11-23T03:10:00Z
expect_exit 0

# ---- a zip on its own
new_root bare
package install "$T/s1.0/tool.zip" --allow-unsigned
expect_exit 0
expect_state tool "1.0 INSTALLED"
mkdir "$T/bare"
cp "$T/s1.0/tool.zip" "$T/bare/lonely.zip"
package install "$T/bare/lonely.zip" --allow-unsigned
expect_exit 0
expect_state lonely "0 INSTALLED"
package install "$T/nowhere/x.zip" --allow-unsigned
expect_refused 2 "there is no"
package install nowhere --allow-unsigned
expect_refused 2 "no repository is trusted"
finish
