# Roots to be patched: overlays on a real bookworm, and a small repository of made packages.
# Usage: . lib/assert.sh; . lib/roots.sh; . lib/patch.sh; own_mounts "$@"; …; fresh_root NAME; $R is the root.

# Mounts of a test are its own: they are gone with it, and so are the servers of servers.sh. Calls the script again in a name space.
own_mounts() {
	[ "$(id -u)" = 0 ] || { echo "patching a root needs root"; exit 77; }
	if [ -z "${OAKUM_OWN_MOUNTS:-}" ]; then
		rm -rf "$T"
		OAKUM_OWN_MOUNTS=1 exec unshare -m sh "$0" "$@"
	fi
	mount --make-rprivate /
	trap 'cd /; if command -v servers_stop >/dev/null; then servers_stop; fi; awk -v t="$T" "index(\$2, t) == 1 { print \$2 }" /proc/mounts | sort -r | xargs -r umount -l; rm -rf "$T"' EXIT
}

# fresh_root NAME [LOWER [SIZE]]: an overlay with a tmpfs on top; $R is its folder.
fresh_root() {
	lower=${2:-$BASE}
	mkdir -p "$T/$1.top" "$T/$1"
	mount -t tmpfs -o "size=${3:-400m}" none "$T/$1.top"
	mkdir "$T/$1.top/up" "$T/$1.top/work"
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$T/$1.top/up,workdir=$T/$1.top/work" "$T/$1"
	R=$T/$1
}
drop_root() { umount "$T/$1" && umount "$T/$1.top"; }

# make_deb DIR NAME VERSION [FIELD…]: a small archive; a file postinst.NAME.VERSION in $T becomes its script.
make_deb() {
	debdir=$1 name=$2 version=$3
	shift 3
	mkdir -p "$T/build/DEBIAN" "$T/build/usr/share/$name" "$T/build/etc/$name"
	{
		printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: T <t@example.org>\nSection: misc\nPriority: optional\n' \
			"$name" "$version"
		for field; do printf '%s\n' "$field"; done
		printf 'Description: made\n'
	} >"$T/build/DEBIAN/control"
	echo "$version" >"$T/build/usr/share/$name/version"
	echo "setting of $version" >"$T/build/etc/$name/conf"
	echo "/etc/$name/conf" >"$T/build/DEBIAN/conffiles"
	if [ -e "$T/postinst.$name.$version" ]; then
		cp "$T/postinst.$name.$version" "$T/build/DEBIAN/postinst"
		chmod 755 "$T/build/DEBIAN/postinst"
	fi
	mkdir -p "$debdir"
	dpkg-deb --root-owner-group -Zgzip --build "$T/build" "$debdir/${name}_${version}_amd64.deb" >/dev/null
	rm -rf "$T/build"
}

# index_repo ROOT: /repo of ROOT is its only source from now on.
index_repo() {
	(cd "$1/repo" && apt-ftparchive packages . >Packages && gzip -kf Packages &&
		apt-ftparchive -o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Label=made release . >Release)
	rm -f "$1"/etc/apt/sources.list.d/*
	echo 'deb [trusted=yes] file:/repo ./' >"$1/etc/apt/sources.list"
	chroot "$1" apt-get -qq update >"$T/update.log" 2>&1 || cat "$T/update.log" >&2
}

# everything that repositories offer, at once.
everything_baseline() {
	cat >"$T/everything.yaml" <<-'EOF'
		schema: oakum.baseline/1
		name: everything
		operatingSystem: DEBIAN
		approvalRules:
		  patchRules:
		    - {patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ["*"]}]}, approveAfterDays: 0, enableNonSecurity: true, complianceLevel: HIGH}
	EOF
}

version_of() { dpkg-query --admindir "$R/var/lib/dpkg" -W -f '${Version}' "$1" 2>/dev/null; }
state_of() { dpkg-query --admindir "$R/var/lib/dpkg" -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null; }
canary() { dpkg-query --admindir "$R/var/lib/dpkg" -W; chroot "$R" apt-mark showauto; }
last_run() { "$OAKUM" --state "$T/state" history --runs -o json | jq -r '.runs[0].id'; }
patch_state() { jq -r --arg id "$1" '.verdict.patches[] | select(.id == $id) | .state' "$T/out"; }
expect_version() { ok; [ "$(version_of "$1")" = "$2" ] || fail "'$1' is $(version_of "$1") instead of $2"; }
expect_clean_dpkg() { ok; [ -z "$(chroot "$R" dpkg --audit)" ] || fail "dpkg --audit complains: $(chroot "$R" dpkg --audit)"; }
