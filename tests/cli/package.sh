# Packages before installation: begun, built, the same bytes again, taken over from AWS, signed, verified, resolved; what is refused.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
key() { # FILE [ALGORITHM]
	openssl genpkey -quiet -algorithm "${2:-ed25519}" ${3:-} ${4:-} -out "$1.pem" 2>/dev/null || openssl genpkey -algorithm "${2:-ed25519}" ${3:-} ${4:-} -out "$1.pem" 2>/dev/null
	chmod 600 "$1.pem"
	openssl pkey -in "$1.pem" -pubout -out "$1.pub"
}
holds() { jq -e "$@" >/dev/null; }
key one
key two ec -pkeyopt ec_paramgen_curve:P-256
key three rsa -pkeyopt rsa_keygen_bits:2048

# --- init: builds as it is, overwrites nothing ------------------------------------------------------------------------
oakum package init tool
expect_exit 0
expect_no_out
oakum package init tool
expect_refused 1 "'tool/recipe.yaml' is there already"
oakum package build tool/recipe.yaml --out built -o json
expect_exit 0
expect_json .schema '"oakum.build/1"'
expect_json '[.files[].file]' '["tool-1.0.0-any-any-any.zip","tool-1.0.0-windows-any-any.zip","tool-1.0.0.cdx.json","tool-1.0.0.provenance.json","manifest.json"]'
expect_true holds '.schemaVersion == "2.0" and .packages._any._any._any.file and ."x-oakum".name == "tool" and ."x-oakum".builtWith.zlib' built/manifest.json
for file in built/*.zip; do
	expect_true unzip -tqq "$file"
	expect_true test "$(sha256sum "$file" | cut -d' ' -f1)" = "$(jq -r --arg f "${file#built/}" '.files[$f].checksums.sha256' built/manifest.json)"
	expect_true test "$(stat -c %s "$file")" = "$(jq -r --arg f "${file#built/}" '.files[$f].size' built/manifest.json)"
done
oakum package build tool --out dry --dry-run
expect_exit 0
expect_true test ! -e dry

# --- the same bytes: other folder, umask, locale, zone, number of threads, times of the sources -----------------------
cp -r tool elsewhere
find elsewhere -exec touch -d 2001-02-03 {} +
(umask 077 && LC_ALL=C TZ=Asia/Tokyo HOME=/ "$OAKUM" --config "$OAKUM_CONFIG" package build elsewhere --out again --threads 7) >/dev/null
expect_true diff -r built again
expect_true test "$(stat -c %a again/manifest.json)" = 644
SOURCE_DATE_EPOCH=1700000000 "$OAKUM" --config "$OAKUM_CONFIG" package build tool --out dated >/dev/null
expect_true test "$(cat dated/*any-any-any.zip | sha256sum)" != "$(cat built/*any-any-any.zip | sha256sum)"
export SOURCE_DATE_EPOCH=yesterday
oakum package build tool --out dated
expect_refused 2 "SOURCE_DATE_EPOCH must be seconds"
unset SOURCE_DATE_EPOCH

# --- the tree model: tar.zst, links that stay inside ------------------------------------------------------------------
mkdir -p tree/files/sub tree/files/empty
echo a > tree/files/a
printf 'x%.0s' $(seq 300) > tree/files/sub/b
ln -s ../a tree/files/sub/link
chmod 755 tree/files/a
cat > tree/recipe.yaml <<-END
	schema: oakum.recipe/1
	name: tree
	version: 2.10
	model: tree
	targets:
	  - platform: debian
	    version: [11, "12"]
	    files: [{from: files, to: ""}, {from: recipe.yaml, to: etc/, mode: 0600}]
END
oakum package build tree/recipe.yaml --out tree-out
expect_exit 0
expect_true test "$(jq -r .version tree-out/manifest.json)" = 2.10
expect_true test "$(jq -r '.packages.debian | keys | join(" ")' tree-out/manifest.json)" = "11 12"
run tar --zstd -tvf tree-out/tree-2.10-debian-11-any.tar.zst
expect_out_has "-rwxr-xr-x root/root         2 1980-01-01 00:00 a"
expect_out_has "-rw------- root/root"
expect_out_has "sub/link -> ../a"
oakum package build tree/recipe.yaml --out tree-zip --format zip
expect_refused 2 "a zip cannot hold the symbolic links"
oakum package build tool --out x --format tar.zst
expect_refused 2 "a tar.zst is for the tree model"
ln -s ../../../etc tree/files/sub/out
oakum package build tree --out x
expect_refused 2 "leads out of the package" # A4 at build
rm tree/files/sub/out

# --- what a recipe may not say ----------------------------------------------------------------------------------------
recipe() { # LINE…: a recipe of one target with these lines added
	{
		printf 'name: bad\nversion: "1"\ntargets:\n  - platform: _any\n    scripts: {install: tool/scripts/install.sh, uninstall: tool/scripts/uninstall.sh}\n'
		printf '%s\n' "$@"
	} > bad.yaml
}
while IFS='|' read -r line message; do
	recipe "$line"
	oakum package build bad.yaml --out x
	expect_refused 2 "$message"
done <<-'END'
	    files: [{from: one.pub, to: ../x}]|must be a relative path
	    files: [{from: one.pub, to: /etc/x}]|must be a relative path
	    files: [{from: one.pub, to: "a/../../x"}]|must be a relative path
	    files: [{from: one.pub, to: "C:x"}]|must be a relative path
	    files: [{from: one.pub, to: "nul.txt"}]|must be a relative path
	    files: [{from: one.pub, to: "x."}]|must be a relative path
	    files: [{from: one.pub, to: x, mode: "4755"}]|no setuid
	    files: [{from: one.pub, to: x, mode: "0666"}]|writable by nobody else
	    files: [{from: absent, to: x}]|'./absent' cannot be packed: No such file
	    files: [{from: one.pub, to: x}, {from: two.pub, to: X}]|differs from it in upper and lower case
	    files: [{from: one.pub, to: x}, {from: two.pub, to: x}]|two files of the recipe have this place
	    files: [{from: one.pub, to: install.ps1}]|there is a .sh and a .ps1
	unheard: 1|unheard: unknown key
	sbom: 3|must be true, false
	args: {PATH: x}|must be named SSM_
	model: other|model
	health: absent.sh|the health check names it
	requires: [">= 1"]|must be as in
	timeouts: {install: 0}|must be between 1 second and 7 days
END
printf 'name: bad\nversion: "1"\ntargets: [{files: [{from: one.pub, to: x}]}]\n' > bad.yaml
oakum package build bad.yaml --out x
expect_refused 2 "needs scripts 'install' and 'uninstall'"
ln -s one.pub link
printf 'name: bad\nversion: "1"\nmodel: script\ntargets: [{files: [{from: d, to: d}], scripts: {install: one.pub, uninstall: one.pub}}]\n' > bad.yaml
mkdir d && ln -s ../one.pub d/link
oakum package build bad.yaml --out x
expect_refused 2 "is a symbolic link, which packages of the model \"script\" cannot hold"
rm d/link && mkfifo d/pipe
oakum package build bad.yaml --out x
expect_refused 2 "neither a file nor a folder" # A6 at build
oakum package build absent.yaml --out x
expect_refused 2 "absent.yaml"
oakum package build tool
expect_refused 2 "needs '--out DIR'"
expect_true test ! -e x/manifest.json

# --- sign, verify -----------------------------------------------------------------------------------------------------
oakum package verify built --key one.pub
expect_refused 5 "'built/manifest.json' is not signed"
oakum package verify built
expect_refused 5 "no key is trusted for the package 'tool'"
oakum package verify built --allow-unsigned
expect_exit 0
expect_err_has "warning"
oakum package sign built --key "$T/absent.pem"
expect_refused 2 absent.pem
oakum package sign built
expect_refused 2 "needs '--key FILE'"
oakum package sign built --key one.pem
expect_exit 0
expect_true holds '.payloadType == "application/vnd.oakum.manifest+json" and (.signatures | length) == 1' built/manifest.json.sig
jq -r .payload built/manifest.json.sig | base64 -d > payload
expect_same payload built/manifest.json
oakum package verify built --key one.pub -o json
expect_exit 0
expect_json .status '"TRUSTED"'
expect_json .sbom true
oakum package verify built --key two.pub
expect_refused 5 "has 0 of 1 needed signatures"
oakum package verify built --key one.pub --key two.pub --threshold 2
expect_refused 5 "has 1 of 2 needed signatures"
oakum package sign built --key two.pem --key three.pem
oakum package sign built --key one.pem
expect_true test "$(jq '.signatures | length' built/manifest.json.sig)" = 3 # one key signs once
oakum package verify built --key one.pub --key two.pub --key three.pub --threshold 3 -o json
expect_exit 0
expect_json '.signedBy | length' 3
expect_json '.signedBy | sort' "$(jq -c '[.signatures[].keyid] | sort' built/manifest.json.sig)" # one name for a key everywhere
cp one.pub copy.pub
oakum package verify built --key one.pub --key copy.pub --threshold 2
expect_refused 2 "names only 1 different keys" # M15: one key twice counts once
oakum package verify built --key one.pub --threshold 0
expect_refused 2 "'--threshold' must be"
openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret -out locked.pem 2>/dev/null
chmod 600 locked.pem
echo secret > phrase
oakum package sign built --key locked.pem
expect_refused 1 "it is encrypted (use --passphrase-file)"
oakum package sign built --key locked.pem --passphrase-file phrase
expect_exit 0

# a program that signs: base64 or bytes; what does not fit its key is not kept
cat > signer <<-'END'
	#!/bin/sh
	case $1 in
	public) cat one.pub ;;
	sign) cat > message; openssl pkeyutl -sign -rawin -in message -inkey "${SIGN_WITH:-one.pem}" | ${SIGN_AS:-cat} ;;
	esac
END
chmod 755 signer
for as in cat base64; do
	rm -f built/manifest.json.sig
	SIGN_AS=$as oakum package sign built --key "cmd:$T/signer"
	expect_exit 0
	oakum package verify built --key one.pub
	expect_exit 0
done
rm built/manifest.json.sig
openssl genpkey -algorithm ed25519 -out other.pem 2>/dev/null
export SIGN_WITH=other.pem
oakum package sign built --key "cmd:$T/signer"
expect_exit 1
export SIGN_WITH=absent.pem
oakum package sign built --key "cmd:$T/signer"
expect_refused 1 "printed no signature"
unset SIGN_WITH
expect_true test ! -e built/manifest.json.sig
oakum package sign built --key one.pem --key two.pem --key three.pem
expect_exit 0

# what is signed is true, what is changed is found
cp -r built changed
printf x >> changed/tool-1.0.0-any-any-any.zip
oakum package verify changed --key one.pub
expect_refused 5 "it has another size"
oakum package sign changed --key one.pem
expect_refused 5 "it has another size"
cp built/*.zip changed
printf 'X' | dd of=changed/tool-1.0.0-windows-any-any.zip bs=1 seek=40 conv=notrunc 2>/dev/null
oakum package verify changed --key one.pub
expect_refused 5 "it has another hash"
oakum package verify changed --allow-unsigned
expect_refused 5 "it has another hash"
cp built/*.zip changed
rm changed/tool-1.0.0-windows-any-any.zip
oakum package verify changed --key one.pub
expect_refused 5 "is missing, but its manifest lists it"
cp built/*.zip changed
sed 's/"Example"/"Another"/' built/manifest.json > changed/manifest.json
oakum package verify changed --key one.pub
expect_refused 5 "the manifest was changed after it was signed"
cp built/manifest.json changed
printf ' ' >> changed/manifest.json # exact bytes, not the meaning
oakum package verify changed --key one.pub
expect_refused 5 "the manifest was changed after it was signed"
cp built/manifest.json changed
for cut in 1 100 400; do
	head -c "$cut" built/manifest.json.sig > changed/manifest.json.sig
	oakum package verify changed --key one.pub
	expect_exit 5
done
echo '{"payloadType":"x","payload":"","signatures":[]}' > changed/manifest.json.sig
oakum package verify changed --key one.pub
expect_exit 5
cp built/manifest.json.sig changed
printf '{}' > changed/tool-1.0.0.cdx.json
oakum package verify changed --key one.pub
expect_refused 5 "tool-1.0.0.cdx.json" # P4: another SBOM
oakum package build tool --out built >/dev/null
expect_true test ! -e built/manifest.json.sig # a new manifest has no old signature

# --- the trust policy -------------------------------------------------------------------------------------------------
oakum package sign built --key one.pem --key two.pem
cat > trust.yaml <<-END
	schema: oakum.trust/1
	keys:
	  - {name: first, file: one.pub}
	  - {name: second, file: two.pub}
	rules:
	  - {packages: ["tree"], keys: [first], requireSbom: true}
	  - {packages: ["to*"], keys: [first, second], threshold: 2, requireSbom: true, requireProvenance: true, builders: ["local"]}
END
chmod 644 trust.yaml one.pub two.pub
oakum package verify built
expect_exit 0 # the policy beside the configuration
oakum package verify built --trust trust.yaml --threshold 3
expect_refused 2 "asks for 3 signatures"
oakum package sign tree-out --key one.pem
oakum package verify tree-out
expect_refused 5 "has no SBOM, and the trust policy requires one" # P4
oakum package verify tree-out --name other
expect_refused 5 "no key is trusted for the package 'other'"
cp trust.yaml policy.yaml
sed -i 's/"local"/"https:\/\/ci.example.org\/*"/' policy.yaml
oakum package verify built --trust policy.yaml
expect_refused 5 "was built by 'local', whom the trust policy does not name"
chmod 666 policy.yaml
oakum package verify built --trust policy.yaml
expect_exit 5
chmod 644 policy.yaml
printf 'schema: oakum.trust/1\nkeys: []\nrules: [{packages: ["*"], keys: [absent]}]\n' > policy.yaml
oakum package verify built --trust policy.yaml
expect_refused 2 "has no key of the name 'absent'"
oakum package verify built --trust absent.yaml
expect_exit 2
mv trust.yaml kept.yaml

# --- resolve: AWS's rules and words -----------------------------------------------------------------------------------
cat > m.json <<-'END'
	{"schemaVersion":"2.0","packageArn":"x","version":"1.0.0","unknown":{"kept":1},
	"packages":{"amazon":{"_any":{"x86_64":{"file":"amazon.zip"}}},"redhat":{"8.*":{"x86_64":{"file":"el8.zip"}},"8.1.*":{"_any":{"file":"el81.zip"}}},
	"_any":{"_any":{"_any":{"file":"any.zip"}}}},"files":{}}
END
resolve() { oakum package resolve m.json --platform "$1" --platform-version "$2" --arch "$3"; }
resolve redhat 8.10 x86_64
expect_out el8.zip
resolve redhat 8.1.4 x86_64
expect_out el81.zip
resolve redhat 8.10 aarch64
expect_refused 1 "no manifest found for platform: redhat, version 8.10, architecture arm64" # no way back
resolve debian 12 arm64
expect_out any.zip
resolve amazon 2023 x86_64
expect_out amazon.zip
oakum package resolve m.json --platform redhat --platform-version 7 --arch x86_64 --explain -o json
expect_exit 1
expect_json '[.steps[] | select(.level == "version") | .chosen]' '[false,false]'
expect_err_has "packages.redhat: hosts of this platform whose version is not listed get nothing"
printf '{"packages":' > cut.json
oakum package resolve cut.json
expect_refused 2 "cut.json"
oakum package resolve absent.json
expect_refused 2 "absent.json"

# --- from AWS: every archive as it is ---------------------------------------------------------------------------------
mkdir aws
(cd tool/scripts && zip -qX ../../aws/linux.zip install.sh uninstall.sh && zip -qX ../../aws/win.zip install.ps1 uninstall.ps1)
cat > aws/manifest.json <<-END
	{"schemaVersion":"2.0","version":"3.1","publisher":"A \"quoted\" one","packageArn":"arn:aws:ssm:x",
	"packages":{"amazon":{"_any":{"x86_64":{"file":"linux.zip"}}},"debian":{"12":{"_any":{"file":"linux.zip"}}},"windows":{"_any":{"x86_64":{"file":"win.zip"}}}},
	"files":{"linux.zip":{"checksums":{"sha256":"$(sha256sum aws/linux.zip | cut -d' ' -f1)"}},"win.zip":{"checksums":{"sha256":"$(sha256sum aws/win.zip | cut -d' ' -f1)"},"size":$(stat -c %s aws/win.zip)}}}
END
oakum package init ours --from-aws aws
expect_exit 0
oakum package build ours/recipe.yaml --out ours-out
expect_exit 0
expect_same aws/linux.zip ours-out/linux.zip
expect_same aws/win.zip ours-out/win.zip
expect_true test "$(jq -cS '.packages, .version, .publisher, .packageArn' ours-out/manifest.json | sha256sum)" = "$(jq -cS '.packages, .version, .publisher, .packageArn' aws/manifest.json | sha256sum)"
expect_true holds '.files["linux.zip"].size > 0 and ."x-oakum".name == "aws"' ours-out/manifest.json
printf x >> aws/win.zip
oakum package init ours2 --from-aws aws
expect_refused 5 "win.zip"
oakum package init ours3 --from-aws absent
expect_refused 2 "absent/manifest.json"
sed -i 's/"sha256":"[0-9a-f]*"/"md5":"d41d8cd98f00b204e9800998ecf8427e"/' aws/manifest.json
oakum package init ours4 --from-aws aws
expect_refused 5 "gives no sha256 of 'linux.zip' (sums of other kinds do not count)" # P2, W6

# --- a repository takes the documents, too -----------------------------------------------------------------------------
oakum package build tool --out built
oakum repo init repo --keys keys
oakum repo add repo built
expect_exit 0
oakum repo publish repo
expect_exit 0
expect_true test "$(find repo/targets -name '*tool-1.0.0*' | wc -l)" = 4
echo '{}' > built/tool-1.0.0.cdx.json
oakum repo add repo built
expect_refused 5 "it has another hash"

# --- real manifests that nobody here wrote ----------------------------------------------------------------------------
sample=$OAKUM_CORPUS/ssm-agent-testdata/agent/plugins/configurepackage/testdata/sampleManifest.json
if [ -e "$sample" ]; then
	oakum package resolve "$sample" --platform amazon --platform-version 2017.03.1 --arch 386
	expect_out testAgent-386-linux-rpm.zip
	oakum package resolve "$sample" --platform windows --platform-version 10.0.14393 --arch x86_64
	expect_out testAgent-windows.zip
	oakum package resolve "$sample" --platform amazon --platform-version 2018.03 --arch x86_64
	expect_refused 1 "no manifest found for platform: amazon, version 2018.03, architecture x86_64"
else
	echo "skipped: no corpus"
fi
finish
