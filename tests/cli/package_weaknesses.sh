# SPDX-License-Identifier: GPL-3.0-or-later
# Weaknesses of AWS's agent (W1-W19) that are not a matter of scripts alone: half-unpacked folders, state files, locks, limits, fetching.
# The others are in package_install.sh, by their ids.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
. "$OAKUM_SOURCE/tests/lib/servers.sh"
need_tool python3
: >"$T/empty.yaml"
for v in 1.0 2.0; do
	plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" tool $v
done
install() { package install "$1" --allow-unsigned; }
# All files of the store but the count of failed attempts.
store() { (cd "$R/var/lib/oakum" && find . -type f ! -name '*lock*' ! -name state.json | sort | xargs sha256sum); }

row W3 # ---- what is half there is never taken for a package: leftovers of another time neither stay nor count
new_root w3
install "$T/s1.0"
expect_exit 0
mkdir -p "$R/var/lib/oakum/pkgs/tool/gen-2/tree" "$R/var/lib/oakum/stage/gone"
cp "$T/scripts.2.0/install.sh" "$R/var/lib/oakum/pkgs/tool/gen-2/tree"
echo stale >"$R/var/lib/oakum/pkgs/tool/gen-2/tree/extra.txt"
echo stale >"$R/var/lib/oakum/stage/gone/x"
expect_state tool "1.0 INSTALLED"
package rollback tool
expect_refused 1 "no version before"
install "$T/s2.0"
expect_exit 0
expect_state tool "2.0 INSTALLED"
expect_absent "$R/var/lib/oakum/pkgs/tool/current/tree/extra.txt"
package verify tool
expect_exit 1
expect_err_has "gen-2" # and what does not belong there is found
rm -r "$R/var/lib/oakum/pkgs/tool/gen-2"
package verify tool
expect_exit 0
expect_tidy
# a package of one file is one that has no script: refused before anything of the old one is touched
mkdir "$T/scripts.3.0"
echo x >"$T/scripts.3.0/readme"
script_package "$T/s3.0" tool 3.0
before=$(package_canary; store)
install "$T/s3.0"
expect_refused 2 "(E_SCRIPT)"
ok; [ "$(package_canary; store)" = "$before" ] || fail "W3: something changed"

row W4 # ---- the state is replaced in one step: never cut, and a cut one is made anew from what is current
state=$R/var/lib/oakum/pkgs/tool/state.json
was=$(stat -c %i "$state")
ln "$state" "$T/old-state"
install "$T/s1.0"
expect_exit 0
ok; [ "$(stat -c %i "$state")" != "$was" ] || fail "W4: the state was written in its place"
ok; [ "$(jq -r .version "$T/old-state")" = 2.0 ] || fail "W4: the old state was written over"
for n in 0 1 20; do
	head -c $n "$T/old-state" >"$state"
	expect_state tool "1.0 INSTALLED"
done
install "$T/s2.0"
expect_exit 0
expect_err_has "the state of package 'tool' was lost"
expect_state tool "2.0 INSTALLED"

row W5 # ---- locks are the kernel's: an old file is no lock, a held one is not stolen however old it is
find "$R/var/lib/oakum" "$T/state" -name '*lock*' -exec touch -d '3 days ago' {} +
install "$T/s1.0"
expect_exit 0
mkdir -p "$T/scripts.4.0"
printf 'touch %s/begun; while [ ! -e %s/go ]; do sleep 0.05; done; echo 4.0 >"$OAKUM_ROOT/app"\n' "$T" "$T" >"$T/scripts.4.0/install.sh"
printf 'rm -f "$OAKUM_ROOT/app"\n' >"$T/scripts.4.0/uninstall.sh"
script_package "$T/s4.0" tool 4.0
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package install "$T/s4.0" --allow-unsigned >"$T/slow.out" 2>&1 &
slow=$!
while [ ! -e "$T/begun" ]; do sleep 0.05; done
find "$R/var/lib/oakum" "$T/state" -name '*lock*' -exec touch -d '40 minutes ago' {} +
install "$T/s2.0"
expect_refused 75 "lock"
package uninstall tool
expect_refused 75 "lock"
: >"$T/go"
wait $slow
ok; [ $? = 0 ] || fail "W5: the first one failed: $(cat "$T/slow.out")"
expect_state tool "4.0 INSTALLED"
expect_file "$R/app" 4.0
kill -0 $$ # and a crash blocks nobody: the next one goes on at once
printf 'kill -KILL $PPID; sleep 1\n' >"$T/scripts.4.0/install.sh"
sed -i 's/"4.0"/"4.1"/' "$T/s4.0/manifest.json"
zip_folder "$T/scripts.4.0" "$T/s4.0/tool.zip"
manifest_of "$T/s4.0" tool 4.1 tool.zip
install "$T/s4.0"
expect_exit 137
install "$T/s2.0"
expect_exit 0
expect_state tool "2.0 INSTALLED"
expect_tidy

row W7 # ---- limits while it is fetched and while it unpacks; no setuid on the disk
before=$(package_canary; store)
cp -a "$T/s1.0" "$T/longer"
head -c 100000 /dev/zero >>"$T/longer/tool.zip"
install "$T/longer"
expect_refused 5 "it has another size"
mkdir "$T/bomb"
python3 - "$T/bomb/tool.zip" <<-'EOF'
	import sys, zipfile
	with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
	    z.writestr("install.sh", "true\n")
	    z.writestr("uninstall.sh", "true\n")
	    z.writestr("zeros", bytes(50_000_000))
