# shellcheck shell=sh
# A payload as packages really are: binaries, text, and bytes that do not compress. Usage: payload FOLDER MIB (from this machine's files; always alike).
payload() {
	[ ! -e "$1/.complete" ] || return 0
	rm -rf "$1"
	mkdir -p "$1/bin" "$1/text" "$1/random"
	third=$(($2 * 1024 / 3)) # KiB: about as much of each kind, text a little less
	copy_until() { # FOLDER KIB: files named on standard input
		total=0 n=0
		while read -r file && [ $total -lt "$2" ]; do
			size=$(stat -L -c %s "$file" 2>/dev/null) || continue
			n=$((n + 1))
			cp -L "$file" "$1/$n-${file##*/}" 2>/dev/null || continue
			total=$((total + size / 1024))
		done
	}
	find /usr/bin /usr/lib -type f -size +300k -size -8M \( -perm -100 -o -name '*.so*' \) 2>/dev/null | LC_ALL=C sort | copy_until "$1/bin" $((third * 3 / 2))
	find /usr/share /usr/include -type f -size +60k -size -4M \( -name '*.h' -o -name '*.txt' -o -name '*.py' -o -name '*.xml' -o -name '*.json' -o -name '*.pm' \) 2>/dev/null |
		LC_ALL=C sort | copy_until "$1/text" $((third / 2))
	i=0
	left=$(($2 - $(du -sm "$1" | cut -f1)))
	while [ $i -lt 150 ] && [ "$left" -gt 0 ]; do
		i=$((i + 1))
		openssl enc -aes-128-ctr -nosalt -K "$(printf %032d $i)" -iv 00 -in /dev/zero 2>/dev/null | head -c $((left * 1024 * 1024 / 150)) >"$1/random/$i"
	done
	: >"$1/.complete"
}
