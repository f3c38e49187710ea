#!/bin/sh
# The rpm database is read without a trace: with its -wal, while it is locked, on a read-only root, as an ordinary user,
# whatever the caller's HOME says; a missing, unknown or damaged one is said clearly.
# timeout: 120
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
rpmworld_home

mkdir -p "$T/rpms"
printf '%s\n' '1 noarch alpha 0 1.0 1 -' '2 noarch alpha 0 1.1 1 -' '1 x86_64 beta 3 1.0 1 -' >"$T/plan"
rpmworld_build "$T/plan" "$T/rpms"
root=$T/root
rpmworld_install "$root" "$T/rpms/alpha-1.0-1.noarch.rpm" "$T/rpms/beta-1.0-1.x86_64.rpm"
rpmworld_os "$root" fedora
names() { jq -c '[.packages[] | .name + " " + .evr] | sort' "$T/out"; }
both='["alpha 1.0-1","beta 3:1.0-1"]'
# everything that a scan could leave or change below the root (access times are not its doing)
trace() { find "$root" -printf '%p %y %m %T@ %C@ %s\n' | sort; }

trace >"$T/before"
oakum inventory --root "$root" -o json
expect_exit 0
expect_true [ "$(names)" = "$both" ]
expect_json '.packages[] | select(.name == "beta") | [.arch, .vendor, .source, .buildTime]' '["x86_64","Example","block (1-1)","2024-01-01T00:00:00Z"]'
trace >"$T/after"
expect_same "$T/before" "$T/after"
expect_true [ -z "$(find "$T/cache" -name 'rpmdb.*')" ]

# a folder that an interrupted scan left is removed by the next
mkdir "$(find "$T/cache" -name 'installed-*' -printf '%h\n')/rpmdb.XYZXYZ"
touch "$root/var/lib/rpm/rpmdb.sqlite" # another state, so that the cache does not answer
oakum inventory --root "$root" -o json
expect_true [ "$(names)" = "$both" ]
expect_true [ -z "$(find "$T/cache" -name 'rpmdb.*')" ]

# what only the -wal has is there; a writer's lock is no obstacle
mkfifo "$T/hold"
"$OAKUM_BUILD/tests/sqlite_hold" "$root/var/lib/rpm/rpmdb.sqlite" >"$T/held" <"$T/hold" &
exec 8>"$T/hold"
held() { # held N: wait until the holder has said N lines
	tries=0
	until [ -e "$T/held" ] && [ "$(wc -l <"$T/held")" = "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 2000 ] || { fail "the holder of the database says nothing"; finish; }
	done
}
held 1
rpm --define '_dbpath /var/lib/rpm' --root "$root" -U --nodeps --noscripts --nosignature "$T/rpms/alpha-1.1-1.noarch.rpm" 2>/dev/null
expect_true [ -s "$root/var/lib/rpm/rpmdb.sqlite-wal" ]
oakum inventory --root "$root" -o json
expect_true [ "$(names)" = '["alpha 1.1-1","beta 3:1.0-1"]' ]
echo lock >&8
held 2
touch "$root/var/lib/rpm/rpmdb.sqlite"
oakum inventory --root "$root" -o json
expect_exit 0
expect_true [ "$(names)" = '["alpha 1.1-1","beta 3:1.0-1"]' ]
exec 8>&-
wait

# the caller's HOME and its rpm macros do not matter
mkdir -p "$T/otherhome"
printf '%%_dbpath /nowhere\n%%_db_backend ndb\n' >"$T/otherhome/.rpmmacros"
rm -rf "$T/cache"
HOME=$T/otherhome
oakum inventory --root "$root" -o json
expect_exit 0
expect_json '.packages | length' 2
HOME=$T/home

# /usr/lib/sysimage/rpm
mkdir -p "$T/suse/usr/lib/sysimage" "$T/suse/var/lib"
cp -a "$root/var/lib/rpm" "$T/suse/usr/lib/sysimage/rpm"
ln -s ../../usr/lib/sysimage/rpm "$T/suse/var/lib/rpm"
rpmworld_os "$T/suse" opensuse
oakum inventory --root "$T/suse" -o json
expect_json '.packages | length' 2
rm "$T/suse/var/lib/rpm"
oakum inventory --root "$T/suse" -o json
expect_json '.packages | length' 2

# a read-only root, and an ordinary user
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	rm -rf "$T/cache"
	run unshare -m sh -c "mount --bind '$root' '$root' && mount -o remount,ro,bind '$root' && exec '$OAKUM' --state '$T/state' --cache '$T/cache' inventory --root '$root' -o json"
	expect_exit 0
	expect_json '.packages | length' 2
	chmod 755 "$T"
	mkdir -m 777 "$T/user"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$OAKUM" --state "$T/user/s" --cache "$T/user/c" inventory --root "$root" -o json
	expect_exit 0
	expect_json '.packages | length' 2
	chmod 700 "$root/var/lib/rpm"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$OAKUM" --state "$T/user/s" --cache "$T/user/c" inventory --root "$root" -o json
	expect_exit 1
	expect_err_has "cannot read the rpm database"
	chmod 755 "$root/var/lib/rpm"
fi

# missing, unknown, damaged, of a kind that librpm here does not read
broken() { # broken NAME: a root whose rpm folder has just that file, with the content of $T/content
	rm -rf "$T/broken"
	mkdir -p "$T/broken/var/lib/rpm"
	rpmworld_os "$T/broken" fedora
	[ -z "${1:-}" ] || cp "$T/content" "$T/broken/var/lib/rpm/$1"
	oakum inventory --root "$T/broken" -o json
	expect_exit 1
	expect_no_out
}
broken
expect_err_has "holds none of rpmdb.sqlite"
rm -r "$T/broken/var"
oakum inventory --root "$T/broken" -o json
expect_exit 1
expect_err_has "cannot find an rpm database"
head -c 5000 "$root/var/lib/rpm/rpmdb.sqlite" >"$T/content"
broken rpmdb.sqlite
expect_err_has "/var/lib/rpm/rpmdb.sqlite"
echo 'this is no database' >"$T/content"
broken rpmdb.sqlite
expect_err_has "/var/lib/rpm/rpmdb.sqlite"
: >"$T/content"
broken rpmdb.sqlite
expect_err_has "/var/lib/rpm/rpmdb.sqlite"
head -c 70000 /dev/urandom >"$T/content"
broken Packages
expect_err_has "/var/lib/rpm/Packages"
printf 'RpmP\0\0\0\0' >"$T/content"
broken Packages.db
expect_err_has "/var/lib/rpm/Packages.db"
finish