EOF
manifest_of "$T/bomb" tool 5.0 tool.zip '"files":{"tool.zip":{"unpackedSize":1000}}'
install "$T/bomb"
expect_refused 2 "(E_SIZE)"
ok; [ "$(package_canary; store)" = "$before" ] || fail "W7: something changed"
mkdir "$T/rights"
python3 - "$T/rights/tool.zip" <<-'EOF'
	import sys, zipfile
	with zipfile.ZipFile(sys.argv[1], "w") as z:
	    for name, mode in ("install.sh", 0o104755), ("uninstall.sh", 0o102755), ("root", 0o106777):
	        i = zipfile.ZipInfo(name)
	        i.external_attr = mode << 16
	        z.writestr(i, "true\n")
EOF
manifest_of "$T/rights" tool 6.0 tool.zip
install "$T/rights"
expect_exit 0
ok; [ -z "$(find "$R/var/lib/oakum" -perm /7022 -type f)" ] || fail "W7: $(find "$R/var/lib/oakum" -perm /7022 -type f -ls)"

row W8 # ---- the whole archive is judged before anything of it is written, wherever in it the bad entry is; nothing is flattened
install "$T/s1.0"
for place in first last; do
	mkdir -p "$T/bad$place"
	python3 - "$T/bad$place/tool.zip" $place <<-'EOF'
		import sys, zipfile
		names = ["install.sh", "uninstall.sh"] + [f"good/{i}" for i in range(200)]
		names.insert(0 if sys.argv[2] == "first" else len(names), "../../../../evil")
		with zipfile.ZipFile(sys.argv[1], "w") as z:
		    for n in names:
		        z.writestr(n, "true\n")
	EOF
	manifest_of "$T/bad$place" tool 7.0 tool.zip
	before=$(package_canary; store)
	if command -v strace >/dev/null && ! nm -D "$OAKUM" | grep -q __asan; then
		run strace -f -qq -e trace=openat,mkdirat -o "$T/trace" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package install "$T/bad$place" --allow-unsigned
		ok; ! grep -q '"good' "$T/trace" || fail "W8: entries were written before the bad one was seen"
	else
		install "$T/bad$place"
	fi
	expect_refused 2 "(E_PATH)"
	ok; [ "$(package_canary; store)" = "$before" ] || fail "W8: something changed"
done
expect_state tool "1.0 INSTALLED"
mkdir -p "$T/scripts.8.0/one" "$T/scripts.8.0/two"
plain_scripts "$T/scripts.8.0" 8.0
echo 1 >"$T/scripts.8.0/one/same"
echo 2 >"$T/scripts.8.0/two/same"
script_package "$T/s8.0" tool 8.0
install "$T/s8.0"
expect_exit 0
expect_file "$R/var/lib/oakum/pkgs/tool/current/tree/one/same" 1
expect_file "$R/var/lib/oakum/pkgs/tool/current/tree/two/same" 2

# ---- from a repository
plain_scripts "$T/scripts.9.0" 9.0
head -c 3000000 /dev/urandom >"$T/scripts.9.0/noise"
for v in 9.0 10.0; do
	[ $v = 9.0 ] || plain_scripts "$T/scripts.$v" $v
	script_package "$T/s$v" tool $v
	oakum repo init "$T/repo" --keys "$T/keys"
	oakum repo add "$T/repo" "$T/s$v"
	oakum repo publish "$T/repo"
	expect_exit 0
done
if [ -x "$OAKUM_BUILD/tests/hostile_httpd" ]; then
	row W9 # ---- a fetch that is cut goes on where it was, within the call and in the next one
	new_root w9
	hostile_serve "$T"
	oakum repo trust add main --url "$hostile_url/but/cut99/repo" --root "$T/repo/metadata/1.root.json"
	package install tool@9.0
	expect_exit 0
	expect_state tool "9.0 INSTALLED"
	rm -rf "$T/state/repos" "$T/cache"
fi

row W14 # ---- what is in the cache by its hash is not fetched again; W16: every way of saying 'the newest'
new_root w14
rm -rf "$T/state" "$T/cache"
oakum repo trust add main --url "file://$T/repo" --root "$T/repo/metadata/1.root.json"
package install tool@9.0 --dry-run
expect_exit 0
mv "$T/repo/targets" "$T/repo/away"
package install tool@9.0
expect_exit 0
expect_state tool "9.0 INSTALLED"
package install tool@10.0
ok; [ "$code" != 0 ] || fail "W14: what was never fetched is there"
expect_state tool "9.0 INSTALLED"
expect_file "$R/app" 9.0
mv "$T/repo/away" "$T/repo/targets"
row W16
for how in tool tool@latest tool@LATEST; do
	new_root w16
	rm -rf "$R/var/lib/oakum"
	package install $how
	expect_exit 0
	expect_state tool "10.0 INSTALLED" # 10 is more than 9
done
package update tool
expect_exit 0
expect_out_has "installed already"
finish
