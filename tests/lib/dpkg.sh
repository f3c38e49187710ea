# What the tests of dpkg hosts share: baselines and lists of names.

# Everything, without delay; and security alone, without delay.
everything() {
	cat >"$T/everything.yaml" <<-'EOF'
		schema: oakum.baseline/1
		name: everything
		operatingSystem: DEBIAN
		approvalRules:
		  patchRules:
		    - {patchFilterGroup: {patchFilters: [{key: PRIORITY, values: ["*"]}]}, approveAfterDays: 0, enableNonSecurity: true, complianceLevel: HIGH}
	EOF
	sed 's/enableNonSecurity: true/enableNonSecurity: false/; s/everything/security/' "$T/everything.yaml" >"$T/security.yaml"
}

# Names that are MISSING in the verdict on standard output, sorted.
missing_names() { jq -r '.patches[] | select(.state == "MISSING") | .name' "$T/out" | sort -u; }

# A hash of what a scan must not change: names, contents, owners, modes and times.
host_hash() {
	(cd "$1" && find etc var/lib var/cache -printf '%p %y %m %U %G %s %T@ %l\n' | sort
	cd "$1" && find etc var/lib var/cache -type f -exec sha256sum {} + | sort) | sha256sum
}
