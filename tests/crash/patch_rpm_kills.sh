# SPDX-License-Identifier: GPL-3.0-or-later
# dnf, zypper and rpm are killed at their renames and unlinks, the disk fills, rpm's lock is held: each ends old or new, clean, and never as success
# when it is not.
# timeout: 420
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
need_tool strace rpmbuild createrepo_c
rpm_repo || { echo "cannot make the repository"; exit 1; }
rpm_baselines
: >"$T/empty.yaml"
new=$(printf '%s\n' extra-1.0-1.x86_64 hello-1.1-1.x86_64 needy-1.1-1.x86_64 plain-1.1-1.x86_64 shell-1.0-1.x86_64 zlib-1.1-1.x86_64)

# Whatever happened: resume, and a run of before or a next one, end in the new state, clean, with no run open.
whole() { # WHAT
	oakum --root "$R" resume
	ok; case $code in 0 | 1 | 4) ;; *) fail "resume after $1 ended with $code" ;; esac
	oakum --root "$R" patch --baseline "$BASELINE"
	expect_exit 0
	ok; [ "$(rpm_all "$R")" = "$new" ] || fail "after $1: $(rpm_all "$R" | tr '\n' ' ')"
	run rpm_verify "$R"
	expect_no_out
	oakum history --runs -o json
	expect_json '[.runs[] | select(.status == "RUNNING")] | length' 0
}
# A run that says success has done everything.
honest() { # CODE WHAT
	ok
	[ "$1" != 0 ] || [ "$(rpm_all "$R")" = "$new" ] || fail "$2 ended as success with $(rpm_all "$R" | tr '\n' ' ')"
}

kills=0 runs=0
story() { # FAMILY PROGRAM BASELINE
	have_tool "$2" || return 0
	BASELINE=$3
	rpm_root "$T/$1" "$1"
	for call in rename unlink; do
		for n in 1 6 20; do
			R=$T/now
			rm -rf "$R" "$T/state" "$T/cache"
			cp -a "$T/$1" "$R"
			run strace -f -qq -o "$T/strace" -e trace=$call -e inject=$call:signal=SIGKILL:when=$n \
				"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$BASELINE"
			killed=$(grep -c 'killed by SIGKILL' "$T/strace")
			kills=$((kills + killed)) runs=$((runs + 1))
			honest "$code" "$2 with $killed killed at $call $n"
			whole "$2 killed at $call $n"
		done
	done

	# an older version that a cut transaction left beside the new one
	R=$T/now
	rm -rf "$R" "$T/state" "$T/cache"
	cp -a "$T/$1" "$R"
	rpm --define '_dbpath /var/lib/rpm' --root "$R" -i --nodeps --force --nosignature "$T/rpms/plain-1.1-1.x86_64.rpm" 2>/dev/null
	ok; [ "$(rpm_all "$R" | grep -c '^plain-')" = 2 ] || fail "no duplicate was made"
	whole "a duplicate"

	# rpm's lock is held
	rm -rf "$R" "$T/state" "$T/cache" "$T/held" "$T/fifo"
	cp -a "$T/$1" "$R"
	rpm_all "$R" >"$T/before"
	mkfifo "$T/fifo"
	python3 -c 'import fcntl, sys
f = open(sys.argv[1], "a+"); fcntl.lockf(f, fcntl.LOCK_EX); open(sys.argv[2], "w").write("held"); sys.stdin.read()' "$R/var/lib/rpm/.rpm.lock" "$T/held" <"$T/fifo" &
	holder=$!
	exec 7>"$T/fifo"
	while ! grep -qs held "$T/held"; do kill -0 $holder || break; done
	oakum --root "$R" patch --baseline "$BASELINE" --wait-lock 1s
	ok; [ "$code" != 0 ] || fail "$2 ended as success while rpm's lock was held"
	exec 7>&-
	wait $holder
	rpm_all "$R" >"$T/after"
	ok; cmp -s "$T/before" "$T/after" || fail "something changed while rpm's lock was held"
	whole "a held lock"

	# a full disk
	rm -rf "$R" "$T/state" "$T/cache"
	mkdir "$R"
	mount -t tmpfs -o size=12m none "$R"
	cp -a "$T/$1/." "$R/"
	head -c 20000000 /dev/zero >"$R/fill" 2>/dev/null
	oakum --root "$R" patch --baseline "$BASELINE"
	honest "$code" "a full disk"
	ok; [ "$code" != 0 ] || fail "a full disk ended as success"
	rm -f "$R/fill"
	whole "a full disk"
	umount "$R"
}
story fedora dnf "$T/rpm.yaml"
story opensuse zypper "$T/suse.yaml"
ok; [ $kills -ge 6 ] || fail "only $kills processes were killed"
echo "runs: $runs with $kills processes killed at renames and unlinks"
finish
