# repo export, import: an air gap end to end; rows G1 to G3 of the attack table; an enclave that signs itself; expiry postponed, once.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
need_file "$OAKUM_BUILD/archive.so" "module archive (built without libarchive)"
R=$T/repo
package() { # VERSION
	mkdir -p web
	echo "archive $1" > web/web.zip
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"web.zip"}}}},"files":{"web.zip":{"checksums":{"sha256":"%s"}}}}\n' \
		"$1" "$(sha256sum web/web.zip | cut -d' ' -f1)" > web/manifest.json
	oakum repo add "$R" web
	oakum repo publish "$R"
	expect_exit 0
}
inside() { run "$OAKUM" --state "$T/in" --cache "$T/in-cache" --config "$OAKUM_CONFIG" "$@"; ran="oakum (inside) $*"; }
# all that an import may change, as one text
state() { find "$T/in/tuf" "$T/in/mirror" -type f -exec sha256sum {} + 2>/dev/null | sort; }
unchanged() { ok; [ "$(state)" = "$before" ] || fail "something changed: $(state | diff - before.txt | head -n 5)"; }
expect_nothing_changed() { unchanged; expect_true test -z "$(find "$T/in-cache/bundle" -mindepth 1 ! -name '*.lock' 2>/dev/null)"; }
remember() { before=$(state); state > before.txt; }

oakum repo init "$R" --keys "$T/keys" --expires timestamp=30d
package 1.0.0
oakum repo export "$R"
expect_refused 2 "needs '--to TAR'"
oakum repo export "$T/keys" --to x.tar
expect_refused 2 "is no repository"
oakum repo export "$R" --to one.tar -o json
expect_exit 0
expect_json .snapshot 2
expect_json .targets 2
package 2.0.0
oakum repo key rotate "$R" timestamp
expect_exit 0
oakum repo export "$R" --to two.tar --since 2 -o json
expect_exit 0
expect_json .targets 2
oakum repo export "$R" --to x.tar --since 99
expect_refused 2 "has no snapshot 99"
oakum repo export "$R" --to whole.tar
expect_exit 0
expect_true test "$(tar -tf whole.tar | head -n 1)" = bundle.json
expect_true test "$(tar -tf whole.tar | tail -n 1)" = metadata/timestamp.json
oakum repo export "$R" --to whole2.tar
tar -xOf whole.tar --exclude=bundle.json > a; tar -xOf whole2.tar --exclude=bundle.json > b
expect_same a b

# --- nothing before it is trusted --------------------------------------------------------------------------------------------
inside repo import one.tar --repo main
expect_refused 2 "repository 'main' is not trusted here"
inside repo trust add main --root "$R/metadata/1.root.json"
expect_exit 0
inside repo import one.tar
expect_refused 2 "needs '--repo NAME'"
inside repo import absent.tar --repo main
expect_refused 2 "there is no bundle 'absent.tar'"

# --- G1: wrong order, a cut tar, a missing root ---------------------------------------------------------------------------------
remember
inside repo import two.tar --repo main
expect_refused 1 "import the bundles before it first"
expect_nothing_changed
size=$(stat -c %s one.tar)
for bytes in 0 1 511 512 513 2000 $((size / 2)) $((size - 5000)) $((size * 9 / 10)); do
	head -c "$bytes" one.tar > cut.tar
	inside repo import cut.tar --repo main
	expect_exit 5
	expect_nothing_changed
done
mkdir gap
tar -xf two.tar -C gap
rm gap/metadata/2.root.json
(cd gap && tar -cf ../gap.tar bundle.json metadata/[0-9]* targets metadata/timestamp.json --transform 's,/$,,' --no-recursion $(find targets -type f) 2>/dev/null)
inside repo import one.tar --repo main -o json
expect_exit 0
expect_json .targets 2
inside repo get repo:main/pkg/web/1.0.0/web.zip --to got --no-network
expect_exit 0
expect_true test "$(cat got)" = "archive 1.0.0"
remember
inside repo import gap.tar --repo main
expect_exit 5
expect_nothing_changed
inside repo import one.tar --repo main # again: nothing new
expect_exit 0
inside repo import two.tar --repo main
expect_exit 0
inside repo get repo:main/pkg/web/2.0.0/web.zip --to got --no-network
expect_exit 0
expect_true test "$(cat got)" = "archive 2.0.0"
remember
inside repo import one.tar --repo main
expect_refused 5 "cannot verify 'timestamp'"
expect_nothing_changed
inside repo import whole.tar --repo main
expect_exit 0
inside repo verify "$T/in/mirror/main"
expect_exit 0

