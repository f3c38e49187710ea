#!/bin/sh
# Ten successive versions of a package: bytes fetched and time by our deltas, beside zchunk, casync (where installed) and the whole file.
# usage: tests/bench/delta.sh [MIB]; OAKUM_BUILD names the build
set -eu
OAKUM=${OAKUM_BUILD:?}/oakum
mib=${1:-64}
T=$(mktemp -d)
trap 'kill $server 2>/dev/null || :; rm -rf "$T"' EXIT
cd "$T"
echo '{}' >c.yaml
oakum() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/c.yaml" --quiet "$@"; }
oakum repo init repo --keys keys
"$OAKUM" repo serve repo --listen 127.0.0.1:0 --access-log log 2>served &
server=$!
until grep -q serving served; do sleep 0.1; done
url=$(sed -n 's/.* at //p' served)
mkdir tree web versions
i=0
while [ $i -lt "$mib" ]; do
	head -c 1048576 /dev/urandom >"tree/part$i"
	i=$((i + 1))
done
for v in 1 2 3 4 5 6 7 8 9 10; do
	head -c 300000 /dev/urandom >"tree/part$((v * 3 % mib))" # one part changes, another grows
	echo "version $v" >>"tree/part$((v * 7 % mib))"
	tar --sort=name --mtime=@0 --owner=0 --group=0 -cf "web/web.tar" -C tree .
	cp web/web.tar "versions/$v.tar"
	printf '{"schemaVersion":"2.0","version":"%s.0","packages":{},"files":{"web.tar":{"checksums":{"sha256":"%s"}}}}' $v "$(sha256sum web/web.tar | cut -d' ' -f1)" >web/manifest.json
	oakum repo add repo web
	oakum repo publish repo
done
oakum repo trust add main --url "$url" --root repo/metadata/1.root.json
printf '%-10s %14s %10s %14s %14s\n' version "ours bytes" "ours s" "zchunk bytes" "whole bytes"
for v in 1 2 3 4 5 6 7 8 9 10; do
	: >log
	from=$(date +%s.%N)
	oakum repo get "repo:main/pkg/web/$v.0/web.tar" --to got
	to=$(date +%s.%N)
	cmp -s got "versions/$v.tar" || echo "version $v is wrong"
	ours=$(awk '/web.tar/ { for (i = 1; i < NF; i++) if ($i ~ /^(200|206)$/) sum += $(i + 1) } END { print sum + 0 }' log)
	theirs=-
	if command -v zck >/dev/null 2>&1; then
		zck -o "versions/$v.zck" "versions/$v.tar"
		[ $v = 1 ] || theirs=$(zck_delta_size "versions/$((v - 1)).zck" "versions/$v.zck" 2>/dev/null | awk '/bytes/ { print $1; exit }')
	fi
	printf '%-10s %14s %10.2f %14s %14s\n' "$v" "$ours" "$(awk -v a="$from" -v b="$to" 'BEGIN { print b - a }')" "${theirs:--}" "$(stat -c %s "versions/$v.tar")"
done
if command -v casync >/dev/null 2>&1; then
	for v in 1 2 3 4 5 6 7 8 9 10; do casync make --store=store.castr "versions/$v.caibx" "versions/$v.tar" >/dev/null; du -sb store.castr | awk -v v=$v '{ print "casync store after version " v ": " $1 " bytes" }'; done
fi
