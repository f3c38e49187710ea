# Transactions by apt's solver: the exact versions wanted, what they pull in, and why something is refused.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
R=$T/root
signing_key
empty_root "$R"
mkdir -p "$T/repo/one/dists/one/main/binary-amd64"
P=$T/repo/one/dists/one/main/binary-amd64/Packages
installed "$R" app 1.0 amd64 "Depends: lib (>= 1.0)"
installed "$R" lib 1.0
installed "$R" other 1.0
installed "$R" frozen 1.0
sed -i '/^Package: frozen$/,/^$/s/^Status: install/Status: hold/' "$R/var/lib/dpkg/status"
installed "$R" needs-frozen 1.0
installed "$R" needs-none 1.0
installed "$R" killer 1.0
installed "$R" victim 1.0
offered "$P" app 1.1 "Depends: lib (>= 1.1), fresh"
offered "$P" app 1.2 "Depends: lib (>= 1.1), fresh"
offered "$P" lib 1.1
offered "$P" fresh 3.0
offered "$P" other 1.1
offered "$P" frozen 2.0
offered "$P" needs-frozen 2.0 "Depends: frozen (>= 2.0)"
offered "$P" needs-none 2.0 "Depends: middle"
offered "$P" middle 1.0 "Depends: nowhere (>= 7)"
offered "$P" killer 2.0 "Conflicts: victim"
release "$T/repo/one" one
echo "deb [signed-by=$T/key.asc] file://$T/repo/one one main" >"$R/etc/apt/sources.list"
apt_in "$R" apt-get -qq update >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
resolve() {
	ran="resolve $*"
	code=0
	printf '%s\n' "$@" | "$OAKUM_BUILD/tests/resolve_dump" "$R" "$T/cache" >"$T/out" 2>"$T/err" || code=$?
}
repository=$(echo "$T/repo/one/one/main" | sed 's,^/*,/,')

resolve "app amd64 1.1"
expect_exit 0
expect_out_has "upgrade app amd64 1.0 1.1 1000 10240 asked -"
expect_out_has "upgrade lib amd64 1.0 1.1 1000 10240 pulled app"
expect_out_has "install fresh amd64 - 3.0 1000 10240 pulled app"
expect_out_has "$repository"
expect_out_lacks "other"
awk '{ print $2 }' "$T/out" >"$T/order"
expect_true [ "$(tail -n 1 "$T/order")" = app ]

resolve "other amd64 1.1" "needs-frozen amd64 2.0" "needs-none amd64 2.0" "killer amd64 2.0" "frozen amd64 2.0" "absent amd64 1" "lib amd64 9"
expect_exit 0
expect_true [ "$(grep -vc ^refused "$T/out")" = 1 ]
expect_out_has "upgrade other amd64 1.0 1.1"
expect_out_has "refused needs-frozen.amd64 BROKEN_DEPENDENCY needs-frozen 2.0 needs frozen (>= 2.0): frozen is held at 1.0"
expect_out_has "refused needs-none.amd64 BROKEN_DEPENDENCY needs-none 2.0 needs middle: middle 1.0 needs nowhere (>= 7): no repository offers it"
expect_out_has "refused killer.amd64 BROKEN_DEPENDENCY killer 2.0 conflicts with victim, which is installed as 1.0"
expect_out_has "refused frozen.amd64 HELD"
expect_out_has "refused absent.amd64 NO_REPOSITORY"
expect_out_has "refused lib.amd64 NO_LONGER_OFFERED"

sed -i 's/^Depends: lib (>= 1.0)/Depends: lib (>= 1.5)/' "$R/var/lib/dpkg/status"
resolve "other amd64 1.1"
expect_refused 1 "unmet dependencies"
finish
