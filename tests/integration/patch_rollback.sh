# SPDX-License-Identifier: GPL-3.0-or-later
# Going back on a dpkg host: everything about a package that an archive rebuilt from its files must bring back, and what stands in the way.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline

long=$(printf 'long%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30)
# tricky VERSION: conffiles, links, special modes and owners, names, scripts, alternatives, a diverted file.
tricky() {
	b=$T/build
	mkdir -p "$b/DEBIAN" "$b/etc/tricky.d" "$b/usr/bin" "$b/usr/lib/tricky/empty" "$b/usr/share/$long/$long" "$b/var/lib/tricky"
	printf 'Package: tricky\nVersion: %s\nArchitecture: amd64\nMulti-Arch: same\nMaintainer: T <t@example.org>\nSection: misc\nPriority: optional\nDescription: made\n of several\n lines\n' "$1" >"$b/DEBIAN/control"
	for c in same changed gone; do echo "$c of $1" >"$b/etc/tricky.d/$c"; echo "/etc/tricky.d/$c"; done >"$b/DEBIAN/conffiles"
	echo steady >"$b/etc/tricky.d/steady"
	echo /etc/tricky.d/steady >>"$b/DEBIAN/conffiles"
	for f in prog suid cap diverted local "na me" ünï; do echo "$f $1" >"$b/usr/bin/tricky-$f"; chmod 755 "$b/usr/bin/tricky-$f"; done
	chmod 4711 "$b/usr/bin/tricky-suid"
	ln "$b/usr/bin/tricky-prog" "$b/usr/bin/tricky-hard"
	ln -s tricky-prog "$b/usr/bin/tricky-soft"
	ln -s /nowhere "$b/usr/lib/tricky/dangling"
	echo "$1" >"$b/usr/share/$long/$long/$long"
	chown 33:33 "$b/var/lib/tricky"
	chmod 2770 "$b/var/lib/tricky"
	for s in preinst postinst prerm postrm; do printf '#!/bin/sh\necho "%s %s $*" >>/var/log/tricky.log\n' $s "$1" >"$b/DEBIAN/$s"; chmod 755 "$b/DEBIAN/$s"; done
	cat >>"$b/DEBIAN/postinst" <<-'EOS'
		[ "$1" = configure ] || exit 0
		update-alternatives --install /usr/bin/tricky-alt tricky-alt /usr/bin/tricky-prog 10
	EOS
	echo 'activate-noawait tricky-trigger' >"$b/DEBIAN/triggers"
	(cd "$b" && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
	dpkg-deb -Zgzip --build "$b" "$R/repo/tricky_$1_amd64.deb" >/dev/null
	rm -rf "$b"
}
# All that dpkg and the files tell.
state() {
	canary
	chroot "$R" dpkg -V 2>&1
	chroot "$R" dpkg-query -W -f '${Package}${Conffiles}\n' tricky
	chroot "$R" dpkg-query -L tricky | sort
	chroot "$R" update-alternatives --query tricky-alt
	chroot "$R" sh -c 'cat /var/lib/dpkg/diversions /var/lib/dpkg/info/tricky*.conffiles /var/lib/dpkg/info/tricky*.md5sums /var/lib/dpkg/info/tricky*.triggers; dpkg-query -s tricky | grep -v ^Status'
	chroot "$R" sh -c 'find /etc/tricky.d /usr/bin/tricky* /usr/lib/tricky /usr/share/long* /var/lib/tricky ! -name "*.dpkg-dist" -printf "%p %M %U:%G %n %l\n" | sort; find /etc/tricky.d /usr/bin/tricky* /usr/share/long* -type f ! -name "*.dpkg-dist" -exec md5sum {} + | sort'
}
fresh_root tricky
mkdir -p "$R/repo"
tricky 1
for p in diverter; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" dpkg-divert --package diverter --add --rename --divert /usr/bin/tricky-diverted.real /usr/bin/tricky-diverted >/dev/null
chroot "$R" dpkg-divert --local --add --rename --divert /usr/bin/tricky-local.real /usr/bin/tricky-local >/dev/null
chroot "$R" dpkg-statoverride --add root daemon 2755 /usr/bin/tricky-cap >/dev/null
chroot "$R" apt-get -qq -y install tricky diverter >"$T/install.log" 2>&1 || cat "$T/install.log"
echo mine >"$R/usr/bin/tricky-diverted"
echo edited >"$R/etc/tricky.d/changed"
rm "$R/etc/tricky.d/gone"
rm "$R"/repo/tricky_1_*
tricky 2
index_repo "$R"
rm -f "$R"/var/cache/apt/archives/*.deb
state >"$T/before"
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.plan.actions[] | [.patch, .reversible, .undo]]' '[["tricky.amd64",true,"rebuild"]]'
expect_version tricky 2
oakum --root "$R" rollback "$(last_run)" -o json
expect_exit 0
expect_json .status '"SUCCESS"'
state >"$T/after"
expect_same "$T/before" "$T/after"
expect_clean_dpkg
ok; [ ! -e "$R/etc/tricky.d/gone.dpkg-dist" ] || fail "what stood for a removed file arrived"

# the next upgrade asks nobody: the edited file stays, the removed one stays away
rm -f "$R/etc/tricky.d"/*.dpkg-dist
chroot "$R" apt-get -qq -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install tricky >"$T/install.log" 2>&1 || fail "$(cat "$T/install.log")"
expect_version tricky 2
ok; [ "$(cat "$R/etc/tricky.d/changed")" = edited ] || fail "the next upgrade overwrote a person's change"
ok; [ ! -e "$R/etc/tricky.d/gone" ] || fail "the next upgrade brought a removed file back"
ok; [ "$(cat "$R/etc/tricky.d/same")" = 'same of 2' ] || fail "an untouched file was not upgraded"
finish
