#!/bin/sh
# Repositories: a refresh against 100,000 targets (time, bytes, memory), and publishing one change into them.
# usage: tests/bench/repo.sh [COUNT]; OAKUM_BUILD names the build, OAKUM_BINS the number of bins (default: by themselves; 0 = none).
set -eu
OAKUM=${OAKUM_BUILD:?}/oakum
count=${1:-100000}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
cd "$T"
echo '{}' >c.yaml
oakum() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/c.yaml" --quiet "$@"; }
seconds() { date +%s.%N; }
row() { awk -v what="$1" -v from="$2" -v to="$3" -v more="$4" 'BEGIN { printf "%-44s %8.3f s  %s\n", what, to - from, more }'; }
mkdir one
echo one >one/one.zip
printf '{"schemaVersion":"2.0","version":"1.0","packages":{},"files":{"one.zip":{"checksums":{"sha256":"%s"}}}}' "$(sha256sum one/one.zip | cut -d' ' -f1)" >one/manifest.json
oakum repo init repo --keys keys ${OAKUM_BINS:+--bins $OAKUM_BINS}
# what waits is written here, for copying is not what is measured: of the targets themselves one is enough
f1=$(printf 'one\n' | sha256sum | cut -d' ' -f1)
mkdir -p repo/targets/pkg/n1/1.0
echo one >"repo/targets/pkg/n1/1.0/$f1.manifest.json"
awk -v n="$count" -v f1="$f1" 'BEGIN { # 2 files a version, 25 versions a name
	print "{\"targets\":["
	for (i = 0; i < n; i++) {
		name = int(i / 50) + 1
		version = int(i % 50 / 2) + 1
		printf "%s{\"path\":\"pkg/n%d/%d.0/%s\",\"role\":\"packages-main\",\"length\":4,\"sha256\":\"%s\",\"custom\":{\"kind\":\"package\",\"name\":\"n%d\",\"version\":\"%d.0\"}}\n",
			(i ? "," : ""), name, version, i % 2 ? "a.zip" : "manifest.json", (i == 0 ? f1 : sprintf("%064x", i)), name, version
	}
	print "]}"
}' >repo/.oakum/staged.json
a=$(seconds); oakum repo publish repo; b=$(seconds)
row "publish them" "$a" "$b" "$(cat repo/metadata/*.json | wc -c) bytes of metadata"
oakum repo trust add main --url "$T/repo" --root repo/metadata/1.root.json
peak() { "$OAKUM_BUILD/tests/peak" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/c.yaml" "$@" 2>&1 | tail -n 1; }
a=$(seconds); oakum repo get repo:main/pkg/n1/1.0/manifest.json >/dev/null; b=$(seconds)
row "first refresh and one file" "$a" "$b" "$(du -cb state/tuf/main/*.json | tail -n 1 | cut -f1) bytes"
a=$(seconds); oakum repo get repo:main/pkg/n1/1.0/manifest.json >/dev/null; b=$(seconds)
row "refresh without news" "$a" "$b" "peak: $(peak repo get repo:main/pkg/n1/1.0/manifest.json)"
a=$(seconds); oakum repo add repo one; b=$(seconds)
row "add one package" "$a" "$b" ""
touch repo/.oakum/before
a=$(seconds); oakum repo publish repo; b=$(seconds)
row "publish one change" "$a" "$b" "$(find repo/metadata -newer repo/.oakum/before -name '*.json' -exec cat {} + | wc -c) bytes written"
a=$(seconds); oakum repo get repo:main/pkg/one/1.0/one.zip >/dev/null; b=$(seconds)
row "refresh with it" "$a" "$b" ""
a=$(seconds); oakum repo get repo:main/pkg/one/@index/files.json >/dev/null; b=$(seconds)
row "all versions of one name" "$a" "$b" ""
a=$(seconds); oakum repo renew repo --all; b=$(seconds)
row "renew" "$a" "$b" ""
