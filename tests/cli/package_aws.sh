# SPDX-License-Identifier: GPL-3.0-or-later
# AWS Distributor packages as they are: manifests of every shape resolve and install for each of their platforms; what an archive says of
# itself inside is compared; the agent's own test packages install, fail, ask for reboots and are gone back from as its tests expect.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
need_tool python3
: >"$T/empty.yaml"

# aws_package DIR VERSION FOLDER [FILE]: as AWS's console makes it: nothing of ours in the manifest
aws_package() {
	mkdir -p "$1"
	zip_folder "$3" "$(realpath "$1")/${4:-SsmTest.zip}"
	jq -n --arg v "$2" --arg f "${4:-SsmTest.zip}" --arg s "$(sha256sum "$1/${4:-SsmTest.zip}" | cut -d' ' -f1)" \
		'{schemaVersion: "2.0", version: $v, publisher: "Example", packages: {_any: {_any: {_any: {file: $f}}}}, files: {($f): {checksums: {sha256: $s}}}}' >"$1/manifest.json"
}
simple() { # FOLDER VERSION
	rm -rf "$1"
	mkdir -p "$1"
	printf 'echo "install %s" >>"$OAKUM_ROOT/log"; echo %s >"$OAKUM_ROOT/app"\n' "$2" "$2" >"$1/install.sh"
	printf 'echo "uninstall %s" >>"$OAKUM_ROOT/log"; rm -f "$OAKUM_ROOT/app"\n' "$2" >"$1/uninstall.sh"
}
install() { package install "$1" --allow-unsigned --name SsmTest ${2:+"$2"} ${3:+"$3"}; }

# --- manifests of every shape that the agent reads -----------------------------------------------------------------------------
# every ARCHIVE FILE: each platform, version and architecture of the manifest installs the archive that it names
every() {
	jq -r '.packages | to_entries[] | .key as $p | .value | to_entries[] | .key as $v | .value | to_entries[] | [$p, $v, .key, .value.file] | @tsv' "$1/manifest.json" >"$T/places"
	while IFS='	' read -r platform version arch file; do
		[ "$platform" = _any ] && platform=gentoo
		case $version in _any | '*') version=77.7 ;; *'.*') version="${version%.\*}.3" ;; esac
		[ "$arch" = _any ] && arch=riscv64
		new_root every
		rm -rf "$R/var/lib/oakum" "$R/which"
		oakum package resolve "$1/manifest.json" --platform "$platform" --platform-version "$version" --arch "$arch"
		expect_out "$file"
		package install "$1" --allow-unsigned --platform "$platform" --platform-version "$version" --arch "$arch"
		case $file in
		*windows*) expect_exit 1; expect_err_has "install.ps1" ;; # for a Windows host; here nothing of it may run
		*) expect_exit 0; expect_file "$R/which" "$file" ;;
		esac
	done <"$T/places"
}
# archives_for DIR: an archive for each file of the manifest, and its true sum in it
archives_for() {
	for file in $(jq -r '[.packages[][][] | .file] | unique[]' "$1/manifest.json"); do
		rm -rf "$T/in"
		mkdir "$T/in"
		case $file in
		*windows*) echo 'exit 0' >"$T/in/install.ps1"; echo 'exit 0' >"$T/in/uninstall.ps1" ;;
		*) printf 'echo %s >"$OAKUM_ROOT/which"\n' "$file" >"$T/in/install.sh"; echo 'rm "$OAKUM_ROOT/which"' >"$T/in/uninstall.sh" ;;
		esac
		zip_folder "$T/in" "$1/$file"
		jq --arg f "$file" --arg s "$(sha256sum "$1/$file" | cut -d' ' -f1)" --argjson n "$(stat -c %s "$1/$file")" \
			'.files[$f].checksums.sha256 = $s | .files[$f].size = $n' "$1/manifest.json" >"$T/m.json"
		mv "$T/m.json" "$1/manifest.json"
	done
}
mkdir "$T/shapes"
cat >"$T/shapes/manifest.json" <<-'END'
	{"schemaVersion":"2.0","packageArn":"arn:aws:ssm:::package/Shapes","version":"1.0.0.0","publisher":"P","unheard":{"of":[1,2.5,null]},
	"packages":{"amazon":{"_any":{"x86_64":{"file":"a.zip"},"arm64":{"file":"b.zip"}},"2018.03":{"_any":{"file":"c.zip"}}},
	"redhat":{"7.*":{"x86_64":{"file":"d.zip"}},"8.*":{"_any":{"file":"e.zip","more":1}},"*":{"x86_64":{"file":"a.zip"}}},
	"windows":{"_any":{"x86_64":{"file":"f-windows.zip"}}},"_any":{"_any":{"_any":{"file":"name with blanks.zip"}}}},
	"files":{"a.zip":{"checksums":{"sha256":"","md5":"0"},"downloadLocation":"https://example.org/a","size":1}}}
