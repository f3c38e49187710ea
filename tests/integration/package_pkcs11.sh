# Keys in a PKCS#11 token (SoftHSM) sign packages and repositories; what a wrong PIN, key or module says; no PIN is ever shown.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
module=/usr/lib/softhsm/libsofthsm2.so
need_tool pkcs11-tool softhsm2-util
need_file "$module" softhsm2
need_file "$(ls /usr/lib/*/engines-3/pkcs11.so 2>/dev/null)" libengine-pkcs11-openssl
cd "$T" || exit 1
mkdir tokens
echo "directories.tokendir = $T/tokens" > softhsm.conf
export SOFTHSM2_CONF="$T/softhsm.conf"
softhsm2-util --init-token --free --label oak --pin 1234 --so-pin 4321 >/dev/null || skip "SoftHSM cannot make a token"
tool() { pkcs11-tool --module "$module" --token-label oak "$@" 2>&1; }
tool --login --pin 1234 --keypairgen --key-type EC:prime256v1 --label ec --id 01 >/dev/null
tool --login --pin 1234 --keypairgen --key-type rsa:2048 --label rsa --id 02 >/dev/null
tool --login --pin 1234 --keypairgen --key-type EC:secp384r1 --label wide --id 03 >/dev/null
for k in ec rsa; do
	tool --read-object --type pubkey --label $k -o $k.der >/dev/null
	openssl pkey -pubin -inform DER -in $k.der -out $k.pub
done
oakum package init tool
oakum package build tool --out built

uri() { printf 'pkcs11:token=oak;object=%s?module-path=%s' "$1" "$module"; }
oakum package sign built --key "$(uri ec)&pin-value=1234"
expect_exit 0
oakum package sign built --key "$(uri rsa)&pin-value=1234"
expect_exit 0
oakum package verify built --key ec.pub --key rsa.pub --threshold 2 -o json
expect_exit 0
expect_json '.signedBy | length' 2
echo 1234 > pin
oakum package sign built --key "$(uri ec)" --passphrase-file pin
expect_exit 0
oakum package sign built --key "$(uri ec)&pin-source=file:$T/pin"
expect_exit 0
oakum package sign built --key "pkcs11:token=oak;object=ec;type=private;pin-value=1234;module-path=$module"
expect_exit 0

oakum package sign built --key "$(uri ec)&pin-value=9999"
expect_refused 1 "there is no such private key, or the PIN is wrong"
expect_err_lacks 9999
oakum package sign built --key "pkcs11:token=oak;object=ec;pin-value=9999;module-path=$module"
expect_refused 1 "cannot use the token's key"
expect_err_lacks 9999
oakum package sign built --key "$(uri ec)"
expect_refused 1 "cannot use the token's key" # nobody is asked for a PIN
oakum package sign built --key "$(uri absent)&pin-value=1234"
expect_refused 1 "there is no such private key"
oakum package sign built --key "pkcs11:token=oak;object=ec?module-path=$T/absent.so&pin-value=1234"
expect_refused 1 "cannot use the token's key"
oakum package sign built --key "$(uri wide)&pin-value=1234"
expect_refused 1 "only NIST P-256 is supported"

# a role of a repository in the token: named by a new root, signs what is published, and nobody else does
oakum repo init repo --keys repokeys
expect_exit 0
oakum repo key rotate repo targets --new-key "$(uri ec)&pin-value=1234"
expect_exit 0
oakum repo key list repo -o json
expect_exit 0
ok; [ "$(jq -r '[.keys[] | select(.role == "targets")] | map(.scheme) | join(" ")' "$T/out")" = ecdsa-sha2-nistp256 ] || fail "targets has other keys than the token's"
oakum repo verify repo
expect_exit 0
oakum repo key rotate repo targets --new-key "$(uri rsa)&pin-value=9999"
expect_exit 1
expect_err_lacks 9999
oakum repo key rotate repo timestamp --new-key "$(uri rsa)&pin-value=1234"
expect_exit 0
oakum repo renew repo --key repokeys/snapshot.pem
expect_exit 5 # the timestamp's key is in the token
oakum repo renew repo --key repokeys/snapshot.pem --key "$(uri rsa)&pin-value=1234"
expect_exit 0
oakum repo verify repo
expect_exit 0

finish
