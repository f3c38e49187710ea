# SPDX-License-Identifier: GPL-3.0-or-later
# What OAK_AUTO cleans up has a value before the function can be left: an initializer, or a call that is given its address before the first return.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/sources.sh"
check() {
	awk '
		FNR == 1 { delete open; n = 0 }
		/^}/ { delete open; n = 0 }
		{
			line = $0
			sub(/\/\/.*|\/\*.*\*\//, "", line)
			for (name in open)
				if (line ~ ("&" name "([^A-Za-z0-9_]|$)") || line ~ ("(^|[^A-Za-z0-9_>.])" name " = ")) {
					delete open[name]
					n--
				}
			if (n && line ~ /(^|[^A-Za-z0-9_])return([^A-Za-z0-9_]|$)/)
				for (name in open)
					printf "%s:%d: returns before \"%s\" (line %d) has a value\n", FILENAME, FNR, name, open[name]
		}
		line ~ /OAK_AUTO\([a-z_]+\) [^=()]*;/ {
			name = line
			sub(/;.*/, "", name)
			sub(/.*[ *]/, "", name)
			open[name] = FNR
			n++
		}
	' "$@"
}
check $(sources $layers tests | grep '\.c$') >"$T/out"
ok; [ ! -s "$T/out" ] || { fail "these free what was never set"; cat "$T/out" >&2; }

# it finds the fault that it is for, and lets pass what is none
cat >"$T/bad.c" <<'END'
static int f(void)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	if (g() < 0)
		return -1;
	oak_buf_init(&text, 10);
	return 0;
}
END
cat >"$T/good.c" <<'END'
static int f(void)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text, other = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf more;
	oak_buf_init(&more, 10);
	if (h(&text) < 0)
		return -1;
	return 0;
}
END
check "$T/bad.c" >"$T/found"
ok; [ "$(wc -l <"$T/found")" = 1 ] || fail "the fault is not found"
check "$T/good.c" >"$T/found"
ok; [ ! -s "$T/found" ] || fail "a fault is found where there is none: $(cat "$T/found")"
finish
