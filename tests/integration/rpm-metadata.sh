#!/bin/sh
# Metadata of rpm repositories over the network and in bad shape: what is said, which exit code, and that nothing is lost.
# timeout: 240
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
rpmworld_home

mkdir -p "$T/www/repo"
cat >"$T/plan" <<'EOF'
1 noarch alpha 0 1.0 1 -
2 noarch alpha 0 1.1 1 -
1 x86_64 beta 0 1.0 1 -
2 x86_64 beta 0 1.2 1 -
EOF
rpmworld_build "$T/plan" "$T/www/repo"
rpmworld_install "$T/root" "$T/www/repo/alpha-1.0-1.noarch.rpm" "$T/www/repo/beta-1.0-1.x86_64.rpm"
rpmworld_os "$T/root" fedora
cat >"$T/updateinfo.xml" <<'EOF'
<?xml version="1.0"?><updates><update from="x" status="final" type="security" version="1"><id>A-1</id><title>t</title>
<issued date="2024-01-01 00:00:00"/><severity>Important</severity><references/><pkglist><collection><name>c</name>
<package name="alpha" version="1.1" release="1" epoch="0" arch="noarch" src="s"><filename>f</filename></package></collection></pkglist></update></updates>
EOF
rpmworld_repo "$T/www/repo" "$T/updateinfo.xml"
mkfifo "$T/httpd.in"
"$OAKUM_BUILD/tests/hostile_httpd" "$T/www" <"$T/httpd.in" >"$T/httpd.port" &
exec 9>"$T/httpd.in"
tries=0
until [ -s "$T/httpd.port" ] || [ $tries -gt 100000 ]; do tries=$((tries + 1)); done
PORT=$(cat "$T/httpd.port")
DEAD=1 # nobody listens on port 1

# repo LINE…: the root's only repository
repo() {
	mkdir -p "$T/root/etc/yum.repos.d"
	printf '[main-repo]\nname=r\n' >"$T/root/etc/yum.repos.d/r.repo"
	for line in "$@"; do echo "$line" >>"$T/root/etc/yum.repos.d/r.repo"; done
}
fresh() { rm -rf "$T/cache"; }
# broken NAME: a copy of the repository to spoil; local, so that it is read in place
broken() {
	B=$T/www/$1
	rm -rf "$B"
	mkdir -p "$B"
	cp -r "$T/www/repo/repodata" "$B/"
	fresh
	repo "baseurl=file://$B"
}
# resum FILE TYPE: write FILE's real sums into repomd.xml, so that only its content is wrong
resum() {
	sum=$(sha256sum "$1" | cut -d' ' -f1)
	size=$(wc -c <"$1")
	awk -v t="$2" -v sum="$sum" -v size="$size" '
		/<data type=/ { here = index($0, "\"" t "\"") > 0 }
		here && /<checksum/ { sub(/>[0-9a-f]*</, ">" sum "<") }
		here && /<size>/ { sub(/>[0-9]*</, ">" size "<") } { print }' "$B/repodata/repomd.xml" >"$T/repomd.new"
	mv "$T/repomd.new" "$B/repodata/repomd.xml"
}
advisories() { jq -c '[.updates[].advisories[].id] | unique' "$T/out"; }
# bad TEXT: the only repository is unusable: partly done, with a message that says why
bad() {
	rm -rf "$T/state" # what an earlier scan approved must not colour the answer
	oakum scan --root "$T/root"
	expect_exit 4
	expect_err_has "$1"
	expect_out_has "UNKNOWN"
}

# --- without metadata: nothing is "compliant"
repo "baseurl=http://127.0.0.1:$PORT/file/repo"
oakum scan --root "$T/root"
expect_exit 0
expect_out_has "UNKNOWN"
expect_err_has "main-repo"
expect_err_has "--refresh"
oakum scan --root "$T/root" --exit-code
expect_exit 3