# --- G2: expired; postponed once, to a date, and logged ---------------------------------------------------------------------------
later=$(date -u -d '+40 days' +%FT%TZ)
until1=$(date -u -d '+60 days' +%F)
until2=$(date -u -d '+90 days' +%F)
remember
inside repo import whole.tar --repo main --at "$later"
expect_refused 5 "expired"
expect_nothing_changed
inside repo import whole.tar --repo main --accept-expired-until soon
expect_refused 2 "cannot be 'soon'"
inside repo import whole.tar --repo main --accept-expired-until 2020-01-01
expect_refused 2 "is over already"
inside repo get repo:main/pkg/web/2.0.0/web.zip --at "$later"
expect_refused 5 "expired"
inside repo import whole.tar --repo main --accept-expired-until "$until1" --at "$later"
expect_exit 0
inside repo get repo:main/pkg/web/2.0.0/web.zip --at "$later"
expect_exit 0
inside repo import whole.tar --repo main --accept-expired-until "$until2" --at "$later"
expect_refused 5 "was postponed once, until"
inside repo get repo:main/pkg/web/2.0.0/web.zip --at "$(date -u -d '+61 days' +%FT%TZ)"
expect_refused 5 "expired"
inside history --audit -o json
expect_exit 0
expect_out_has "repo.accept-expired"

# --- G3: the tar itself is hostile: refused whole, nothing written outside its stage -------------------------------------------------
mkdir -p evil/metadata evil/targets
tar -xf whole.tar -C evil
hostile() { # TAR-OPTION…
	rm -f evil.tar
	(cd evil && tar -cf ../evil.tar "$@")
	remember
	inside repo import evil.tar --repo main
	expect_exit 5
	expect_nothing_changed
	expect_true test ! -e "$T/escaped"
}
members='bundle.json metadata/timestamp.json'
hostile -P --transform 's,bundle.json,../../../escaped,' $members
hostile -P --transform "s,bundle.json,$T/escaped," $members
hostile -P --transform 's,bundle.json,targets/a/../../../../escaped,' $members
hostile -P --transform 's,bundle.json,targets/..\\\\escaped,' $members
hostile --transform 's,bundle.json,other/escaped,' $members
hostile --transform 's,bundle.json,targets/.hidden,' $members
hostile --transform 's,bundle.json,targets/a:b,' $members
ln -s /etc/passwd evil/targets/link
hostile targets/link $members
ln -sf "$T" evil/targets/link
hostile targets/link $members
ln -f evil/bundle.json evil/targets/hard
hostile bundle.json targets/hard metadata/timestamp.json
mkfifo evil/targets/fifo
hostile targets/fifo $members
rm evil/targets/fifo evil/targets/link evil/targets/hard
hostile bundle.json bundle.json $members
hostile targets/pkg $members # folders
truncate -s 5M evil/targets/sparse
hostile --sparse targets/sparse $members
gzip -k whole.tar
remember
inside repo import whole.tar.gz --repo main
expect_exit 5
expect_nothing_changed
head -c 100000 /dev/urandom > noise.tar
inside repo import noise.tar --repo main
expect_exit 5
expect_nothing_changed
# right names, wrong bytes
rm -rf forged; mkdir forged; tar -xf whole.tar -C forged
for file in forged/targets/pkg/web/2.0.0/*.web.zip; do echo "archive 6.6.6" > "$file"; done
(cd forged && find . -type f ! -name timestamp.json ! -name bundle.json | sed 's,^\./,,' | sort > ../list && tar -cf ../forged.tar -T ../list metadata/timestamp.json)
rm -rf "$T/in" "$T/in-cache"
inside repo trust add main --root "$R/metadata/1.root.json"
remember
inside repo import forged.tar --repo main
expect_err_has web.zip
expect_exit 5
expect_nothing_changed

# --- an enclave: a mirror for its web server, and a repository of its own with its own keys -----------------------------------------
oakum repo init "$T/own" --keys "$T/own-keys"
inside repo import whole.tar --repo main --to "$T/mirror" --resign "$T/own"
expect_exit 0
inside repo verify "$T/mirror" -o json
expect_exit 0
expect_json .files 4
inside repo verify "$T/own" -o json
expect_exit 0
expect_json .files 4
run "$OAKUM" --state "$T/node" --cache "$T/node-cache" --config "$OAKUM_CONFIG" repo trust add own --url "$T/own" --root "$T/own/metadata/1.root.json"
run "$OAKUM" --state "$T/node" --cache "$T/node-cache" --config "$OAKUM_CONFIG" repo get repo:own/pkg/web/2.0.0/web.zip --to got
expect_exit 0
expect_true test "$(cat got)" = "archive 2.0.0"
inside repo import whole.tar --repo main --to "$T/mirror" --resign "$T/own" # again
expect_exit 0
inside repo verify "$T/own" -o json
expect_json .files 4

# --- a damaged repository gives no bundle ---------------------------------------------------------------------------------------------
for file in "$R"/targets/pkg/web/2.0.0/*.web.zip; do echo "archive 6.6.6" > "$file"; done
oakum repo export "$R" --to damaged.tar
expect_exit 5
expect_true test ! -e damaged.tar
expect_true test ! -e damaged.tar.part
finish