END
sed -i 's/name with blanks/any/' "$T/shapes/manifest.json"
archives_for "$T/shapes"
every "$T/shapes"
sed -i 's/"schemaVersion"/"SchemaVersion"/; s/"packages"/"Packages"/; s/"checksums"/"Checksums"/g; s/"sha256"/"SHA256"/g' "$T/shapes/manifest.json" # Go reads names in any case
new_root shapes
package install "$T/shapes" --allow-unsigned
expect_exit 0
expect_file "$R/which" any.zip
jq '.files |= map_values(.Checksums.SHA256 |= ascii_upcase | del(.size))' "$T/shapes/manifest.json" >"$T/m.json"
mv "$T/m.json" "$T/shapes/manifest.json"
package install "$T/shapes" --allow-unsigned --reinstall
expect_exit 0
rm "$T/shapes/a.zip" # an archive for others need not be here
package install "$T/shapes" --allow-unsigned --reinstall
expect_exit 0

# --- the manifest.json inside ------------------------------------------------------------------------------------------------------
new_root inner
simple "$T/old" 1.0
aws_package "$T/good" 1.0 "$T/old"
install "$T/good"
expect_exit 0
before=$(package_canary)
inner() { # CODE WORDS 'manifest.json' [VERSION]
	simple "$T/in" 2.0
	printf '%s\n' "$3" >"$T/in/manifest.json"
	rm -rf "$T/p"
	aws_package "$T/p" 2.0 "$T/in"
	install "$T/p"
	expect_refused 2 "(E_MANIFEST)"
	expect_err_has "$2"
	expect_state SsmTest "1.0 INSTALLED"
	ok; [ "$(package_canary)" = "$before" ] || fail "inner $1: something changed"
}
inner corrupt "cannot be read" 'corrupted "name": "SsmTest"}'
inner name "'NotSsmTest'" '{"name":"NotSsmTest","platform":"linux","architecture":"amd64","version":"2.0"}'
inner version "'1.9'" '{"name":"SsmTest","version":"1.9"}'
inner empty "name ''" '{}'
inner empty "name ''" '{"name":"","version":"2.0"}'
inner list "name ''" '[]'
for said in SsmTest ssmtest arn:aws:ssm:us-east-1:401613528637:package/SsmTest arn:aws:ssm:::package/SsmTest; do
	simple "$T/in" 2.0
	printf '{"name":"%s","version":"2.0","appname":"X","apptype":"Test"}\n' "$said" >"$T/in/manifest.json"
	rm -rf "$T/p"
	aws_package "$T/p" 2.0 "$T/in"
	install "$T/p" --reinstall
	expect_exit 0
done
package install "$T/p" --allow-unsigned # its folder is 'p', and nobody said how it is called
expect_exit 0
expect_state p "2.0 INSTALLED"

