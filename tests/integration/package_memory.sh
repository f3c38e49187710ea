# Building, verifying and installing 2 GB that take no room on the disk, in 96 MiB of memory: every format streams; a stop by a signal leaves nothing.
# timeout: 300
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/package.sh"
OAKUM_CONFIG=$T/none.yaml
echo '{}' > "$OAKUM_CONFIG"
cd "$T" || exit 1
truncate -s 2G big
echo : > s.sh
recipe() {
	printf 'name: bulk\nversion: "1"\nmodel: %s\ntargets: [{platform: _any, arch: x86_64, files: [{from: big, to: big}], scripts: {install: s.sh, uninstall: s.sh}}]\n' "$1"
}
recipe tree > tree.yaml
recipe script > script.yaml
limited() { # MIB COMMAND…: in a cgroup of its own where that can be, else under a limit of data
	mib=$1
	shift
	group=/sys/fs/cgroup/oakum-test-$$
	if mkdir "$group" 2>/dev/null && echo "$((mib * 1048576))" > "$group/memory.max" 2>/dev/null; then
		echo 0 > "$group/memory.swap.max" 2>/dev/null || :
		sh -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$group" "$@" >out 2>err
		code=$?
		rmdir "$group" 2>/dev/null || :
	else
		rmdir "$group" 2>/dev/null || :
		(ulimit -d $((mib * 1024)) && exec "$@") >out 2>err
		code=$?
	fi
	ran="$mib MiB: $*"
}
o() { limited 96 "$OAKUM" --state "$T/state" --cache "$T/cache" --config "$OAKUM_CONFIG" "$@"; }
o package build tree.yaml --out tar
expect_exit 0
o package build script.yaml --out zip
expect_exit 0
o package build tree.yaml --out deb --format deb
expect_exit 0
o package build tree.yaml --out rpm --format rpm
expect_exit 0
o package verify tar --allow-unsigned
expect_exit 0
run sh -c 'tar --zstd -xOf tar/*.tar.zst big | cmp - big'
expect_exit 0
run sh -c 'unzip -p zip/*.zip big | cmp - big'
expect_exit 0
run rpm -K rpm/*.rpm
expect_exit 0
# installed, both models: unpacking, hashing, the store of contents and the seal's check in the same memory
mkdir root
for model in tar zip; do
	o --root root package install $model --allow-unsigned
	expect_exit 0
	expect_true cmp big root/var/lib/oakum/pkgs/bulk/current/tree/big
	o --root root package verify bulk --allow-unsigned
	expect_exit 0
	o --root root package uninstall bulk
	expect_exit 0
	expect_true test -z "$(find root -size +1M)"
done

row A10 # a million entries, made while they are packed: refused at the limit, in bounded memory; the version before stays
million() { # zip|tar: to standard output
	python3 - "$1" <<-'EOF'
		import struct, sys
		out, n = sys.stdout.buffer, 1_000_000
		if sys.argv[1] == "tar":
		    head = bytearray(512)
		    head[100:156] = b"0000644\0" b"0000000\0" b"0000000\0" b"00000000000\0" b"00000000000\0" b"        "
		    head[156:157], head[257:265] = b"0", b"ustar\x0000"
		    base = sum(head)
		    for i in range(n):
		        name = b"e%d" % i
		        head[0:8] = name.ljust(8, b"\0")
		        head[148:156] = b"%06o\0 " % (base + sum(name))
		        out.write(head)
		    out.write(bytes(1024))
		else:
		    for i in range(n):
		        out.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0x5021, 0, 0, 0, 7, 0) + b"%07d" % i)
		    for i in range(n):
		        out.write(struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 20, 3, 20, 0, 0, 0, 0x5021, 0, 0, 0, 7, 0, 0, 0, 0, 0o100644 << 16, i * 37) + b"%07d" % i)
		    at, size = n * 37, n * 53
		    out.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, n, n, size, at))
		    out.write(struct.pack("<IIQI", 0x07064B50, 0, at + size, 1))
		    out.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
	EOF
}
: > "$T/empty.yaml"
new_root many
plain_scripts "$T/scripts" 1.0
for name in tool app; do
	script_package "$T/old-$name" $name 1.0
	package install "$T/old-$name" --allow-unsigned
	expect_exit 0
done
before=$(package_canary; find "$R" | sort)
mkdir zips tars
million zip >zips/tool.zip
manifest_of zips tool 2.0 tool.zip
million tar | zstd -q -1 -o tars/app.tar.zst
manifest_of tars app 2.0 app.tar.zst '"model":"tree"'
for kind in zips tars; do
	o --root "$R" package install "$T/$kind" --allow-unsigned
	expect_exit 2
	expect_err_has "(E_COUNT)"
	ok; [ "$(package_canary; find "$R" | sort)" = "$before" ] || fail "A10: $kind changed something"
	expect_state tool "1.0 INSTALLED"
	expect_state app "1.0 INSTALLED"
done
rm -rf zips tars

# the number of threads does not show where there is work for all of them
find /usr/bin /usr/lib -type f -size +1M 2>/dev/null | LC_ALL=C sort | head -n 60 | xargs cat 2>/dev/null | head -c 60M > mixed
for model in tree script; do
	sed 's/big, to: big/mixed, to: mixed/' $model.yaml > mixed.yaml
	for threads in 1 2 7; do
		oakum package build mixed.yaml --out "mixed-$threads" --threads $threads
		expect_exit 0
		expect_true diff -r mixed-1 "mixed-$threads"
	done
	rm -rf mixed-?
done

# stopped half-way: nothing half-written
truncate -s 40G huge
sed 's/big, to: big/huge, to: huge/' tree.yaml > huge.yaml
"$OAKUM" --config "$OAKUM_CONFIG" package build huge.yaml --out stopped >/dev/null 2>err &
pid=$!
until ls stopped/.*.tmp >/dev/null 2>&1; do kill -0 "$pid" 2>/dev/null || break; done
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
ran="package build, stopped"
expect_exit 143
expect_true test -z "$(ls -A stopped)"

# a full disk: said, and nothing half-written (C3)
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
	head -c 1000000 /dev/urandom > random
	sed 's/big, to: big/random, to: random/' tree.yaml > random.yaml
	"$OAKUM" --config "$OAKUM_CONFIG" package build random.yaml --out small >/dev/null 2>err
	code=$?
	expect_exit 1
	expect_true grep -q "No space left" err
	expect_true test -z "$(ls -A small)"
	umount small
fi
finish