# --- a refresh fills our own cache, which then serves without the network; the host's folders stay as they were
find "$T/root" -printf '%p %T@ %C@ %s\n' | sort >"$T/before"
oakum inventory --root "$T/root" --refresh -o json
expect_exit 0
expect_true [ "$(advisories)" = '["A-1"]' ]
expect_json '[.updates[] | .name + " " + .evr + " " + .origins[0]]' '["alpha 1.1-1 main-repo","beta 1.2-1 main-repo"]'
expect_json '.repositories[0] | [.advisories, .trusted, has("error")]' '[true,false,false]'
find "$T/root" -printf '%p %T@ %C@ %s\n' | sort >"$T/after"
expect_same "$T/before" "$T/after"
oakum inventory --root "$T/root" --no-network -o json
expect_true [ "$(advisories)" = '["A-1"]' ]
oakum inventory --root "$T/root" --no-network --refresh -o json
expect_true [ "$(advisories)" = '["A-1"]' ]

# --- afterwards the mirror fails in every way: the old state serves, and the failure is said
for how in html status/404 status/503 always-cut garbage loop; do
	repo "baseurl=http://127.0.0.1:$PORT/$how/repo"
	oakum inventory --root "$T/root" --refresh -o json
	expect_true [ "$(advisories)" = '["A-1"]' ]
	expect_json '.repositories[0] | has("error")' true
done
repo "baseurl=http://127.0.0.1:$PORT/html/repo"
oakum scan --root "$T/root" --refresh
expect_exit 75
expect_err_has "login page"

