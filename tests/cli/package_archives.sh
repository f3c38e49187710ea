# SPDX-License-Identifier: GPL-3.0-or-later
# Rows A1 to A18 of the attack and fault table: each archive is refused with its code before anything is written; the version that is
# installed still works, and nothing outside the store has changed.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
need_tool python3 zstd
mkdir "$T/hostile"
python3 "$OAKUM_SOURCE/tests/lib/hostile_archives.py" "$T/hostile" >"$T/list" || exit 1
new_root a
plain_scripts "$T/scripts" 1.0
script_package "$T/old" tool 1.0
tree_of 1.0 "$T/tree"
tree_package "$T/oldtree" app 1.0 "$T/tree"
package install "$T/old" --allow-unsigned
expect_exit 0
package install "$T/oldtree" --allow-unsigned
expect_exit 0
before=$(package_canary)
store_before=$(cd "$R/var/lib/oakum" && find . | sort)

# Everything that must hold after an archive was refused.
expect_untouched() {
	ok; [ "$(package_canary)" = "$before" ] || fail "$1: something outside the store changed"
	ok; [ "$(cd "$R/var/lib/oakum" && find . | sort)" = "$store_before" ] || fail "$1: the store changed"
	ok; [ "$(cat "$R/app")" = 1.0 ] && [ "$("$R/var/lib/oakum/pkgs/app/current/tree/bin/tool")" = 1.0 ] || fail "$1: the old version does not work"
}

while read -r file want; do
	rm -rf "$T/p"
	mkdir "$T/p"
	case $file in
	*.zip)
		cp "$T/hostile/$file" "$T/p/tool.zip"
		manifest_of "$T/p" tool 2.0 tool.zip
		;;
	*.tar)
		zstd -q -f "$T/hostile/$file" -o "$T/p/app.tar.zst"
		manifest_of "$T/p" app 2.0 app.tar.zst '"model":"tree"'
		;;
	esac
	row "${file%%-*}"
	[ "$want" != fine ] || continue
	if [ "$want" = strict ]; then # taken back and never set, or refused
		package install "$T/p" --allow-unsigned --strict
		want=E_MODE
	else
		package install "$T/p" --allow-unsigned
	fi
	expect_exit 2
	expect_err_has "($want)"
	expect_no_out
	expect_untouched "$file"
done <"$T/list"

row A15 # cut at every 4 KiB, and near the end.
head -c 60000 /dev/urandom >"$T/scripts/noise"
script_package "$T/whole" tool 2.0
rm "$T/scripts/noise"
size=$(stat -c %s "$T/whole/tool.zip") at=0
while [ $at -lt "$size" ]; do
	rm -rf "$T/p"
	mkdir "$T/p"
	head -c $at "$T/whole/tool.zip" >"$T/p/tool.zip"
	manifest_of "$T/p" tool 2.0 tool.zip
	package install "$T/p" --allow-unsigned
	expect_exit 2
	ok; grep -q 'E_TRUNC\|E_ZIP_MISMATCH' "$T/err" || fail "A15: cut at $at"
	at=$((at + 4096))
	[ $((size - at)) -gt 4096 ] || at=$((at < size - 5 ? size - 5 : at))
done
expect_untouched "A15 zip"
head -c 90000 /dev/urandom >"$T/tree/noise"
tree_package "$T/wholetree" app 2.0 "$T/tree"
rm "$T/tree/noise"
size=$(stat -c %s "$T/wholetree/app.tar.zst") at=4096
while [ $at -lt "$size" ]; do
	rm -rf "$T/p"
	mkdir "$T/p"
	head -c $at "$T/wholetree/app.tar.zst" >"$T/p/app.tar.zst"
	manifest_of "$T/p" app 2.0 app.tar.zst '"model":"tree"'
	package install "$T/p" --allow-unsigned
	expect_exit 2
	at=$((at + 16384))
done
expect_untouched "A15 tar"

row A8 # a bomb: 4 GiB of zeros in a few KiB; what the manifest says is the limit, and nothing is written before that is known
rm -rf "$T/p"
mkdir "$T/p" "$T/holes"
truncate -s 4G "$T/holes/zeros"
tar -C "$T/holes" -cf - zeros | zstd -q -1 -o "$T/p/app.tar.zst"
rm -r "$T/holes"
manifest_of "$T/p" app 2.0 app.tar.zst '"model":"tree","files":{"app.tar.zst":{"unpackedSize":1000000}}'
package install "$T/p" --allow-unsigned
expect_exit 2
expect_err_has "(E_SIZE)"
expect_untouched "A8 tar"
# what the manifest says is the limit, too.
script_package "$T/small" tool 2.0
sed -i "s/\"x-oakum\":{/\"x-oakum\":{\"files\":{\"tool.zip\":{\"unpackedSize\":10}},/" "$T/small/manifest.json"
package install "$T/small" --allow-unsigned
expect_exit 2
expect_untouched "A8 declared"

