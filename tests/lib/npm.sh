# Independent peers from npm, installed once into the test cache. Sets NODE_PATH, or skips the test with a reason.
npm_packages() {
	need_tool npm
	list=$(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$OAKUM_SOURCE/packaging/test-npm.txt")
	cache=${OAKUM_TEST_CACHE:-/var/cache/oakum-test}
	mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || cache=$T
	NPM_DIR=$cache/npm-$(printf '%s' "$list" | sha256sum | cut -c1-12)
	if [ ! -e "$NPM_DIR/whole" ]; then
		rm -rf "$NPM_DIR"
		mkdir -p "$NPM_DIR"
		# shellcheck disable=SC2086
		(cd "$NPM_DIR" && npm install --no-audit --no-fund --silent $list) >"$T/npm.log" 2>&1 </dev/null ||
			skip "npm cannot install its packages: $(tail -n 1 "$T/npm.log")"
		: >"$NPM_DIR/whole"
	fi
	export NODE_PATH="$NPM_DIR/node_modules"
}

# A TCP port that is free now.
free_port() {
	node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