# --- the package manager's own cache serves, with its own stamp; the newer of it and ours counts
fresh
mkdir -p "$T/root/etc/dnf" "$T/root/etc/zypp/repos.d"
printf '[main]\nplugins=0\ngpgcheck=0\n' >"$T/root/etc/dnf/dnf.conf"
repo "baseurl=http://127.0.0.1:$PORT/file/repo"
run dnf -q -c "$T/root/etc/dnf/dnf.conf" --installroot="$T/root" --releasever=39 makecache
expect_exit 0
expect_true [ -n "$(find "$T/root/var/cache/dnf" -name repomd.xml)" ]
touch -d '2026-01-02 03:04:05 UTC' "$T"/root/var/cache/dnf/main-repo-*/repodata/*
oakum inventory --root "$T/root" -o json
expect_exit 0
expect_true [ "$(advisories)" = '["A-1"]' ]
expect_json '[.repositories[0].fetchedAt, .metadataAt]' '["2026-01-02T03:04:05Z","2026-01-02T03:04:05Z"]'
oakum scan --root "$T/root" --at 2026-01-10T00:00:00Z
expect_exit 0
expect_err_has "metadata-old"
oakum inventory --root "$T/root" --refresh -o json
expect_json '.repositories[0].fetchedAt > "2026-01-03"' true
rm -rf "$T/root/var/cache" "$T/root/etc/dnf"
fresh
rpmworld_os "$T/root" opensuse
cp "$T/root/etc/yum.repos.d/r.repo" "$T/root/etc/zypp/repos.d/r.repo"
oakum inventory --root "$T/root" -o json
expect_json '[.problems[] | select(.kind == "repository-no-metadata") | .subject]' '["main-repo"]'
zypper -q --root "$T/root" --non-interactive --no-gpg-checks refresh >/dev/null 2>&1
oakum inventory --root "$T/root" -o json
expect_true [ "$(advisories)" = '["A-1"]' ]
rm -rf "$T/root/var/cache" "$T/root/etc/zypp"
rpmworld_os "$T/root" fedora

# --- mirrorlist with a dead mirror first; all dead; a metalink with the sum of repomd.xml, right and wrong
fresh
printf 'http://127.0.0.1:%s/file/repo\nhttp://127.0.0.1:%s/file/repo\n' $DEAD "$PORT" >"$T/www/mirrors"
repo "mirrorlist=http://127.0.0.1:$PORT/file/mirrors"
oakum inventory --root "$T/root" --refresh -o json
expect_exit 0
expect_true [ "$(advisories)" = '["A-1"]' ]
fresh
printf 'http://127.0.0.1:%s/file/repo\n' $DEAD >"$T/www/mirrors"
oakum scan --root "$T/root" --refresh
expect_exit 75
expect_err_has "main-repo"
for sum in $(sha256sum "$T/www/repo/repodata/repomd.xml" | cut -d' ' -f1) 0000000000000000000000000000000000000000000000000000000000000000; do
	fresh
	cat >"$T/www/metalink" <<EOF
<?xml version="1.0"?><metalink version="3.0" xmlns="http://www.metalinker.org/" type="dynamic"><files><file name="repomd.xml">
<size>$(wc -c <"$T/www/repo/repodata/repomd.xml")</size><verification><hash type="sha256">$sum</hash></verification>
<resources maxconnections="1"><url protocol="http" type="http" preference="100">http://127.0.0.1:$PORT/file/repo/repodata/repomd.xml</url></resources></file></files></metalink>
EOF
	repo "metalink=http://127.0.0.1:$PORT/file/metalink"
	oakum inventory --root "$T/root" --refresh -o json
	case $sum in
	000*) expect_json '.repositories[0] | has("error")' true ;;
	*) expect_true [ "$(advisories)" = '["A-1"]' ] ;;
	esac
done

# --- what lies in the repository itself
broken sum
printf 'x' >>"$B/repodata/primary.xml.gz"
bad "does not match repomd.xml"
broken cut
head -c 300 "$T/www/repo/repodata/primary.xml.gz" >"$B/repodata/primary.xml.gz"
resum "$B/repodata/primary.xml.gz" primary
bad "primary"
broken huge
sed -i 's|<open-size>[0-9]*<|<open-size>3000000000<|' "$B/repodata/repomd.xml"
bad "3000000000"
for claim in 2000000000 2147483648 9223372036854775807; do
	broken huge
	sed -i "s|<open-size>[0-9]*<|<open-size>$claim<|" "$B/repodata/repomd.xml"
	bad "$claim"
done
# one that really is that large when unpacked
if [ "$(df --output=avail -k "$T" | tail -n 1)" -gt 100000 ]; then
	broken zeros
	{ zcat "$T/www/repo/repodata/primary.xml.gz" | head -c 200; head -c 2100000000 /dev/zero | tr '\0' ' '; } | gzip -1 >"$B/repodata/primary.xml.gz"
	sed -i '/<open-size>/d' "$B/repodata/repomd.xml"
	resum "$B/repodata/primary.xml.gz" primary
	bad "larger than the limit"
fi
broken bomb
printf '<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><updates><update><id>&b;</id></update></updates>' |
	gzip >"$B/repodata/updateinfo.xml.gz"
file=$(basename "$(find "$B/repodata" -name '*updateinfo.xml.gz' | sort | tail -1)")
mv "$B/repodata/updateinfo.xml.gz" "$T/bomb.gz"
for f in "$B"/repodata/*updateinfo.xml.gz; do cp "$T/bomb.gz" "$f"; resum "$f" updateinfo; done
bad "document type"
broken bomb1
printf '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa">]><metadata xmlns="http://linux.duke.edu/metadata/common" packages="1"><package type="rpm"><name>alpha</name></package></metadata>' |
	gzip >"$B/repodata/primary.xml.gz"
resum "$B/repodata/primary.xml.gz" primary
bad "document type"
echo 'alpha noarch 1.1-1' | "$OAKUM_BUILD/tests/resolve_dump" "$T/root" "$T/rcache" >"$T/out" 2>"$T/err" # and in a plan
ok
grep -q 'refused alpha.noarch NO_LONGER_OFFERED' "$T/out" || fail "a plan reads metadata with a document type"
broken bomb2
printf '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><repomd><data type="primary"/></repomd>' >"$B/repodata/repomd.xml"
bad "document type"
broken web
printf '<html><body>log in</body></html>' >"$B/repodata/repomd.xml"
bad "web page"
broken escape
sed -i 's|href="repodata/|href="../../repodata/|' "$B/repodata/repomd.xml"
bad "leaves the repository"
broken empty
: >"$B/repodata/repomd.xml"
bad "repomd.xml"
broken gone
rm "$B/repodata/primary.xml.gz"
bad "is not there"
broken none
sed -i '/<data type="updateinfo"/,/<\/data>/d' "$B/repodata/repomd.xml"
oakum inventory --root "$T/root" -o json
expect_exit 0
expect_json '.repositories[0].advisories' false
expect_json '[.problems[] | select(.kind == "no-advisories") | .subject]' '["main-repo"]'
expect_json '.updates | length' 2

# --- one of two repositories fails: the other one's answer counts, exit 4
broken half
: >"$B/repodata/repomd.xml"
printf '[good]\nname=g\nbaseurl=file://%s\n' "$T/www/repo" >"$T/root/etc/yum.repos.d/good.repo"
oakum scan --root "$T/root"
expect_exit 4
expect_out_has "alpha"
rm "$T/root/etc/yum.repos.d/good.repo"

# --- signatures
gpg -q --batch --passphrase '' --quick-gen-key 'r <r@example.invalid>' rsa2048 sign never 2>/dev/null
gpg -q --batch --passphrase '' --quick-gen-key 'o <o@example.invalid>' rsa2048 sign never 2>/dev/null
mkdir -p "$T/root/etc/pki"
gpg -q --armor --export r@example.invalid >"$T/root/etc/pki/r.asc"
gpg -q --armor --export o@example.invalid >"$T/root/etc/pki/o.asc"
signed() { # signed KEY-FILE…: a copy signed by r
	broken signed
	gpg -q --batch --armor --detach-sign -u r@example.invalid -o "$B/repodata/repomd.xml.asc" "$B/repodata/repomd.xml"
	repo "baseurl=$1" "repo_gpgcheck=1" "gpgkey=$2"
}
for url in "file://$T/www/signed" "http://127.0.0.1:$PORT/file/signed"; do
	signed "$url" file:///etc/pki/r.asc
	oakum inventory --root "$T/root" --refresh -o json
	expect_exit 0
	expect_json '.repositories[0].trusted' true
	expect_true [ "$(advisories)" = '["A-1"]' ]
	oakum inventory --root "$T/root" -o json
	expect_json '.repositories[0].trusted' true
	# by a key that is not this repository's
	signed "$url" file:///etc/pki/o.asc
	oakum scan --root "$T/root" --refresh
	expect_exit 5
	expect_err_has "repository-untrusted"
	# changed after it was signed
	signed "$url" file:///etc/pki/r.asc
	echo '<!-- changed -->' >>"$B/repodata/repomd.xml"
	oakum scan --root "$T/root" --refresh
	expect_exit 5
	# no signature at all
	signed "$url" file:///etc/pki/r.asc
	rm "$B/repodata/repomd.xml.asc"
	oakum scan --root "$T/root" --refresh
	expect_exit 5
	expect_err_has "repo_gpgcheck"
done
# a key that only the network has is not taken
signed "file://$T/www/signed" "http://127.0.0.1:$PORT/file/key"
oakum scan --root "$T/root"
expect_exit 5
expect_err_has "rpm --import"
# nothing of all this is left in the cache folder but what serves the next scan
expect_true [ -z "$(find "$T/cache" -name 'gpg.*' -o -name 'rpmdb.*' -o -name '*.new' -o -name '*.old')" ]

# --- compressions; zchunk where a repository has nothing else, in place and fetched
for packing in bz2 xz; do
	broken "$packing"
	cp "$T"/www/repo/*.rpm "$B/"
	rm -r "$B/repodata"
	createrepo_c -q --no-database --general-compress-type=$packing "$B" >/dev/null 2>&1
	oakum inventory --root "$T/root" -o json
	expect_json '.updates | length' 2
done
broken zst
zcat "$B/repodata/primary.xml.gz" | zstd -q >"$B/repodata/primary.xml.zst"
sed -i 's|primary.xml.gz|primary.xml.zst|' "$B/repodata/repomd.xml"
resum "$B/repodata/primary.xml.zst" primary
oakum inventory --root "$T/root" -o json
expect_json '.updates | length' 2
broken zck
rm -r "$B/repodata"
cp "$T"/www/repo/*.rpm "$B/"
createrepo_c -q --no-database --zck --simple-md-filenames "$B" >/dev/null 2>&1
if [ -e "$B/repodata/primary.xml.zck" ]; then
	sed -i '/<data type="primary">/,/<\/data>/d' "$B/repodata/repomd.xml"
	rm "$B/repodata/primary.xml.gz"
	oakum inventory --root "$T/root" -o json
	expect_json '.updates | length' 2
	fresh
	repo "baseurl=http://127.0.0.1:$PORT/file/zck"
	oakum inventory --root "$T/root" --refresh -o json
	expect_exit 0
	expect_json '.updates | length' 2
fi
exec 9>&-
wait
finish
