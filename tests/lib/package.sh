# Small packages made without our own builder, and what must hold of every store.
# Usage: . lib/assert.sh; . lib/package.sh; script_package DIR NAME VERSION [FILE…]; tree_package DIR NAME VERSION FOLDER

# manifest_of DIR NAME VERSION ARCHIVE [X-OAKUM MEMBERS]: manifest.json of one archive for every system.
manifest_of() {
	sum=$(sha256sum "$1/$4" | cut -d' ' -f1) size=$(stat -c %s "$1/$4")
	extra="\"format\":1,\"name\":\"$2\""
	case "${5:-}" in *'"model"'*) ;; *) extra="$extra,\"model\":\"script\"" ;; esac
	extra="$extra${5:+,$5}"
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"%s"}}}},"files":{"%s":{"checksums":{"sha256":"%s"},"size":%s}},"x-oakum":{%s}}\n' \
		"$3" "$4" "$4" "$sum" "$size" "$extra" >"$1/manifest.json"
}

# zip_folder FOLDER ZIP: its files, sorted, with their modes.
zip_folder() {
	(cd "$1" && rm -f "$2" && python3 - "$2" <<-'EOF'
		import os, sys, zipfile
		with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
		    for folder, _, files in sorted(os.walk(".")):
		        for name in sorted(files):
		            path = os.path.relpath(os.path.join(folder, name))
		            info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
		            info.external_attr = (os.stat(path).st_mode & 0o177777) << 16
		            info.compress_type = zipfile.ZIP_DEFLATED
		            z.writestr(info, open(path, "rb").read())
	EOF
	)
}

# script_package DIR NAME VERSION [X-OAKUM MEMBERS]: scripts of $T/scripts.VERSION (or $T/scripts), which note what ran in $LOG.
script_package() {
	mkdir -p "$1"
	scripts=$T/scripts.$3
	[ -d "$scripts" ] || scripts=$T/scripts
	zip_folder "$scripts" "$(realpath "$1")/$2.zip"
	manifest_of "$1" "$2" "$3" "$2.zip" "${4:-}"
}

# plain_scripts FOLDER VERSION: install and uninstall that keep one file of the system.
plain_scripts() {
	mkdir -p "$1"
	printf 'echo "install %s $SSM_WORD" >>"$OAKUM_ROOT/log"; echo %s >"$OAKUM_ROOT/app"\n' "$2" "$2" >"$1/install.sh"
	printf 'echo "uninstall %s" >>"$OAKUM_ROOT/log"; rm -f "$OAKUM_ROOT/app"\n' "$2" >"$1/uninstall.sh"
	echo "payload of $2" >"$1/payload.txt"
}

# tree_package DIR NAME VERSION FOLDER [X-OAKUM MEMBERS]: the folder as a tar.zst.
tree_package() {
	mkdir -p "$1"
	tar -C "$4" --sort=name --owner=0 --group=0 --format=posix -cf - . | zstd -q -f -o "$1/$2.tar.zst"
	manifest_of "$1" "$2" "$3" "$2.tar.zst" "\"model\":\"tree\"${5:+,$5}"
}

# tree_of VERSION FOLDER [COUNT]: COUNT files that all say the version, small and large.
tree_of() {
	mkdir -p "$2/bin" "$2/share/deep/er"
	printf '#!/bin/sh\necho %s\n' "$1" >"$2/bin/tool"
	chmod 755 "$2/bin/tool"
	ln -sf ../bin/tool "$2/share/link"
	i=0
	while [ $i -lt "${3:-8}" ]; do
		echo "$1" >"$2/share/deep/er/f$i"
		i=$((i + 1))
	done
	head -c 20000 /dev/zero | tr '\0' 'c' >"$2/share/common"
}

# new_root NAME: an empty system (no shell in it: scripts run on the host and are told OAKUM_ROOT) with a canary; $R is its folder.
new_root() {
	R=$T/root.$1
	mkdir -p "$R/etc" "$R/var/lib"
	printf 'ID=debian\nVERSION_ID="12"\n' >"$R/etc/os-release"
	echo "${1}0123456789abcdef0123456789abcdef" | tr -dc 'a-f0-9' | head -c 32 >"$R/etc/machine-id"
	echo canary >"$R/etc/canary"
	mkdir -p "$T/canary"
	echo canary >"$T/canary/file"
}
# everything but the store, and the folder beside the root.
package_canary() {
	(cd "$R" && find . -path ./var/lib/oakum -prune -o -printf '%p %y %m %u %g %l\n' | sort && find . -path ./var/lib/oakum -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
	(cd "$T/canary" && find . -printf '%p %m %l\n' | sort && find . -type f | sort | xargs sha256sum)
}
package() { oakum --root "$R" package "$@"; }
package_state() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" package list -o json | jq -r --arg n "$1" '.packages[] | select(.name == $n) | "\(.version) \(.state)"'; }
expect_state() { ok; [ "$(package_state "$1")" = "$2" ] || fail "'$1' is '$(package_state "$1")' instead of '$2'"; }
expect_file() { ok; [ "$(cat "$1" 2>/dev/null)" = "$2" ] || fail "'$1' has '$(cat "$1" 2>&1 | head -c 200)' instead of '$2'"; }
expect_absent() { ok; [ ! -e "$1" ] && [ ! -L "$1" ] || fail "'$1' is there"; }
STORE() { echo "$R/var/lib/oakum"; }
# Nothing half-way is left: no stage, no journal, no run.
expect_tidy() {
	ok; [ -z "$(ls -A "$R/var/lib/oakum/stage" 2>/dev/null)" ] || fail "stage holds $(ls "$R/var/lib/oakum/stage")"
	ok; [ -z "$(find "$R/var/lib/oakum/pkgs" -maxdepth 2 \( -name journal -o -name run.json -o -name current.new \) 2>/dev/null)" ] || fail "a run is left: $(find "$R/var/lib/oakum/pkgs" -maxdepth 2)"
}