# --- what the agent's scripts may do: by name of its own test packages, made here ------------------------------------------------------
made() { # VERSION 'install.sh' 'uninstall.sh' ['validate.sh']
	rm -rf "$T/in"
	mkdir "$T/in"
	printf '%s\n' "$2" >"$T/in/install.sh"
	printf '%s\n' "$3" >"$T/in/uninstall.sh"
	[ -z "${4:-}" ] || printf '%s\n' "$4" >"$T/in/validate.sh"
	echo "$1" >"$T/in/test.txt"
	printf '{"name":"SsmTest","version":"%s"}\n' "$1" >"$T/in/manifest.json"
	aws_package "$T/made-$1" "$1" "$T/in"
}
made 0.0.4 'exit 1' 'exit 0'
made 0.0.5 'cp test.txt test_installed.txt' 'exit 3010'
made 0.0.6 'exit 3010' 'exit 0'
made 0.0.7 'cp test.txt test_installed.txt' 'exit 1'
made 0.0.8 'cp test.txt test_installed.txt' 'exit 0' 'exit 1'
made 0.0.9 'cp test.txt test_installed.txt; exit 3010' 'exit 0' 'exit 0'
made 0.1.2 'cp test.txt test_installed.txt' 'exit 0'
made 0.1.10 'cp test.txt test_installed.txt' 'exit 0'
boot() { mkdir -p "$R/proc/sys/kernel/random"; echo "$1" >"$R/proc/sys/kernel/random/boot_id"; }
# behaves PREFIX: those versions from $T/PREFIX-VERSION
behaves() {
	new_root "$1"
	boot one
	install "$T/$1-0.0.4" # install fails: nothing is there
	expect_exit 1
	expect_state SsmTest ""
	install "$T/$1-0.0.8" # validate fails
	expect_exit 1
	expect_state SsmTest ""
	install "$T/$1-0.1.2"
	expect_exit 0
	install "$T/$1-0.0.4"
	expect_exit 1
	expect_state SsmTest "0.1.2 INSTALLED"
	package update "$T/$1-0.1.10" --allow-unsigned --name SsmTest # 10 is more than 2
	expect_exit 0
	expect_state SsmTest "0.1.10 INSTALLED"
	package uninstall SsmTest
	install "$T/$1-0.0.7" # its uninstall fails: an upgrade goes through all the same
	expect_exit 0
	package uninstall SsmTest
	expect_exit 1
	expect_state SsmTest "0.0.7 INSTALLED"
	install "$T/$1-0.1.10"
	expect_exit 0
	expect_state SsmTest "0.1.10 INSTALLED"
	install "$T/$1-0.0.9" # a reboot, after which validate says that it is there
	expect_exit 0
	expect_state SsmTest "0.1.10 PENDING"
	boot two
	oakum --root "$R" resume
	expect_exit 0
	expect_state SsmTest "0.0.9 INSTALLED"
	[ -d "$T/$1-0.0.5" ] || cp -a "$T/made-0.0.5" "$T/$1-0.0.5" # theirs is PowerShell
	install "$T/$1-0.0.5"
	expect_exit 0
	package uninstall SsmTest -o json # asks for a reboot
	expect_exit 0
	expect_json .rebootRequired true
	boot three
	oakum --root "$R" resume
	expect_exit 0
	expect_state SsmTest ""
	install "$T/$1-0.0.6" # a reboot each time, and no validate: given up
	expect_exit 0
	for n in 4 5 6; do
		boot "boot $n"
		oakum --root "$R" resume
	done
	expect_exit 1
	expect_state SsmTest ""
	expect_tidy
}
behaves made

# --- scripts that work in their own folder, as vendors' do: what they make of it is theirs, what others make of it is not ----------------
new_root own
for v in 1.0 2.0; do
	rm -rf "$T/in"
	mkdir -p "$T/in/sub"
	cat >"$T/in/install.sh" <<-END
		mkdir -p log 'odd names' && echo x >'log/a:b*' && printf 'y' >"odd names/\$(printf 'new\nline')" && ln -sf /etc/passwd outside && { [ -p pipe ] || mkfifo pipe; }
		rm -rf installer.bin sub && chmod +x tool && echo "since $v" >>settings && echo "# installed" >>uninstall.sh && echo $v >"\$OAKUM_ROOT/app"
	END
	printf 'grep -q "since %s" settings && [ -x tool ] && [ -e "log/a:b*" ]\n' $v >"$T/in/validate.sh"
	printf '[ -x tool ] && rm -f "$OAKUM_ROOT/app" && tail -n 1 uninstall.sh >"$OAKUM_ROOT/removed"\n' >"$T/in/uninstall.sh"
	echo big >"$T/in/installer.bin"
	echo : >"$T/in/tool"
	echo a=1 >"$T/in/settings"
	echo x >"$T/in/sub/file"
	aws_package "$T/own-$v" $v "$T/in"
done
install "$T/own-1.0"
expect_exit 0
package verify SsmTest
expect_exit 0
package update "$T/own-2.0" --allow-unsigned --name SsmTest
expect_exit 0
expect_file "$R/app" 2.0
expect_file "$R/removed" "# installed"
package rollback SsmTest
expect_exit 0
expect_state SsmTest "1.0 INSTALLED"
expect_file "$R/app" 1.0
package update "$T/own-2.0" --allow-unsigned --name SsmTest
expect_state SsmTest "2.0 INSTALLED"
tree=$R/var/lib/oakum/pkgs/SsmTest/current/tree
cp -a "$R" "$T/own"
for change in 'echo evil >>"$tree/uninstall.sh"' 'echo evil >>"$tree/settings"' 'chmod 777 "$tree/tool"' 'rm "$tree/validate.sh"' 'echo >>"$tree/../left"' 'head -c 20 "$tree/../left" >"$T/l"; cp "$T/l" "$tree/../left"'; do
	rm -rf "$R"
	cp -a "$T/own" "$R"
	eval "$change"
	package verify SsmTest
	expect_exit 5
	package uninstall SsmTest
	expect_refused 5 "(E_TAMPER)"
	expect_file "$R/app" 2.0
