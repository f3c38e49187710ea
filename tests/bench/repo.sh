#!/bin/sh
# Repositories: a refresh against 100,000 targets (time, bytes, memory), and publishing one change into them.
# usage: tests/bench/repo.sh [COUNT]; OAKUM_BUILD names the build.
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
oakum repo init repo --keys keys
# what waits is written here, for adding syncs each file: of the targets themselves one is enough
f1=$(printf 'one\n' | sha256sum | cut -d' ' -f1)
mkdir -p repo/targets/pkg/big/1.0
echo one >"repo/targets/pkg/big/1.0/$f1.f1"
awk -v n="$count" -v f1="$f1" 'BEGIN {
	print "{\"targets\":["
	for (i = 1; i <= n; i++)
		printf "%s{\"path\":\"pkg/big/1.0/f%d\",\"role\":\"packages-main\",\"length\":4,\"sha256\":\"%s\",\"custom\":{\"kind\":\"package\",\"name\":\"big\",\"version\":\"1.0\"}}\n",
			(i > 1 ? "," : ""), i, (i == 1 ? f1 : sprintf("%064x", i))
	print "]}"
}' >repo/.oakum/staged.json
a=$(seconds); oakum repo publish repo; b=$(seconds)
row "publish them" "$a" "$b" "$(stat -c %s repo/metadata/2.packages-main.json) bytes of metadata"
oakum repo trust add main --url "$T/repo" --root repo/metadata/1.root.json
peak() { "$OAKUM_BUILD/tests/peak" "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/c.yaml" "$@" 2>&1 | tail -n 1; }
a=$(seconds); oakum repo get repo:main/pkg/big/1.0/f1 >/dev/null; b=$(seconds)
row "first refresh and one file" "$a" "$b" "$(du -cb state/tuf/main/*.json | tail -n 1 | cut -f1) bytes"
a=$(seconds); oakum repo get repo:main/pkg/big/1.0/f1 >/dev/null; b=$(seconds)
row "refresh without news" "$a" "$b" "peak: $(peak repo get repo:main/pkg/big/1.0/f1)"
oakum repo add repo one
a=$(seconds); oakum repo publish repo; b=$(seconds)
row "publish one change" "$a" "$b" ""
a=$(seconds); oakum repo get repo:main/pkg/one/1.0/one.zip >/dev/null; b=$(seconds)
row "refresh with it" "$a" "$b" ""
