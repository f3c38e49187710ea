# timeout: 500
# oakum's own .msi: built, signed, installed, upgraded and removed under Wine; its scheduled task, its configuration.
. "$(dirname "$0")/../lib/assert.sh"
. "$OAKUM_SOURCE/tests/lib/wine.sh"
wine_start
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key.pem" -out "$T/cert.pem" -days 30 -subj /CN=oakum-test -addext extendedKeyUsage=codeSigning 2>/dev/null
export OAKUM_SIGN_CERT="$T/cert.pem" OAKUM_SIGN_KEY="$T/key.pem"
for v in 0.1.0 0.2.0; do
	sh "$OAKUM_SOURCE/packaging/windows/msi.sh" "$exe" $v "$T/oakum-$v.msi" >"$T/msi.log" 2>&1 || { fail "msi.sh: $(tail -n 3 "$T/msi.log")"; finish; }
done
ok; osslsigncode verify -CAfile "$T/cert.pem" -in "$T/oakum-0.1.0.msi" >"$T/verify" 2>&1 || fail "the signature: $(tail -n 3 "$T/verify")"
ok; [ "$(stat -c %s "$T/oakum-0.1.0.msi")" -le 16777216 ] || fail "the installer is larger than 16 MB"

drive=$WINEPREFIX/drive_c
program="$drive/Program Files/oakum/oakum.exe"
data=$drive/ProgramData/oakum
run wine msiexec /i "$(winepath "$T/oakum-0.1.0.msi")" /qn
expect_exit 0
expect_true test -f "$program"
expect_true test -f "$drive/Program Files/oakum/oakum.example.yaml"
run wine "$program" version
expect_exit 0
run wine reg query 'HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\oakum.exe'
expect_exit 0
run wine "$program" setup --yes --no-timers --tags role=web -o json
expect_exit 0
expect_json '[.changes[].key]' '["node.tags.role"]'
expect_true test -f "$data/oakum.yaml"
cp "$data/oakum.yaml" "$T/config"

# upgraded: one program, the same configuration; an older one is refused
run wine msiexec /i "$(winepath "$T/oakum-0.2.0.msi")" /qn
expect_exit 0
expect_true test -f "$program"
expect_same "$data/oakum.yaml" "$T/config"
run wine msiexec /i "$(winepath "$T/oakum-0.1.0.msi")" /qn
ok; [ "$code" != 0 ] || fail "an older version was installed over a newer one"

# removed: the program goes, the configuration stays
run wine msiexec /x "$(winepath "$T/oakum-0.2.0.msi")" /qn
expect_exit 0
expect_true test ! -e "$program"
expect_same "$data/oakum.yaml" "$T/config"
finish