done
rm -rf "$R"
cp -a "$T/own" "$R"
package uninstall SsmTest
expect_exit 0
expect_absent "$R/app"
expect_tidy
# killed in the middle of it: what it left is known to be its own
printf 'rm -f tool; [ -e "$OAKUM_ROOT/second" ] || { touch "$OAKUM_ROOT/second"; kill -KILL $PPID; sleep 1; }; echo 3 >"$OAKUM_ROOT/app"\n' >"$T/in/install.sh"
rm "$T/in/validate.sh"
printf 'rm -f "$OAKUM_ROOT/app"; echo undone >"$OAKUM_ROOT/undone"\n' >"$T/in/uninstall.sh"
aws_package "$T/own-3.0" 3.0 "$T/in"
install "$T/own-3.0"
expect_exit 137
oakum --root "$R" resume
expect_file "$R/undone" undone
expect_state SsmTest ""
install "$T/own-3.0"
expect_exit 0
expect_state SsmTest "3.0 INSTALLED"
expect_tidy

# --- the agent's own data -------------------------------------------------------------------------------------------------------------
data=$OAKUM_CORPUS/ssm-agent-testdata/agent/plugins/configurepackage
if [ -d "$data" ]; then
	mkdir "$T/sample"
	cp "$data/testdata/sampleManifest.json" "$T/sample/manifest.json"
	archives_for "$T/sample"
	every "$T/sample"
	for folder in "$data"/localpackages/testdata/SsmTest/0.*; do
		v=${folder##*/}
		rm -rf "$T/in"
		# the actions of that time were documents: their commands, which sh can run as well, as the scripts that they became
		python3 - "$folder" "$T/in" <<-'EOF' || continue
			import json, os, shutil, sys
			src, to = sys.argv[1:]
			shutil.copytree(src, to)
			if os.path.exists(to + "/SsmTest.json"):
			    os.rename(to + "/SsmTest.json", to + "/manifest.json")
			for action in "install", "uninstall", "validate":
			    path = f"{to}/{action}.json"
			    if not os.path.exists(path):
			        continue
			    text = open(path).read()
			    os.remove(path)
			    try:
			        doc = json.loads(text)
			    except ValueError:
			        continue  # a corrupt action is none
			    steps = doc["mainSteps"][0]["inputs"] if "mainSteps" in doc else doc["runtimeConfig"]["aws:runPowerShellScript"]["properties"][0]
			    lines = steps["runCommand"]
			    if any("Test-Path" in line for line in lines):
			        sys.exit(1)
			    open(f"{to}/{action}.sh", "w").write("\n".join(lines) + "\n")
		EOF
		aws_package "$T/theirs-$v" "$v" "$T/in"
	done
	cp "$data/localpackages/testdata/SsmTest/0.0.3/SsmTest.zip" "$T/theirs-0.0.3/SsmTest.zip"
	sum=$(sha256sum "$T/theirs-0.0.3/SsmTest.zip" | cut -d' ' -f1)
	jq --arg s "$sum" '.files["SsmTest.zip"].checksums.sha256 = $s' "$T/theirs-0.0.3/manifest.json" >"$T/m.json" && mv "$T/m.json" "$T/theirs-0.0.3/manifest.json"
	new_root refused
	install "$T/theirs-0.1.2"
	expect_exit 0
	before=$(package_canary)
	for bad in "0.0.3 E_" "0.0.10 E_MANIFEST" "0.0.11 E_SCRIPT" "0.0.12 E_MANIFEST"; do
		install "$T/theirs-${bad% *}"
		expect_exit 2
		expect_err_has "(${bad#* }"
		expect_state SsmTest "0.1.2 INSTALLED"
		ok; [ "$(package_canary)" = "$before" ] || fail "$bad: something outside the store changed"
	done
	install "$T/theirs-0.0.13" # all the optional values
	expect_exit 0
	behaves theirs
else
	echo "skipped: no corpus"
fi
finish
