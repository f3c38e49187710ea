# SPDX-License-Identifier: GPL-3.0-or-later
# dpkg is killed at its renames, oakum is killed while dpkg works, the disk fills: each ends old or new, and never as success when it is not.
# timeout: 420
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
need_tool strace
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root base
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
head -c 3000000 /dev/urandom >"$T/big"
index_repo "$R"
prepared=$R
: >"$T/empty.yaml"
whole() { # WHAT
	oakum --root "$R" resume
	ok; case $code in 0 | 1 | 4) ;; *) fail "resume after $1 ended with $code" ;; esac
	expect_clean_dpkg
	oakum --root "$R" patch --baseline "$T/everything.yaml"
	expect_exit 0
	expect_version fine 2
	expect_version second 2
	expect_clean_dpkg
	oakum history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
}

# SIGKILL at the Nth rename of whichever process gets there: oakum's own files first, then dpkg's.
kills=0
for n in 1 2 4 6 9 13 18; do
	fresh_root "k$n" "$prepared"
	rm -rf "$T/state" "$T/cache"
	run strace -f -qq -o "$T/strace" -e trace=rename -e inject=rename:signal=SIGKILL:when=$n \
		"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" -o json
	kills=$((kills + $(grep -c 'killed by SIGKILL' "$T/strace")))
	if [ "$code" = 0 ]; then
		expect_version fine 2
		expect_clean_dpkg
	fi
	whole "rename $n"
	drop_root "k$n"
done
ok; [ $kills -gt 5 ] || fail "only $kills processes were killed"

# oakum dies while the package manager works: that one finishes undisturbed, resume ends the run.
fresh_root alone "$prepared"
rm -rf "$T/state" "$T/cache"
printf '#!/bin/sh\ntouch /started; while [ ! -e /go ]; do :; done\n' >"$R/usr/sbin/slow"
chmod 755 "$R/usr/sbin/slow"
echo 'DPkg::Pre-Install-Pkgs { "/usr/sbin/slow"; };' >"$R/etc/apt/apt.conf.d/99slow"
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$T/everything.yaml" >/dev/null 2>&1 &
pid=$!
while [ ! -e "$R/started" ]; do kill -0 $pid || break; done
kill -9 $pid
wait $pid 2>/dev/null
touch "$R/go"
rm "$R/etc/apt/apt.conf.d/99slow"
whole "the end of oakum"
drop_root alone

# A full disk: the root lies on a tiny file system.
fresh_root full "$prepared" 1m
rm -rf "$T/state" "$T/cache"
head -c 900000 /dev/urandom >"$R/fill" 2>/dev/null
head -c 900000 /dev/urandom >>"$R/fill" 2>/dev/null
oakum --root "$R" patch --baseline "$T/everything.yaml" -o json
ok; case $code in 1 | 4 | 75) ;; *) fail "a full disk ended with $code" ;; esac
rm -f "$R/fill"
whole "a full disk"
drop_root full
echo "runs: $kills processes killed at renames"
finish
