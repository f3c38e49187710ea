# SPDX-License-Identifier: GPL-3.0-or-later
# A booted node: a library replaced under a running service shows by unit name, the service is restarted and disappears; then
# the node really reboots and the run is ended by oakum-resume.service.
# timeout: 300
# serial
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
need_tool systemd-nspawn gcc
BASE=$(systemd_root) || skip "systemd cannot be installed into a root here"
everything_baseline

fresh_root node

# mapper: a service that runs code of a library of its own
mkdir -p "$T/c"
echo 'int mapped(void); int mapped(void) { return 1; }' >"$T/c/lib.c"
printf '#include <unistd.h>\nint mapped(void);\nint main(void) { while (mapped()) sleep(3600); return 0; }\n' >"$T/c/main.c"
gcc -shared -fPIC -o "$T/c/libmapped.so" "$T/c/lib.c" && gcc -o "$T/c/mapper" "$T/c/main.c" -L"$T/c" -lmapped -Wl,-rpath,/usr/lib/mapper || skip "the compiler does not link"
mapper() { # VERSION
	mkdir -p "$T/build/DEBIAN" "$T/build/usr/lib/mapper" "$T/build/usr/bin" "$T/build/lib/systemd/system"
	printf 'Package: mapper\nVersion: %s\nArchitecture: amd64\nMaintainer: T <t@example.org>\nDescription: made\n' "$1" >"$T/build/DEBIAN/control"
	cp "$T/c/libmapped.so" "$T/build/usr/lib/mapper/"
	cp "$T/c/mapper" "$T/build/usr/bin/"
	printf '[Unit]\nDescription=maps\n[Service]\nExecStart=/usr/bin/mapper\n[Install]\nWantedBy=multi-user.target\n' >"$T/build/lib/systemd/system/mapper.service"
	mkdir -p "$R/repo"
	dpkg-deb --root-owner-group -Zgzip --build "$T/build" "$R/repo/mapper_$1_amd64.deb" >/dev/null
	rm -rf "$T/build"
}
mapper 1
for p in one two; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install mapper one two >/dev/null 2>&1
mapper 2
for p in one two; do make_deb "$R/repo" $p 2; done
index_repo "$R"
chroot "$R" apt-mark hold one two >/dev/null

cp "$T/everything.yaml" "$R/everything.yaml"
cp "$OAKUM_SOURCE/packaging/systemd/oakum-resume.service" "$R/etc/systemd/system/"
ln -s /opt/oakum/oakum "$R/usr/bin/oakum"
mkdir -p "$R/opt/oakum"
cat >"$R/test.sh" <<'EOF'
#!/bin/sh
cat /proc/sys/kernel/random/boot_id >>/boots
if [ ! -e /second ]; then
	touch /second
	oakum patch --baseline /everything.yaml --reboot never --restart list -o json >/1.json 2>/1.err
	apt-mark unhold one
	oakum patch --baseline /everything.yaml --reboot never --restart auto -o json >/2.json 2>/2.err
	systemctl is-active mapper.service >/active
	apt-mark unhold two
	oakum patch --baseline /everything.yaml --reboot always --restart list -o json >/3.json 2>/3.err
	exit 0
fi
oakum history --runs -o json >/4.json 2>/4.err
oakum run show "$(grep -o '"id": "[^"]*"' /3.json | head -n 1 | cut -d'"' -f4)" -o json >/5.json 2>/5.err
systemctl poweroff
EOF
chmod 755 "$R/test.sh"
printf '[Unit]\nAfter=oakum-resume.service mapper.service dbus.service\n[Service]\nType=oneshot\nExecStart=/test.sh\nTimeoutStartSec=200\n[Install]\nWantedBy=multi-user.target\n' \
	>"$R/etc/systemd/system/scenario.service"
chroot "$R" systemctl enable mapper.service scenario.service oakum-resume.service >/dev/null 2>&1

mount -t tmpfs none /run
n=0
while n=$((n + 1)); do
	code=0
	timeout -k 5 200 systemd-nspawn -q -D "$R" --bind-ro="$OAKUM_BUILD:/opt/oakum" --register=no --keep-unit --private-network \
		--machine="oakum-$$" -b </dev/null >"$T/console" 2>&1 || code=$?
	[ $code = 133 ] && [ $n -lt 5 ] || break
done
ran="the node ($n boots)"
show() { tail -n 5 "$T/console" "$R"/*.err 2>/dev/null >&2; }
ok; [ $n = 2 ] || { fail "the node booted $n times instead of 2"; show; }
ok; [ "$(sort -u "$R/boots" | wc -l)" = 2 ] || fail "the boot ids are not two"
for f in 1 2 3 4 5; do cp "$R/$f.json" "$T/$f.json" 2>/dev/null || : >"$T/$f.json"; done
cp "$T/1.json" "$T/out"
expect_json '[.services[] | select(.unit == "mapper.service") | .status]' '["LISTED"]'
cp "$T/2.json" "$T/out"
expect_json '[.services[] | select(.unit == "mapper.service") | .status]' '["RESTARTED"]'
ok; [ "$(cat "$R/active")" = active ] || fail "the service is not active after its restart"
cp "$T/3.json" "$T/out"
expect_json '[.status, .reboot.askedFor]' '["PENDING_REBOOT",true]'
expect_json '[.services[] | select(.unit == "mapper.service")]' '[]'
cp "$T/4.json" "$T/out"
expect_json '.runs[0].status' '"SUCCESS"'
cp "$T/5.json" "$T/out"
expect_json '[.status, .reboot.booted, .verdict.summary.installedPendingReboot]' '["SUCCESS",true,0]'
[ $failures = 0 ] || { show; jq -c '[.status, .detail, .notes]' "$T/3.json" "$T/5.json" >&2; }
finish
