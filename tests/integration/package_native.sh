# The same recipe as .deb and .rpm in real roots: installed, upgraded with and without update.sh, removed; nothing is left, the same bytes twice.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
[ "$(id -u)" = 0 ] || skip "installing needs root"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1

# A package that writes what it does into /story, and a file of its own outside the prefix.
package() { # VERSION WITH-UPDATE [EXIT-OF-INSTALL]
	rm -rf src
	mkdir -p src/files/bin
	printf '#!/bin/sh\necho %s\n' "$1" > src/files/bin/tool
	chmod 755 src/files/bin/tool
	echo "of $1" > "src/files/only-$1"
	printf 'echo "install %s $BWS_ACTION_NAME $SSM_PORT $(pwd)" >>/story\ncp bin/tool /usr/local-tool\nexit %s\n' "$1" "${3:-0}" > src/install.sh
	printf 'echo "uninstall %s" >>/story\nrm -f /usr/local-tool\n' "$1" > src/uninstall.sh
	printf 'echo "update %s" >>/story\ncp bin/tool /usr/local-tool\n' "$1" > src/update.sh
	printf 'test -x /usr/local-tool\n' > src/validate.sh
	cat > src/recipe.yaml <<-END
		schema: oakum.recipe/1
		name: My_Tool
		version: "$1"
		publisher: Tests <tests@example.invalid>
		description: |-
		  A tool

		  of two paragraphs
		model: script
		targets:
		  - platform: _any
		    arch: x86_64
		    files: [{from: files, to: ""}]
		    scripts: {install: install.sh, uninstall: uninstall.sh, validate: validate.sh$([ "$2" = no ] || echo ", update: update.sh")}
		conflicts: ["other_tool < 2"]
		args: {SSM_PORT: {type: integer, default: "80'80"}}
	END
	sed -i "s/80'80/8080/" src/recipe.yaml
	for format in deb rpm; do
		oakum package build src --out "pkg-$1" --format $format
		expect_exit 0
		oakum package build src --out again --format $format --threads 5
		expect_true diff -r again "$(mkdir -p one && rm -rf one/* && cp "pkg-$1"/*."$format" one && echo one)"
		rm -rf again
	done
}
package 1.0 yes
package 2.0 yes
package 3.0 no
package 4.0 no 194
package 5.0 no 1
story() { cat "$1/story" 2>/dev/null; rm -f "$1/story"; }
everything() { (cd "$1" && find . -path ./proc -prune -o -path ./dev -prune -o -path ./sys -prune -o -path ./var/log -prune -o -path ./var/lib/dpkg -prune -o -path ./var/lib/rpm -prune -o -path ./var/cache -prune -o -path ./run -prune -o \( -type f -o -type l \) -print | sort); }

# --- Debian -----------------------------------------------------------------------------------------------------------
run dpkg-deb -I pkg-1.0/my-tool_1.0_amd64.deb
expect_out_has " Package: my-tool"
expect_out_has " Conflicts: other-tool (<< 2)"
expect_out_has "  of two paragraphs" # the empty line before it is a dot
expect_out_has " ."
if D=$(debian_root bookworm minbase 2>/dev/null) && copy_root "$D" "$T/deb" 2>/dev/null; then
	D=$T/deb
	everything "$D" > before
	dpkg_in() { run dpkg --root "$D" --force-not-root --log=/dev/null "$@"; }
	dpkg_in -i pkg-1.0/*.deb
	expect_exit 0
	expect_true test "$(story "$D")" = "install 1.0 install 8080 /opt/My_Tool"
	dpkg_in -i pkg-2.0/*.deb
	expect_exit 0
	expect_true test "$(story "$D")" = "update 2.0"
	expect_true test ! -e "$D/opt/My_Tool/only-1.0"
	dpkg_in -i pkg-3.0/*.deb # 2.0 has update.sh: it is not uninstalled; 3.0 has none: installed over it
	expect_exit 0
	expect_true test "$(story "$D")" = "install 3.0 install 8080 /opt/My_Tool"
	dpkg_in -i pkg-4.0/*.deb # neither has: uninstalled, then installed; 194 is done but for a reboot
	expect_exit 0
	expect_true test "$(story "$D" | tr '\n' '|')" = "uninstall 3.0|install 4.0 install 8080 /opt/My_Tool|"
	dpkg_in -V my-tool
	expect_exit 0
	expect_no_out
	dpkg_in -i pkg-5.0/*.deb # a script that fails is said, not hidden
	expect_exit 1
	story "$D" >/dev/null
	dpkg_in -i pkg-4.0/*.deb
	expect_exit 0
	story "$D" >/dev/null
	dpkg_in -r my-tool
	expect_exit 0
	expect_true test "$(story "$D")" = "uninstall 4.0"
	dpkg_in -P my-tool
	everything "$D" > after
	expect_same before after
	expect_true test ! -e "$D/opt/My_Tool"
else
	echo "skipped: no Debian root"
fi

# --- rpm --------------------------------------------------------------------------------------------------------------
if have_tool rpmbuild && rpm_repo; then
	R=$T/root-rpm
	rpm_root "$R" fedora || fail "cannot make an rpm root"
	everything "$R" > before
	rpm_in() { run rpm --define '_dbpath /var/lib/rpm' --root "$R" "$@"; }
	run rpm -Kv pkg-1.0/*.rpm
	expect_exit 0
	expect_out_has "Header SHA256 digest: OK"
	expect_out_has "Payload SHA256 digest: OK"
	rpm_in -i pkg-1.0/*.rpm
	expect_exit 0
	expect_true test "$(story "$R")" = "install 1.0 install 8080 /opt/My_Tool"
	rpm_in -V My_Tool
	expect_exit 0
	rpm_in -U pkg-2.0/*.rpm
	expect_exit 0
	expect_true test "$(story "$R")" = "update 2.0"
	expect_true test ! -e "$R/opt/My_Tool/only-1.0"
	rpm_in -U pkg-3.0/*.rpm
	expect_exit 0
	expect_true test "$(story "$R")" = "install 3.0 install 8080 /opt/My_Tool"
	rpm_in -U pkg-4.0/*.rpm
	expect_exit 0
	expect_true test "$(story "$R" | tr '\n' '|')" = "uninstall 3.0|install 4.0 install 8080 /opt/My_Tool|"
	expect_true test -x "$R/usr/local-tool"
	rpm_in -e My_Tool
	expect_exit 0
	expect_true test "$(story "$R")" = "uninstall 4.0"
	everything "$R" > after
	expect_same before after
	# changed after it was built
	cp pkg-1.0/*.rpm changed.rpm
	printf X | dd of=changed.rpm bs=1 seek=$(($(stat -c %s changed.rpm) - 20)) conv=notrunc 2>/dev/null
	run rpm -K changed.rpm
	expect_exit 1
fi
finish
