# Recorded dpkg databases: the packages that dpkg-query lists, or a refusal where dpkg itself refuses.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/dpkg.sh"

# compare STATUS: one database in a root of its own
compare() {
	rm -rf "$T/root" "$T/cache"
	empty_root "$T/root"
	cp "$1" "$T/root/var/lib/dpkg/status"
	chmod 644 "$T/root/var/lib/dpkg/status"
	dpkg-query --admindir "$T/root/var/lib/dpkg" -W -f '${db:Status-Status} ${Package} ${Architecture} ${Version}\n' \
		>"$T/query" 2>"$T/query.err"
	answer=$?
	grep -vE '^(not-installed|config-files) ' "$T/query" | cut -d' ' -f2- | LC_ALL=C sort >"$T/expected"
	oakum inventory --root "$T/root" -o json
	ran="oakum inventory on $1"
	if [ "$code" = 0 ] && [ "$answer" != 0 ]; then
		expect_json '.packages | length > 0' true # fields that dpkg forbids there and apt reads over
	elif [ "$code" = 0 ]; then
		jq -r '.packages[] | "\(.name) \(.arch) \(.evr)"' "$T/out" | LC_ALL=C sort >"$T/ours"
		expect_same "$T/ours" "$T/expected"
	elif [ "$answer" = 0 ] && [ -s "$T/expected" ]; then
		fail "dpkg-query reads it"
	else
		expect_exit 1
		expect_no_out
		expect_err_has "dpkg/status"
	fi
}

# our own: what real ones have and textbooks do not
mkdir "$T/made"
{
	printf 'Package: rc-only\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\nMaintainer: T <t@e>\nDescription: d\n\n'
	printf 'Package: half\nStatus: install ok half-configured\nArchitecture: amd64\nVersion: 2:1.0-1\nMaintainer: T <t@e>\nDescription: d\n\n'
	printf 'Package: twin\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nVersion: 1\nMaintainer: T <t@e>\nDescription: d\n x\n .\n y\n\n'
	printf 'Package: twin\nStatus: install ok installed\nArchitecture: i386\nMulti-Arch: same\nVersion: 1\nMaintainer: T <t@e>\nDescription: d\n\n'
	printf 'Package: held\nStatus: hold ok installed\nArchitecture: all\nVersion: 1.0~rc1\nMaintainer: T <t@e>\nDescription: d\n\n'
} >"$T/made/mixed"
compare "$T/made/mixed"
compare /var/lib/dpkg/status

if [ -d "$OAKUM_CORPUS" ]; then
	for status in "$OAKUM_CORPUS"/claircore-dpkg/dpkg/testdata/*.status \
		"$OAKUM_CORPUS"/scalibr-dpkg/extractor/filesystem/os/dpkg/testdata/dpkg/* \
		"$OAKUM_CORPUS"/apt-status/test/integration/status-* \
		"$OAKUM_CORPUS"/rpmdb-syft/syft/pkg/cataloger/debian/testdata/*/*/lib/dpkg/status \
		"$OAKUM_CORPUS"/debian-bookworm-minbase/minbase-dpkg-status; do
		[ ! -f "$status" ] || compare "$status"
	done
	for archive in "$OAKUM_CORPUS"/trivy-dpkg/pkg/fanal/analyzer/pkg/dpkg/testdata/*.txtar; do
		awk '/^-- .*dpkg\/status --$/ { on = 1; next } /^-- .* --$/ { on = 0 } on' "$archive" >"$T/made/status"
		[ ! -s "$T/made/status" ] || compare "$T/made/status"
	done

	echo "== the six upgrades that apt found in the recorded minimal bookworm"
	C=$OAKUM_CORPUS/debian-bookworm-minbase
	rm -rf "$T/root" "$T/cache"
	empty_root "$T/root"
	cp "$C/minbase-dpkg-status" "$T/root/var/lib/dpkg/status"
	lists=$T/root/var/lib/apt/lists
	for suite in debian_dists_bookworm-updates debian-security_dists_bookworm-security; do
		cp "$C/${suite}_InRelease" "$lists/mirror.test_${suite}_InRelease"
		xz -dc "$C/${suite}_main_binary-amd64_Packages.xz" >"$lists/mirror.test_${suite}_main_binary-amd64_Packages"
	done
	cp "$C/debian-archive-keyring.gpg" "$T/root/etc/apt/trusted.gpg.d/debian.gpg"
	printf 'deb http://mirror.test/debian bookworm-updates main\ndeb http://mirror.test/debian-security bookworm-security main\n' \
		>"$T/root/etc/apt/sources.list"
	chmod -R u+w "$T/root"
	everything
	oakum scan --root "$T/root" --baseline "$T/everything.yaml" -o json
	expect_exit 0
	missing_names >"$T/ours"
	awk '/^Inst/ { print $2 }' "$C/minbase-apt-s-dist-upgrade.txt" | sort >"$T/expected"
	expect_same "$T/ours" "$T/expected"
	expect_json '[.problems[].kind] | map(select(startswith("repository") or startswith("signature")))' '[]'
else
	echo "skipped: no corpus"
fi
finish
