# For lint tests: goes to the source folder and defines sources [FOLDER…]: our C and C++ files, sorted.
cd "${OAKUM_SOURCE:-$(dirname "$0")/../..}" || exit 1
layers="core baseline scanners distributor repo fleet cli"
sources() {
	for folder in ${*:-$layers}; do
		[ ! -d "$folder" ] || find "$folder" -name '*.[ch]' -o -name '*.cc' -o -name '*.hh'
	done | sort
}
