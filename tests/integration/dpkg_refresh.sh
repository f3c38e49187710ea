# --refresh: oakum's own lists from the host's sources; mirrors that fail are named, the others count.
# timeout: 180
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/dpkg.sh"
everything
signing_key
R=$T/root
mkdir -p "$T/www"
hostile_serve "$T/www"
port=$hostile_port

# repo SUITE NAME VERSION: a signed repository below www
repo() {
	mkdir -p "$T/www/$1/dists/$1/main/binary-amd64"
	P=$T/www/$1/dists/$1/main/binary-amd64/Packages
	: >"$P"
	offered "$P" "$2" "$3"
	n=0
	while [ $n -lt "${FILLERS:-3}" ]; do
		n=$((n + 1))
		offered "$P" "filler-$1-$n" 1
	done
	release "$T/www/$1" "$1" "Label: Test"
}
# world HOW SUITE…: a fresh root; each source is served as HOW says (file: as it should be)
world() {
	rm -rf "$R" "$T/state" "$T/cache"
	empty_root "$R"
	installed "$R" alpha 1.0
	installed "$R" beta 1.0
	printf 'Acquire::http::Timeout "3";\nAcquire::Retries "0";\nAcquire::http::Proxy "DIRECT";\n' >"$R/etc/apt/apt.conf.d/test"
}
source_of() { echo "deb [signed-by=$T/key.asc] http://127.0.0.1:$port/$1/$2 $2 main" >>"$R/etc/apt/sources.list"; }
scan() { oakum scan --root "$R" --baseline "$T/everything.yaml" -o json "$@"; }
missing() { jq -c '[.patches[] | select(.state == "MISSING") | .name]' "$T/out"; }
expect_missing() { ok; [ "$(missing)" = "$1" ] || fail "missing is $(missing) instead of $1"; }

repo one alpha 1.1
repo two beta 1.1
echo "== all is well; the host's lists stay as they are"
world
source_of file one
source_of file two
before=$(host_hash "$R")
scan --refresh
expect_exit 0
expect_missing '["alpha","beta"]'
expect_true [ "$before" = "$(host_hash "$R")" ]
expect_json '[.repositories[].trusted]' '[true,true]'
scan
expect_missing '["alpha","beta"]'
repo two beta 1.2
scan
expect_json '[.patches[].available]' '["1.1","1.1"]'
scan --refresh
expect_json '[.patches[].available]' '["1.1","1.2"]'
scan --refresh --no-network
expect_exit 0
expect_out_has not-refreshed

echo "== one mirror fails in every way; it is named, what it said before still counts, the other goes on"
cp -a "$T/cache" "$T/cache.good"
for how in always-cut html loop status/404 status/503 hang slow garbage huge; do
	sed -i "s,/file/two,/$how/two,; s,127.0.0.1:$port/[a-z0-9/-]*/two,127.0.0.1:$port/$how/two," "$R/etc/apt/sources.list"
	scan --refresh
	expect_exit 4
	expect_json '[.patches[] | select(.name == "alpha") | .state]' '["MISSING"]'
	expect_json '[.repositories[] | select(.error) | .suite]' '["two"]'
done

echo "== no mirror works and nothing is there from before: later, or untrusted"
world
source_of status/503 one
scan --refresh
expect_refused 75 "cannot refresh any repository"
world
source_of file one
GNUPGHOME=$T/gpg2
export GNUPGHOME
mkdir -m 700 -p "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key "stranger <s@example.org>" rsa2048 sign never 2>/dev/null
repo one alpha 6.6
scan --refresh
expect_refused 5 "cannot refresh any repository"

echo "== a stranger signs what was good before: the old lists stay in use"
export GNUPGHOME="$T/gpg"
world
repo one alpha 1.1
source_of file one
source_of file two
scan --refresh
expect_exit 0
export GNUPGHOME="$T/gpg2"
repo one alpha 6.6
scan --refresh
expect_exit 4
expect_json '[.patches[] | select(.name == "alpha") | .available]' '["1.1"]'
expect_json '[.problems[] | select(.kind == "repository-untrusted") | .subject | endswith("/one/ one")]' '[true]'
export GNUPGHOME="$T/gpg"
repo one alpha 1.3
scan --refresh
expect_exit 0
expect_json '[.patches[] | select(.name == "alpha") | .available]' '["1.3"]'

echo "== a transfer that was cut goes on where it was"
FILLERS=3000
repo one alpha 1.4
world
sed -i 's/Retries "0"/Retries "3"/' "$R/etc/apt/apt.conf.d/test"
source_of cut99 one
scan --refresh
expect_exit 0
expect_json '[.patches[] | select(.name == "alpha") | .available]' '["1.4"]'
FILLERS=3

echo "== file: repositories need no network"
world
repo one alpha 1.5
echo "deb [signed-by=$T/key.asc] file://$T/www/one one main" >"$R/etc/apt/sources.list"
scan --refresh --no-network
expect_exit 0
expect_missing '["alpha"]'

echo "== the newer lists win: the host refreshes after us"
repo one alpha 1.6
apt_in "$R" apt-get -qq update >"$T/log" 2>&1 || { cat "$T/log"; fail "apt-get update"; }
touch -d '+1 minute' "$R/var/lib/apt/lists"
scan
expect_json '[.patches[] | select(.name == "alpha") | .available]' '["1.6"]'
finish
