#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signatures of repositories as others recorded them: good, wrong, by an unknown or expired key, absent; metalinks and mirror lists.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/rpmworld.sh"
[ -d "$OAKUM_CORPUS/libzypp-fixtures" ] || skip "no corpus"
need_tool rpmbuild createrepo_c gpg
rpmworld_home
root=$T/root
mkdir -p "$T/www" "$T/rpms" "$root/etc/yum.repos.d" "$root/etc/zypp/repos.d"
printf '1 noarch alpha 0 1.0 1 -\n' >"$T/plan"
rpmworld_build "$T/plan" "$T/rpms"
rpmworld_install "$root" "$T"/rpms/*.rpm
sigs=$OAKUM_CORPUS/libzypp-fixtures/zypp/tests/repo/RepoSigcheck
librepo=$OAKUM_CORPUS/librepo-testdata/tests/test_data

# repo FAMILY FOLDER LINE…: the root's only repository
repo() {
	rpmworld_os "$root" "$1"
	folder=yum.repos.d
	[ "$1" = fedora ] || folder=zypp/repos.d
	printf '[r]\nname=r\nbaseurl=%s\n' "$2" >"$root/etc/$folder/r.repo"
	shift 2
	for line in "$@"; do echo "$line" >>"$root/etc/$folder/r.repo"; done
	rm -rf "$T/cache"
	oakum inventory --root "$root" -o json
	ran="$folder $*"
}
# is EXIT TRUSTED KINDS: how it ended, the repository's mark, the kinds of problems that name it
is() {
	expect_exit "$1"
	expect_json '.repositories[0].trusted' "$2"
	expect_json '[.problems[] | select(.subject == "r" and .kind != "no-advisories") | .kind]' "$3"
}

key=gpgkey=file://$sigs/signed_repo/repodata/repomd.xml.key
for insist in repo_gpgcheck=1 gpgcheck=1; do
	repo opensuse "file://$sigs/signed_repo" $insist "$key"
	is 0 true '[]'
	repo opensuse "file://$sigs/wrongsig_repo" $insist "$key"
	is 5 false '["repository-untrusted"]'
	expect_json '.repositories[0].error | contains("changed after it was signed")' true
done
repo opensuse "file://$sigs/unsigned_repo" repo_gpgcheck=1 "$key"
is 5 false '["repository-untrusted"]'
repo opensuse "file://$sigs/unsigned_repo" "$key"
is 0 false '["unsigned-metadata"]'
repo opensuse "file://$sigs/unsigned_repo" gpgcheck=0 "$key"
is 0 false '[]'
# by a key that this host has not
repo opensuse "file://$sigs/unknownkey_repo" repo_gpgcheck=1 "gpgkey=file://$librepo/key.pub"
is 5 false '["repository-untrusted"]'
expect_json '.repositories[0].error | contains("does not trust")' true
repo opensuse "file://$sigs/unknownkey_repo" repo_gpgcheck=1
is 5 false '["repository-untrusted"]'
# the key in the repository itself is never taken by itself
repo opensuse "file://$sigs/signed_repo" repo_gpgcheck=1
is 5 false '["repository-untrusted"]'
repo opensuse "file://$sigs/signed_repo"
is 0 false '["unsigned-metadata"]'
# a key file that holds none
echo 'no key' >"$T/nokey"
repo fedora "file://$librepo/repo_yum_01" repo_gpgcheck=1 "gpgkey=file://$T/nokey"
is 5 false '["repository-untrusted"]'
# keys of the rpm database count
repo fedora "file://$librepo/repo_yum_01" repo_gpgcheck=1
is 5 false '["repository-untrusted"]'
run rpm --define "_dbpath $root/var/lib/rpm" --import "$librepo/repo_yum_01/repodata/repomd.xml.key.asc"
expect_exit 0
repo fedora "file://$librepo/repo_yum_01" repo_gpgcheck=1
is 0 true '[]'
rm -f "$root/etc/yum.repos.d/r.repo"

# an expired key: zypp warns, dnf refuses
key=gpgkey=file://$OAKUM_CORPUS/opensuse-11.0-update/repodata/repomd.xml.key
repo opensuse "file://$OAKUM_CORPUS/opensuse-11.0-update" repo_gpgcheck=1 "$key"
is 0 true '["key-expired"]'
repo fedora "file://$OAKUM_CORPUS/opensuse-11.0-update" repo_gpgcheck=1 "$key"
is 5 false '["repository-untrusted"]'
expect_json '.repositories[0].error | contains("expired")' true

# librepo's: armoured and binary keys; a changed file under a real signature
for file in "$librepo/repo_yum_01/repodata/repomd.xml.key" "$librepo/repo_yum_01/repodata/repomd.xml.key.asc" "$librepo/key.pub"; do
	repo fedora "file://$librepo/repo_yum_01" repo_gpgcheck=1 "gpgkey=file://$file"
	is 0 true '[]'
done
mkdir -p "$T/www/bad/repodata"
cp "$librepo"/repo_yum_01/repodata/* "$T/www/bad/repodata/"
cp "$librepo/repo_yum_01/repodata/repomd.xml_bad" "$T/www/bad/repodata/repomd.xml"
repo fedora "file://$T/www/bad" repo_gpgcheck=1 "gpgkey=file://$librepo/key.pub"
is 5 false '["repository-untrusted"]'
echo 'no signature' >"$T/www/bad/repodata/repomd.xml.asc"
repo fedora "file://$T/www/bad" repo_gpgcheck=1 "gpgkey=file://$librepo/key.pub"
is 5 false '["repository-untrusted"]'

# --- metalinks and mirror lists of others, their addresses turned to this machine
cp -r "$librepo/repo_yum_01" "$T/www/repo"
mkfifo "$T/httpd.in"
"$OAKUM_BUILD/tests/hostile_httpd" "$T/www" <"$T/httpd.in" >"$T/httpd.port" &
exec 9>"$T/httpd.in"
tries=0
until [ -s "$T/httpd.port" ] || [ $tries -gt 100000 ]; do tries=$((tries + 1)); done
PORT=$(cat "$T/httpd.port")
sum=$(sha256sum "$T/www/repo/repodata/repomd.xml" | cut -d' ' -f1)
rm -f "$root/etc/zypp/repos.d/r.repo"
rpmworld_os "$root" fedora
answered=0
for file in "$librepo"/metalinks/* "$librepo"/metalink.xml "$librepo"/mirrorlists/* "$librepo"/mirrorlist; do
	case $file in *metalink*) way=metalink ;; *) way=mirrorlist ;; esac
	sed "s,\(https*\|ftp\|rsync\|file\)://[^<]*repodata/repomd.xml,http://127.0.0.1:$PORT/file/repo/repodata/repomd.xml,g
		s,<hash type=\"sha256\">[^<]*<,<hash type=\"sha256\">$sum<,; s,<hash type=\"\(md5\|sha1\|sha512\)\">[^<]*</hash>,,; s,<size>[^<]*</size>,," "$file" |
		if [ $way = mirrorlist ]; then sed "s,^\(https*\|ftp\|file\)://.*,http://127.0.0.1:$PORT/file/repo,"; else cat; fi >"$T/www/list"
	printf '[r]\nname=r\n%s=http://127.0.0.1:%s/file/list\n' $way "$PORT" >"$root/etc/yum.repos.d/r.repo"
	rm -rf "$T/cache"
	oakum inventory --root "$root" --refresh -o json
	ran="refresh with $file"
	ok
	case $code in
	0) answered=$((answered + 1)) ;;
	75) expect_json '.repositories[0].error | length > 20' true ;;
	*) fail "exit $code" ;;
	esac
done
ok
[ $answered -ge 5 ] || fail "only $answered lists led to the repository"
exec 9>&-
wait
finish
