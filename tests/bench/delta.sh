#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Ten successive versions of a package: bytes and seconds from one to the next by our deltas, zchunk, casync and the whole file.
# usage: tests/bench/delta.sh [MIB|DIR]; DIR has a folder a version, in their order, real ones are best. OAKUM_BUILD names the build
# Times: of the client alone, from loopback; ours holds the refresh of the metadata and all checks, zchunk's and casync's are bare tools.
set -eu
OAKUM=${OAKUM_BUILD:?}/oakum
what=${1:-64}
server= web=
T=$(mktemp -d)
trap 'kill $server $web 2>/dev/null || :; rm -rf "$T"' EXIT
cd "$T"
echo '{}' >c.yaml
oakum() { "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/c.yaml" --quiet "$@" >/dev/null; }
now() { date +%s%N; }
since() { echo "$1 $(now)" | awk '{ printf "%.2f", ($2 - $1) / 1e9 }'; }
size() { stat -c %s "$1"; }

# --- versions -----------------------------------------------------------------------------------------------------------------
if [ -d "$what" ]; then
	n=0
	for folder in "$what"/*/; do n=$((n + 1)); mkdir -p "v/$n"; cp -a "$folder/." "v/$n"; done
else # files of this host; each version edits one in the middle, replaces one and adds one
	mkdir -p v/1
	find /usr/bin /usr/lib /usr/share -xdev -type f -size +20k -size -4M 2>/dev/null | LC_ALL=C sort | awk 'NR % 7 == 0' | {
		total=0
		while read -r file && [ $total -lt $((what * 1048576)) ]; do
			total=$((total + $(size "$file")))
			cp --parents -L "$file" v/1 2>/dev/null || :
		done
	}
	n=10
	for i in 2 3 4 5 6 7 8 9 10; do
		cp -a v/$((i - 1)) "v/$i"
		find "v/$i" -type f | LC_ALL=C sort >list
		count=$(wc -l <list)
		edited=$(sed -n "$((i * 7 % count + 1))p" list) replaced=$(sed -n "$((i * 13 % count + 1))p" list)
		{ head -c 15000 "$edited"; echo "version $i"; tail -c +15100 "$edited"; } >x && cat x >"$edited"
		head -c 200000 /dev/urandom | od -x >"$replaced"
		seq $((i * 1000)) $((i * 1000 + 9000)) >"v/$i/added-$i"
	done
fi
oakum repo init repo --keys keys
"$OAKUM" repo serve repo --listen 127.0.0.1:0 --access-log log 2>served &
server=$!
until grep -q serving served; do sleep 0.1; done
url=$(sed -n 's/.* at //p' served)
i=0
while [ $i -lt $n ]; do
	i=$((i + 1))
	printf 'name: web\nversion: "%s.0"\nmodel: tree\ntargets: [{platform: _any, arch: _any, files: [{from: "%s", to: ""}]}]\n' $i "$T/v/$i" >recipe.yaml
	rm -rf web
	oakum package build recipe.yaml --out web
	cp web/*.tar.zst "ours-$i"
	oakum repo add repo web
	oakum repo publish repo
	tar --sort=name --mtime=@0 --owner=0 --group=0 -cf "tar-$i" -C "v/$i" .
	zstd -q -3 -T2 "tar-$i" -o "whole-$i"
done
file=$(basename web/*.tar.zst)
oakum repo trust add main --url "$url" --root repo/metadata/1.root.json

# --- each --------------------------------------------------------------------------------------------------------------------
have() { command -v "$1" >/dev/null 2>&1; }
ours() { # FROM-ARCHIVE-OF
	: >log
	from=$(now)
	oakum repo get "repo:main/pkg/web/$1.0/$(echo "$file" | sed "s/-[0-9]*\.0-/-$1.0-/")" --to got
	ours_s=$(since "$from")
	cmp got "ours-$1"
	ours_b=$(awk '/web-|chunks/ { for (i = 1; i < NF; i++) if ($i ~ /^(200|206)$/) sum += $(i + 1) } END { print sum + 0 }' log)
}
zchunk() {
	have zck || return 0
	zck -o "zck-$1" "tar-$1"
	[ "$1" -gt 1 ] || { zck_b=$(size "zck-1"); return 0; }
	zck_b=$(zck_delta_size "zck-$(($1 - 1))" "zck-$1" | awk '/Would download/ { print $3 }')
	cp "zck-$(($1 - 1))" "seed.zck"
	from=$(now)
	(mkdir -p z && cd z && rm -f "zck-$1" && zckdl -s ../seed.zck "$zurl/zck-$1" >/dev/null 2>&1) && zck_s=$(since "$from") || zck_s=-
}
casync_() {
	have casync || return 0
	casync make --store=store "c-$1.caibx" "tar-$1" >/dev/null 2>&1
	find store -type f | sort >chunks.now
	touch chunks.then
	from=$(now)
	seed=
	[ "$1" = 1 ] || seed=--seed=tar-$(($1 - 1))
	casync extract --store=store $seed "c-$1.caibx" "c-got" >/dev/null 2>&1
	cas_s=$(since "$from")
	cmp c-got "tar-$1"
	cas_b=$(($(comm -23 chunks.now chunks.then | xargs -r cat | wc -c) + $(size "c-$1.caibx")))
	mv chunks.now chunks.then
	rm -f c-got
}
ours_b=- ours_s=- zck_b=- zck_s=- cas_b=- cas_s=-
# zckdl needs a server that knows several ranges in one answer
zurl=
if have nginx && have zckdl; then
	mkdir -p ng
	cat >ng.conf <<-N
		daemon off; worker_processes 1; pid $T/ng/pid; error_log $T/ng/error;
		events { worker_connections 64; }
		http { access_log off; client_body_temp_path $T/ng; proxy_temp_path $T/ng; fastcgi_temp_path $T/ng; uwsgi_temp_path $T/ng; scgi_temp_path $T/ng;
		 server { listen unix:$T/ng/socket; listen 127.0.0.1:PORT; root $T; } }
	N
	chmod 755 "$T"
	for port in 28123 28467 29011 29733; do
		sed "s/PORT/$port/" ng.conf >ng/conf
		nginx -c "$T/ng/conf" 2>/dev/null &
		web=$!
		sleep 0.5
		kill -0 $web 2>/dev/null && { zurl=http://127.0.0.1:$port; break; }
	done
fi
printf '%-8s %11s %7s %11s %7s %11s %7s %11s\n' version "ours B" s "zchunk B" s "casync B" s "whole B"
i=0
while [ $i -lt $n ]; do
	i=$((i + 1))
	ours $i
	zchunk $i
	casync_ $i
	echo "$i $ours_b $ours_s $zck_b $zck_s $cas_b $cas_s $(size "whole-$i")" | tee -a table |
		awk '{ printf "%-8s %11s %7s %11s %7s %11s %7s %11s\n", $1, $2, $3, $4, $5, $6, $7, $8 }'
done
awk 'NR > 1 { for (i = 2; i <= 8; i++) sum[i] += $i }
	END { printf "%-8s %11d %7.2f %11d %7.2f %11d %7.2f %11d\n", "2 to " NR, sum[2], sum[3], sum[4], sum[5], sum[6], sum[7], sum[8] }' table

# --- the archive of the version before is gone from the cache, the package is installed: its tree is the seed --------------------------
oakum repo trust add main --url "$url" --root repo/metadata/1.root.json
mkdir root
oakum --root "$T/root" package install "web@$((n - 1)).0" --repo main
rm -rf cache
ours $n
echo "from the installed tree: $ours_b bytes, $ours_s s"