row A7 # rights are taken back, never set; A3: links stay inside; the rest of the name is Unicode.
for kind in zip tar; do
	rm -rf "$T/p"
	mkdir "$T/p"
	if [ $kind = zip ]; then
		cp "$T/hostile/A7-modes.zip" "$T/p/modes.zip"
		manifest_of "$T/p" modes 1.0 modes.zip
	else
		zstd -q "$T/hostile/A7-modes.tar" -o "$T/p/modest.tar.zst"
		manifest_of "$T/p" modest 1.0 modest.tar.zst '"model":"tree"'
	fi
	package install "$T/p" --allow-unsigned
	expect_exit 0
done
for name in setuid setgid sticky world uid gid xattr caps acl; do # without --strict: nothing of it on the disk
	rm -rf "$T/p"
	mkdir "$T/p"
	zstd -q "$T/hostile/A7-$name.tar" -o "$T/p/rights.tar.zst"
	manifest_of "$T/p" rights 1.0 rights.tar.zst '"model":"tree"'
	package install "$T/p" --allow-unsigned
	expect_exit 0
	s=$R/var/lib/oakum/pkgs/rights/current/tree/s
	ok; case "$name $(stat -c '%a %u %g' "$s")" in "$name 755 $(id -u) $(id -g)" | "$name 644 $(id -u) $(id -g)") ;; *) fail "A7: $name: $(stat -c '%a %u %g' "$s")" ;; esac
	if command -v getfattr >/dev/null; then
		ok; [ -z "$(getfattr -d -m - "$s" 2>/dev/null)" ] || fail "A7: $name: $(getfattr -d -m - "$s")"
	fi
	package uninstall rights
done
printf 'schema: oakum.trust/1\nkeys: [{name: k, file: k.pub}]\nrules: [{packages: ["*"], keys: [k], strict: true}]\n' >"$T/strict.yaml"
openssl genpkey -algorithm ed25519 -out "$T/k.pem" 2>/dev/null && chmod 600 "$T/k.pem" && openssl pkey -in "$T/k.pem" -pubout -out "$T/k.pub"
package sign "$T/p" --key "$T/k.pem"
package install "$T/p" --trust "$T/strict.yaml"
expect_refused 2 "(E_MODE)"
expect_absent "$R/var/lib/oakum/pkgs/rights"
for name in modes modest; do
	tree=$R/var/lib/oakum/pkgs/$name/current/tree
	ok; [ "$(stat -c %a "$tree/set") $(stat -c %a "$tree/world") $(stat -c %u "$tree/set")" = "755 644 $(id -u)" ] || fail "A7: $name: $(stat -c '%a %u' "$tree/set" "$tree/world")"
	ok; [ -e "$tree/umlaut ä" ] || fail "A14: $name: a name in Unicode is $(ls "$tree")"
done
rm -f "$R/log"
before=$(package_canary)

row A18 # both, none, a folder, no update.
a18() { # NAME CODE: $T/scripts.2.0 is the package
	script_package "$T/a18" tool 2.0
	package install "$T/a18" --allow-unsigned $3
	expect_exit 2
	expect_err_has "($2)"
	expect_state tool "1.0 INSTALLED"
	expect_file "$R/app" 1.0
	ok; [ "$(package_canary)" = "$before" ] || fail "A18: something outside the store changed"
	rm -rf "$T/scripts.2.0" "$T/a18"
}
plain_scripts "$T/scripts.2.0" 2.0; cp "$T/scripts.2.0/install.sh" "$T/scripts.2.0/install.ps1"; a18 both E_AMBIGUOUS ""
mkdir "$T/scripts.2.0"; echo true >"$T/scripts.2.0/uninstall.sh"; a18 none E_SCRIPT ""
mkdir -p "$T/scripts.2.0/install.sh"; echo true >"$T/scripts.2.0/uninstall.sh"; echo x >"$T/scripts.2.0/install.sh/x"; a18 folder E_SCRIPT ""
plain_scripts "$T/scripts.2.0" 2.0; a18 update E_NO_UPDATE --in-place
plain_scripts "$T/scripts.2.0" 2.0; rm "$T/scripts.2.0/install.sh"; mkdir -p "$T/a18"; cp "$T/hostile/A18-link.zip" "$T/a18/tool.zip"; manifest_of "$T/a18" tool 2.0 tool.zip
package install "$T/a18" --allow-unsigned
expect_refused 2 "(E_LINK)"
expect_tidy

# Real hostile archives.
if [ -d "$OAKUM_CORPUS/zip-slip" ]; then
	for archive in "$OAKUM_CORPUS"/zip-slip/archives/*.zip "$OAKUM_CORPUS"/zip-slip/archives/*.tar; do
		rm -rf "$T/p"
		mkdir "$T/p"
		case $archive in
		*.zip) cp "$archive" "$T/p/slip.zip"; manifest_of "$T/p" slip 1.0 slip.zip ;;
		*.tar) zstd -q "$archive" -o "$T/p/slip.tar.zst"; manifest_of "$T/p" slip 1.0 slip.tar.zst '"model":"tree"' ;;
		esac
		package install "$T/p" --allow-unsigned
		expect_exit 2
		expect_err_has "(E_PATH)"
		expect_absent "$R/var/lib/oakum/pkgs/slip"
	done
else
	echo "skipped: no corpus"
fi
finish
