# Row P4, for a whole repository: a package without what the policy asks for is not published, and one that another publisher let in is
# not installed by a node that asks for it.
. "$(dirname "$0")/../lib/assert.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
openssl genpkey -algorithm ed25519 -out one.pem 2>/dev/null
openssl pkey -in one.pem -pubout -out one.pub 2>/dev/null
recipe() { # NAME [LINE…]
	mkdir -p "$1.src"
	echo "text of $1" > "$1.src/file"
	cat > "$1.src/recipe.yaml" <<-END
		name: $1
		version: 1.0.0
		model: tree
		targets:
		  - {platform: _any, version: _any, arch: _any, files: [{from: file, to: share/file}]}
	END
	printf '%s\n' "${2-}" "${3-}" >> "$1.src/recipe.yaml"
	oakum package build "$1.src" --out "$1"
	expect_exit 0
}
recipe full "sbom: true" "provenance: true"
recipe bare
cat > trust.yaml <<-END
	schema: oakum.trust/1
	keys:
	  - {name: first, file: one.pub}
	rules:
	  - {packages: ["*"], keys: [first], evenFromRepository: true, requireSbom: true, requireProvenance: true}
END
chmod 644 trust.yaml one.pub

oakum repo init "$T/strict" --keys "$T/keys" --trust "$T/absent.yaml"
expect_refused 2 "absent.yaml"
oakum repo init "$T/strict" --keys "$T/keys" --trust trust.yaml
expect_exit 0
oakum repo add "$T/strict" full
expect_refused 5 "full"
oakum package sign full --key one.pem
oakum package sign bare --key one.pem
oakum repo add "$T/strict" full
expect_exit 0
oakum repo add "$T/strict" bare
expect_refused 5 "has no SBOM, and the trust policy requires one"
cp -r full broken
for document in broken/*.cdx.json broken/*provenance* broken/*.intoto*; do
	[ -f "$document" ] && printf ' ' >> "$document"
done
oakum repo add "$T/strict" broken
expect_exit 5
oakum repo publish "$T/strict"
oakum repo verify "$T/strict" -o json
expect_exit 0
expect_true test "$(find "$T/strict/targets" -type f | wc -l)" = "$(jq .files "$T/out")" # nothing of what was refused is there

# another publisher asks for nothing; with --trust once
oakum repo init "$T/lax" --keys "$T/keys2"
oakum repo add "$T/lax" bare --trust trust.yaml
expect_exit 5
oakum repo add "$T/lax" bare
expect_exit 0
oakum repo add "$T/lax" full
oakum repo publish "$T/lax"
oakum repo trust add lax --url "$T/lax" --root "$T/lax/metadata/1.root.json"
mkdir root
oakum --root "$T/root" package install bare@1.0.0 --repo lax --trust trust.yaml
expect_exit 5
expect_err_has "SBOM"
oakum --root "$T/root" package install full@1.0.0 --repo lax --trust trust.yaml
expect_exit 0
oakum --root "$T/root" package list -o json
expect_true test "$(jq -r '[.packages[].name] | join(" ")' "$T/out")" = full
finish
