# SPDX-License-Identifier: GPL-3.0-or-later
# One suite for every installer: each call twice, on real roots with apt, dnf and zypper; yum by recorded runs.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
CALL=$OAKUM_BUILD/tests/installer_contract
D=$T/run

# call WHAT [ACTION…]: $out is what it said.
call() { what=$1; shift; run "$CALL" "$I" "$R" "$D" "$what" "$@"; }
good() { call "$@"; expect_exit 0; ok; tail -n 1 "$T/out" | grep -qx ok || fail "$I: $1 said $(cat "$T/out")"; }
twice() { good "$@"; good "$@"; }
bad() { id=$1; shift; call "$@"; ok; grep -q "^$id: " "$T/out" || fail "$I: $1 said $(cat "$T/out") instead of $id"; }
now() { call installed; grep -E '^(fine|second|hello|needy|extra)\.' "$T/out" | tr '\n' ' '; }
is() { ok; [ "$(now)" = "$1" ] || fail "$I: installed is $(now) instead of $1"; }

# suite BEFORE AFTER ACTION…: from one state to the other and back.
suite() {
	before=$1 after=$2
	shift 2
	rm -rf "$D"
	is "$before"
	twice check "$@"
	good undoable "$@"
	ok; ! grep -q ' no$' "$T/out" || fail "$I: not everything can be undone: $(cat "$T/out")"
	twice stage "$@"
	twice secure "$@"
	twice marks-save
	is "$before"
	ls "$D/old" >"$T/old.1"
	twice commit "$@"
	is "$after"
	twice marks-restore "$@"
	bad patch.moved check "$@"
	twice repair
	is "$after"
	good secure "$@" # what lies there stays
	ls "$D/old" >"$T/old.2"
	ok; cmp -s "$T/old.1" "$T/old.2" || fail "$I: the old archives changed"
	twice undo "$@"
	is "$before"
	good check "$@"
	good commit "$@"
	good marks-restore "$@"
	is "$after"
}

I=apt
if BASE=$(debian_root); then
	fresh_root apt
	for p in fine second; do make_deb "$R/repo" $p 1; done
	index_repo "$R"
	chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
	chroot "$R" apt-mark auto second >/dev/null
	for p in fine second; do make_deb "$R/repo" $p 2; done
	index_repo "$R"
	suite 'fine.amd64 1 second.amd64 1 ' 'fine.amd64 2 second.amd64 2 ' upgrade fine amd64 1 2 upgrade second amd64 1 2
	run chroot "$R" apt-mark showauto
	expect_out_has second
	ok; ! grep -qx fine "$T/out" || fail "'fine' is marked as automatic"
	ok; [ -z "$(chroot "$R" dpkg --audit)" ] || fail "dpkg --audit complains"
	bad patch.moved check upgrade fine amd64 1 7
	bad patch.moved commit upgrade fine amd64 1 7
	is 'fine.amd64 2 second.amd64 2 '
else
	echo "skipped: apt (no mirror to build a root from)"
fi

old='hello.x86_64 1.0-1 needy.x86_64 1.0-1 ' new='extra.x86_64 1.0-1 hello.x86_64 1.1-1 needy.x86_64 1.1-1 '
actions='upgrade hello x86_64 1.0-1 1.1-1 upgrade needy x86_64 1.0-1 1.1-1 install extra x86_64 - 1.0-1'
have_tool rpmbuild && rpm_repo || finish # dnf, zypper and yum need packages
now() { call installed; grep -E '^(hello|needy|extra)\.' "$T/out" | sort | tr '\n' ' '; }
for I in dnf zypper; do
	have_tool $I || continue
	R=$T/$I
	rpm_root "$R" "$([ $I = dnf ] && echo fedora || echo opensuse)"
	suite "$old" "$new" $actions
	run rpm_verify "$R"
	expect_no_out
	bad patch.moved check upgrade hello x86_64 1.0-1 7-1
done

# yum: what it is called with, and what its words mean.
I=dnf R=$T/yum
rpm_root "$R" fedora >/dev/null 2>&1
mkdir -p "$R/usr/bin" "$R/yum"
install -m 755 "$OAKUM_SOURCE/tests/data/yum/yum" "$R/usr/bin/yum"
recorded() { # CODE TRANSCRIPT…: the answers of the next calls
	rm -f "$R"/yum/*
	code=$1 i=0
	shift
	for file; do
		i=$((i + 1))
		cp "$OAKUM_SOURCE/tests/data/yum/$file.txt" "$R/yum/transcript.$i"
		echo "$code" >"$R/yum/code.$i"
	done
}
called() { # N WORDS…
	n=$1
	shift
	printf '%s\n' -y --setopt=install_weak_deps=False --setopt=exit_on_lock=True --setopt=keepcache=True \
		--setopt=clean_requirements_on_remove=False --setopt=installonly_limit=0 "$@" >"$T/args"
	ok; cmp -s "$T/args" "$R/yum/args.$n" || fail "yum was called with $(tr '\n' ' ' <"$R/yum/args.$n")"
}
only='--setopt=*.includepkgs=hello-1.1-1.x86_64,needy-1.1-1.x86_64,extra-1.0-1.x86_64'
rm -rf "$D"
recorded 1 check check
twice check $actions
called 2 --setopt=metadata_expire=-1 --assumeno upgrade hello-1.1-1.x86_64 needy-1.1-1.x86_64
recorded 1 moved removes locked
bad patch.moved check $actions
bad patch.moved check $actions
ok; grep -q "remove 'plain.x86_64'" "$T/out" || fail "it does not say what would be removed: $(cat "$T/out")"
bad lock.held check $actions
recorded 0 download
good stage $actions
called 1 --setopt=metadata_expire=-1 --downloadonly '--setopt=*.includepkgs=' "$only" upgrade hello-1.1-1.x86_64 needy-1.1-1.x86_64
recorded 1 gone
bad patch.download stage $actions
recorded 0 install
good commit $actions
called 1 --setopt=metadata_expire=-1 '--setopt=*.includepkgs=' "$only" upgrade hello-1.1-1.x86_64 needy-1.1-1.x86_64
recorded 1 failed locked
bad patch.install commit $actions
ok; grep -q 'conflicts between attempted installs' "$T/out" || fail "yum's own words are not there: $(cat "$T/out")"
bad lock.held commit $actions
is "$old"
finish
