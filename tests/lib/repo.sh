# A package for tests of repositories: it need not be one that can be installed.
# Usage: . lib/assert.sh; . lib/repo.sh; package FOLDER VERSION TEXT: its only file is $package_file (web.zip).
package_file=web.zip
package() {
	mkdir -p "$1"
	printf '%s\n' "$3" > "$1/$package_file"
	printf '{"schemaVersion":"2.0","version":"%s","packages":{"_any":{"_any":{"_any":{"file":"%s"}}}},"files":{"%s":{"checksums":{"sha256":"%s"}}}}\n' \
		"$2" "$package_file" "$package_file" "$(sha256sum "$1/$package_file" | cut -d' ' -f1)" > "$1/manifest.json"
}
