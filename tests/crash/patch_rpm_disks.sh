# SPDX-License-Identifier: GPL-3.0-or-later
# dnf and zypper on file systems that are full one by one, and after a transaction that was cut without any oakum: exits and statuses are
# honest, and with room again resume and the next run end in the new state, each package once. A lock that another dnf or zypper holds is waited for.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/patch.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
. "$(dirname "$0")/../lib/rpmroot.sh"
own_mounts "$@"
need_tool rpmbuild createrepo_c
rpm_repo || { echo "cannot make the repository"; exit 1; }
printf 'if [ -p /gate ]; then echo here >/at; read -r go </gate; fi\n' >"$T/post.hello.1.1"
rpm_package "$T/rpms" hello 1.1 'Requires(post): /bin/sh' && rpmworld_repo "$T/rpms" "$T/updateinfo.xml"
cat >"$T/fedora.yaml" <<'YAML'
schema: oakum.baseline/1
name: rpm
operatingSystem: REDHAT_ENTERPRISE_LINUX
approvalRules: {patchRules: [{patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}, approveAfterDays: 0}]}
YAML
sed 's/REDHAT_ENTERPRISE_LINUX/SUSE/' "$T/fedora.yaml" >"$T/opensuse.yaml"
: >"$T/empty.yaml"
new=$(printf '%s\n' extra-1.0-1.x86_64 hello-1.1-1.x86_64 needy-1.1-1.x86_64 plain-1.1-1.x86_64 shell-1.0-1.x86_64 zlib-1.1-1.x86_64)
R=$T/now
fresh() { rm -rf "$R" "$T/state" "$T/cache"; cp -a "$T/$family" "$R"; }
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
fulls=0 refused=0
full() { # FOLDER ROOM
	fresh
	at=$R$1
	mkdir -p "$at" "$T/aside"
	cp -a "$at/." "$T/aside/"
	mount -t tmpfs -o "size=$(($(du -sk "$T/aside" | cut -f1) + 2000))k" none "$at"
	cp -a "$T/aside/." "$at/"
	rm -rf "$T/aside"
	cat /dev/zero >"$at/fill" 2>/dev/null
	truncate -s "-$2K" "$at/fill"
	oakum --root "$R" patch --baseline "$BASELINE"
	first=$code fulls=$((fulls + 1))
	ok; [ "$first" != 0 ] || [ "$(rpm_all "$R")" = "$new" ] || fail "$family, $1 with $2 kB: success is told, and there is $(rpm_all "$R" | tr '\n' ' ')"
	[ "$first" = 0 ] || refused=$((refused + 1))
	rm -f "$at/fill"
	mount -o remount,size=200m "$at"
	whole "$1 with $2 kB"
	umount "$at"
}
for pair in fedora:dnf opensuse:zypper; do
	family=${pair%:*} BASELINE=$T/${pair%:*}.yaml
	have_tool "${pair#*:}" || continue
	rpm_root "$T/$family" "$family"
	full /var/lib/rpm 0
	full /var/lib/rpm 40
	full /var/cache 0
	full /usr/share 0

	# cut in the middle without any oakum, an older version left beside the new one: the next run alone puts it in order
	fresh
	rpm --define '_dbpath /var/lib/rpm' --root "$R" -i --nodeps --force --nosignature "$T/rpms/plain-1.1-1.x86_64.rpm" "$T/rpms/zlib-1.1-1.x86_64.rpm" 2>/dev/null
	ok; [ "$(rpm_all "$R" | grep -c '^plain-\|^zlib-')" = 4 ] || fail "no duplicates were made"
	oakum --root "$R" patch --baseline "$BASELINE"
	expect_exit 0
	ok; [ "$(rpm_all "$R")" = "$new" ] || fail "duplicates: $(rpm_all "$R" | tr '\n' ' ')"

	# locks of processes that are long dead: rpm's file, dnf's and zypp's process ids
	fresh
	mkdir -p "$R/var/cache/dnf" "$R/var/lib/dnf" "$R/run"
	: >"$R/var/lib/rpm/.rpm.lock"
	for lock in var/cache/dnf/metadata_lock.pid var/cache/dnf/download_lock.pid var/lib/dnf/rpmdb_lock.pid run/zypp.pid; do echo 4194303 >"$R/$lock"; done
	oakum --root "$R" patch --baseline "$BASELINE"
	expect_exit 0
	ok; [ "$(rpm_all "$R")" = "$new" ] || fail "stale locks: $(rpm_all "$R" | tr '\n' ' ')"

	# somebody else's dnf or zypper at work: refused at once with 75 when there is no time, waited for when there is
	fresh
	mkfifo "$R/gate" "$R/at"
	if [ $family = fedora ]; then
		dnf -q -y -c "$R/etc/dnf/dnf.conf" --installroot="$R" --releasever=39 upgrade hello >"$T/other.log" 2>&1 &
	else
		zypper -q --root "$R" --non-interactive --no-gpg-checks install hello=1.1 >"$T/other.log" 2>&1 &
	fi
	other=$!
	timeout 30 cat "$R/at" >/dev/null || fail "the other one never came to its middle: $(cat "$T/other.log")"
	oakum --root "$R" patch --baseline "$BASELINE" --wait-lock 0s
	expect_exit 75
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$BASELINE" --wait-lock 60s >"$T/w.out" 2>"$T/w.err" &
	waiting=$!
	while ! ls "$T"/state/runs/*/journal >/dev/null 2>&1; do kill -0 $waiting || break; done
	timeout 30 sh -c "echo go >'$R/gate'" || fail "nobody waits"
	rm -f "$R/gate" "$R/at"
	wait $other
	code=0; wait $waiting || code=$?
	cp "$T/w.out" "$T/out"; cp "$T/w.err" "$T/err"; ran="a patch that waits for the other one"
	expect_exit 0
	ok; [ "$(rpm_all "$R")" = "$new" ] || fail "$family: success is told, and there is $(rpm_all "$R" | tr '\n' ' ')"
	whole "another one at work"

	# dnf's own lock of a living process: dnf gives up at once, and is asked again until our time is over
	[ $family = fedora ] || continue
	fresh
	mkfifo "$T/living"
	cat "$T/living" &
	living=$!
	mkdir -p "$R/var/cache/dnf" "$R/var/lib/dnf"
	for lock in var/cache/dnf/metadata_lock.pid var/cache/dnf/download_lock.pid var/lib/dnf/rpmdb_lock.pid; do echo $living >"$R/$lock"; done
	oakum --root "$R" patch --baseline "$BASELINE" --wait-lock 0s
	expect_exit 75
	expect_err_has "dnf's lock is held"
	rm -rf "$T/state"
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/empty.yaml" --root "$R" patch --baseline "$BASELINE" --wait-lock 60s >"$T/out" 2>"$T/err" &
	waiting=$!
	while ! grep -qs '^# exit 200' "$T"/state/runs/*/logs/install.log "$T"/state/runs/*/logs/download.log; do kill -0 $waiting || break; done
	: >"$T/living"
	wait $living
	code=0; wait $waiting || code=$?
	ran="a patch that waits for dnf's lock"
	expect_exit 0
	ok; [ "$(rpm_all "$R")" = "$new" ] || fail "after dnf's lock: $(rpm_all "$R" | tr '\n' ' ')"
done
ok; [ $refused -gt 3 ] || fail "only $refused of $fulls full disks were noticed"
echo "full disks: $fulls, of them $refused noticed"
finish
