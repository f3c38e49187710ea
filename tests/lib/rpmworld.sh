# shellcheck shell=sh
# Small rpm worlds made from a seed: real packages (rpmbuild), an installroot with a real database, repositories
# (createrepo_c) with updateinfo and modules. Epochs, tilde, caret, release-only bumps, multilib, several kernels, obsoletes,
# two module streams, two advisories for one package, advisories for absent and for never offered packages.
# Usage: . rpmworld.sh; rpmworld SEED NAMES: sets $WORLD (cached; read-only: copy $WORLD/root to work on it).

RPMWORLD_CACHE=${OAKUM_TEST_CACHE:-/var/cache/oakum-test}
mkdir -p "$RPMWORLD_CACHE" 2>/dev/null || RPMWORLD_CACHE=${TMPDIR:-/tmp}/oakum-test-cache
RPMWORLD_VERSION=3

# rpm's own files, apart from the caller's: Debian keeps its database in the home folder otherwise.
rpmworld_home() {
	mkdir -p "$HOME"
	printf '%%_dbpath /var/lib/rpm\n%%__gpg /usr/bin/gpg\n' >"$HOME/.rpmmacros"
}

# Lines "gen arch name epoch version release flags", and files install, updateinfo.xml, modules.yaml in $2.
rpmworld_plan() {
	awk -v seed="$1" -v names="$3" -v out="$2" '
	function r(n) { return int(rand() * n) }
	function put(g, a, n, e, v, rel, fl) { print g, a, n, e, v, rel, (fl == "" ? "-" : fl) }
	function pkg(n, a, e, v, rel) {
		return sprintf("<package name=\"%s\" version=\"%s\" release=\"%s\" epoch=\"%s\" arch=\"%s\" src=\"x.src.rpm\"><filename>x.rpm</filename></package>", n, v, rel, e, a)
	}
	function arches(i) { return i % 9 == 0 ? "x86_64 i686" : i % 9 == 1 ? "x86_64" : "noarch" }
	BEGIN {
		srand(seed)
		split("lib core net util dev perl qt ssl http xml json log auth mail db font", syl, " ")
		for (i = 0; i < names; i++) {
			n[i] = syl[1 + r(16)] "-" syl[1 + r(16)] i
			E[i, 1] = 0; V[i, 1] = "1.0"; R[i, 1] = "1"; top[i] = 1
			if (rand() < .7) {
				k = r(6); top[i] = 2
				E[i, 2] = k == 0 ? 2 : 0
				V[i, 2] = k == 0 ? "0.9" : k == 1 ? "1.0" : k == 2 ? "1.1~rc1" : k == 3 ? "1.0^git20240101" : "1." (1 + r(9))
				R[i, 2] = k == 1 ? "1.el9_2" : 1 + r(3)
				if (rand() < .35) { top[i] = 3; E[i, 3] = E[i, 2]; V[i, 3] = "1.1" r(90); R[i, 3] = "1" }
			}
			inst[i] = rand() < .75 ? 1 + (rand() < .3 ? r(top[i]) : 0) : 0
			m = split(arches(i), A, " ")
			for (g = 1; g <= top[i]; g++)
				for (k = 1; k <= m; k++) {
					put(g, A[k], n[i], E[i, g], V[i, g], R[i, g])
					if (inst[i] == g) print A[k], n[i], V[i, g], R[i, g] > (out "/install")
				}
		}
		# kernels: several versions installed
		for (g = 1; g <= 3; g++) {
			put(g, "x86_64", "kernel", 0, "5." g, "1")
			if (g < 3) print "x86_64", "kernel", "5." g, "1" > (out "/install")
		}
		# a replacement under another name, and a package that nobody offers any more
		put(1, "noarch", "old-name", 0, "1.0", "1"); print "noarch", "old-name", "1.0", "1" > (out "/install")
		put(2, "noarch", "new-name", 0, "1.0", "1", "Obsoletes:old-name<2")
		# module app: stream 1 is enabled, stream 2 is not; the same package in both
		put(1, "x86_64", "app", 0, "1.1", "1.module_el9_1"); print "x86_64", "app", "1.1", "1.module_el9_1" > (out "/install")
		put(2, "x86_64", "app", 0, "1.2", "1.module_el9_2"); put(2, "x86_64", "app", 0, "2.5", "1.module_el9_3")
		f = out "/modules.yaml"
		for (k = 1; k <= 3; k++) {
			s = k < 3 ? 1 : 2
			printf "---\ndocument: modulemd\nversion: 2\ndata:\n  name: app\n  stream: \"%d\"\n  version: %d\n  context: c%d\n  arch: x86_64\n  summary: s\n  description: d\n  license:\n    module: [MIT]\n  dependencies:\n  - requires:\n      platform: [el9]\n  artifacts:\n    rpms:\n    - app-0:%s-1.module_el9_%d.x86_64\n...\n", s, k, s, (k == 1 ? "1.1" : k == 2 ? "1.2" : "2.5"), k > f
		}
		# advisories
		u = out "/updateinfo.xml"
		print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<updates>" > u
		for (a = 0; a < names; a++) {
			t = rand(); type = t < .45 ? "security" : t < .8 ? "bugfix" : t < .95 ? "enhancement" : "newpackage"
			split("Critical Important Moderate Low", S, " ")
			printf "<update from=\"x@example.invalid\" status=\"final\" type=\"%s\" version=\"1\"><id>W-%d</id><title>update %d</title><issued date=\"2024-%02d-%02d 10:00:00\"/><updated date=\"2024-12-%02d 00:00:00\"/><severity>%s</severity><description>d &amp; e</description><references>", type, a, a, 1 + r(12), 1 + r(28), 1 + r(28), type == "security" ? S[1 + r(4)] : "None" > u
			if (type == "security") printf "<reference href=\"h\" id=\"CVE-2024-%d\" type=\"cve\" title=\"t\"/>", 1000 + a > u
			printf "<reference href=\"h\" id=\"%d\" type=\"bugzilla\" title=\"b\"/></references><pkglist><collection short=\"w\"><name>w</name>", 5000 + a > u
			for (c = 1 + r(4); c > 0; c--) {
				i = r(names)
				if (rand() < .05) { printf "%s", pkg("ghost" i, "noarch", 0, "3.0", "1") > u; continue }
				if (rand() < .04) { m = split(arches(i), A, " "); for (k = 1; k <= m; k++) printf "%s", pkg(n[i], A[k], 9, "7.7", "7") > u; continue }
				if (top[i] < 2) continue
				g = 2 + r(top[i] - 1); m = split(arches(i), A, " ")
				for (k = 1; k <= m; k++) printf "%s", pkg(n[i], A[k], E[i, g], V[i, g], R[i, g]) > u
			}
			print "</collection></pkglist></update>" > u
		}
		print "<update from=\"x\" status=\"final\" type=\"security\" version=\"1\"><id>W-KERNEL</id><title>k</title><issued date=\"2024-01-01 00:00:00\"/><severity>Important</severity><references/><pkglist><collection short=\"w\"><name>w</name>" pkg("kernel", "x86_64", 0, "5.3", "1") pkg("kernel", "x86_64", 0, "5.2", "1") "</collection></pkglist></update>" > u
		for (k = 2; k <= 3; k++)
			print "<update from=\"x\" status=\"final\" type=\"enhancement\" version=\"1\"><id>W-APP-" k "</id><title>app</title><issued date=\"2024-01-01 00:00:00\"/><severity>None</severity><references/><pkglist><collection short=\"m\"><name>m</name><module name=\"app\" stream=\"" k - 1 "\" version=\"" k "\" context=\"c" k - 1 "\" arch=\"x86_64\"/>" pkg("app", "x86_64", 0, k == 2 ? "1.2" : "2.5", "1.module_el9_" k) "</collection></pkglist></update>" > u
		print "</updates>" > u
	}'
}

# One spec with a subpackage for each line of $1 (of one gen and arch).
rpmworld_spec() (
	printf 'Name: block\nVersion: 1\nRelease: 1\nSummary: b\nLicense: MIT\n%%description\nb\n'
	while read -r gen arch name epoch version release flags; do
		printf '%%package -n %s\nVersion: %s\nRelease: %s\nSummary: synthetic %s\n' "$name" "$version" "$release" "$name"
		[ "$epoch" = 0 ] || echo "Epoch: $epoch"
		[ "$arch" != noarch ] || echo "BuildArch: noarch"
		case $version-$release in *module*) echo "ModularityLabel: app:${version%%.*}:1:c${version%%.*}" ;; esac
		for tag in $(echo "$flags" | tr ',' ' '); do
			[ "$tag" = - ] || echo "$tag" | sed 's/:/: /; s/\([<>=][<>=]*\)/ \1 /'
		done
		printf '%%description -n %s\nd %s\n%%files -n %s\n' "$name" "$gen" "$name"
	done <"$1"
	printf '%%changelog\n* Mon Jan 01 2024 P <p@example.invalid> - 1\n- c\n'
)

# rpmworld_build PLAN RPMS: every line of PLAN as a package file.
rpmworld_build() {
	cut -d' ' -f1,2 "$1" | sort -u >"$1.blocks"
	while read -r gen arch; do
		# one build makes one version of a name: several of one gen are built after each other
		awk -v g="$gen" -v a="$arch" -v p="$1" '$1 == g && $2 == a { print > (p ".part" seen[$3]++ ) }' "$1"
		for part in "$1".part*; do
			rpmworld_spec "$part" >"$1.spec"
			target=x86_64
			[ "$arch" = noarch ] || target=$arch
			rpmbuild -bb --quiet --target "$target" --define "_topdir $1.top" --define "_rpmdir $2" \
				--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
				--define '__os_install_post %{nil}' --define '_binary_payload w1.gzdio' --define '_buildhost b.invalid' --define "vendor ${RPMWORLD_VENDOR:-Example}" \
				--define 'use_source_date_epoch_as_buildtime 1' --define 'source_date_epoch_from_changelog 1' \
				--define 'debug_package %{nil}' "$1.spec" >"$1.log" 2>&1 </dev/null || { cat "$1.log" >&2; return 1; }
			rm -f "$part"
		done
	done <"$1.blocks"
	rm -rf "$1.top" "$1.spec" "$1.blocks"
}

# rpmworld_install ROOT FILE…: into the root's database.
rpmworld_install() {
	wr_root=$1
	shift
	mkdir -p "$wr_root/var/lib/rpm"
	rpm --define '_dbpath /var/lib/rpm' --define '_db_backend sqlite' --root "$wr_root" --initdb
	rpm --define '_dbpath /var/lib/rpm' --define '_db_backend sqlite' --root "$wr_root" -i --nodeps --noscripts --nosignature \
		--ignorearch --force "$@" 2>/dev/null
	rm -rf "$wr_root"/var/lib/rpm/rpmdb.sqlite-shm "$wr_root"/var/lib/rpm/.rpm.lock
}

# rpmworld_root PLAN NAME: $made becomes a copy in $T of a root with the packages of PLAN, which is kept in the test cache.
rpmworld_root() {
	wr_made=$RPMWORLD_CACHE/rpmroot-$RPMWORLD_VERSION-$2-$(cksum <"$1" | cut -d' ' -f1)
	if [ ! -e "$wr_made/done" ]; then
		rm -rf "$wr_made.new"
		mkdir -p "$wr_made.new/rpms"
		cp "$1" "$wr_made.new/plan"
		rpmworld_build "$wr_made.new/plan" "$wr_made.new/rpms" || fail "packages of $2 cannot be built"
		find "$wr_made.new/rpms" -name '*.rpm' >"$wr_made.new/list"
		# shellcheck disable=SC2046
		rpmworld_install "$wr_made.new/root" $(cat "$wr_made.new/list")
		rm -rf "$wr_made.new/rpms" "$wr_made"
		: >"$wr_made.new/done"
		mv "$wr_made.new" "$wr_made"
	fi
	made=$T/root-$2
	cp -a "$wr_made/root" "$made"
}

# rpmworld_os ROOT FAMILY: fedora or opensuse.
rpmworld_os() {
	mkdir -p "$1/etc"
	case $2 in
	fedora) printf 'ID=fedora\nPLATFORM_ID=platform:el9\nVERSION_ID=39\nPRETTY_NAME="Fedora Linux 39"\n' ;;
	*) printf 'ID=opensuse-leap\nID_LIKE="suse opensuse"\nVERSION_ID=15.5\nPRETTY_NAME="openSUSE Leap 15.5"\n' ;;
	esac >"$1/etc/os-release"
}

# rpmworld_repo DIR [UPDATEINFO [MODULES]]: metadata for the packages below DIR.
rpmworld_repo() {
	createrepo_c -q --no-database --simple-md-filenames "$1" >/dev/null 2>&1
	[ -z "${2:-}" ] || modifyrepo_c --mdtype=updateinfo "$2" "$1/repodata" >/dev/null 2>&1
	[ -z "${3:-}" ] || modifyrepo_c --mdtype=modules "$3" "$1/repodata" >/dev/null 2>&1
}

rpmworld() {
	WORLD=$RPMWORLD_CACHE/rpmworld-$RPMWORLD_VERSION-$1-$2
	[ ! -e "$WORLD/done" ] || return 0
	wr_new=$WORLD.new.$$
	rm -rf "$wr_new"
	mkdir -p "$wr_new/rpms" "$wr_new/root/etc/dnf/modules.d"
	rpmworld_plan "$1" "$wr_new" "$2" >"$wr_new/plan" || return 1
	rpmworld_build "$wr_new/plan" "$wr_new/rpms" || return 1
	(
		cd "$wr_new/rpms" || exit 1
		# shellcheck disable=SC2046
		rpmworld_install "$wr_new/root" $(awk '{ printf "%s-%s-%s.%s.rpm\n", $2, $3, $4, $1 }' ../install)
	) || return 1
	rpmworld_os "$wr_new/root" fedora
	printf '[app]\nname=app\nstream=1\nprofiles=\nstate=enabled\n' >"$wr_new/root/etc/dnf/modules.d/app.module"
	rpmworld_repo "$wr_new/rpms" "$wr_new/updateinfo.xml" "$wr_new/modules.yaml"
	mkdir -p "$wr_new/root/etc/yum.repos.d" "$wr_new/root/etc/zypp/repos.d"
	for folder in yum.repos.d zypp/repos.d; do
		printf '[world]\nname=world\nbaseurl=file://%s/rpms\nenabled=1\ngpgcheck=0\nrepo_gpgcheck=0\n' "$WORLD" >"$wr_new/root/etc/$folder/world.repo"
	done
	: >"$wr_new/done"
	rm -rf "$WORLD"
	mv "$wr_new" "$WORLD" 2>/dev/null || { [ -e "$WORLD/done" ] && rm -rf "$wr_new"; }
}

# The needed advisories of a root as "ID name-evr.arch" lines, by dnf; by zypper only the ids of needed patches.
rpmworld_dnf_needed() {
	printf '[main]\nmodule_platform_id=platform:el9\ngpgcheck=0\nplugins=0\ncachedir=%s/dnf-cache\nlogdir=%s/dnf-log\nreposdir=%s/etc/yum.repos.d\npersistdir=%s/dnf-persist\n' \
		"$T" "$T" "$1" "$T" >"$T/dnf.conf"
	dnf -q -c "$T/dnf.conf" --installroot="$1" --releasever=39 "${2:---refresh}" updateinfo list 2>"$T/dnf.err" |
		awk '{ sub(/-0:/, "-", $3); print $1, $3 }' | sort -u
}
# After it, the same with its type or severity as dnf shows it; --with-cve gives a line for each CVE. And ours, of $T/out.
rpmworld_dnf_rows() {
	# shellcheck disable=SC2086
	dnf -q -c "$T/dnf.conf" --installroot="$1" --releasever=39 -C updateinfo list ${2:-} 2>"$T/dnf.err" |
		awk '{ sub(/-0:/, "-", $3); print $1, $2, $3 }' | sort -u
}
rpmworld_our_rows() { # [.cves[]]: what a line begins with instead of the id
	jq -r '.updates[] | . as $u | .advisories[] | (.classification | ascii_downcase) as $c |
		(if $c == "security" then (.severity // "Unknown") + "/Sec." else $c end) as $kind | '"${1:-.id}"' | "\(.) \($kind) \($u.name)-\($u.evr).\($u.arch)"' "$T/out" | sort -u
}
rpmworld_zypper_needed() {
	rpmworld_zypper_patches "$1" | awk -F'|' '$2 == "NEEDED" || $2 == "OPTIONAL" { print $1 }' | sort -u
}
# Every patch as "name|STATUS|category|severity", in our words for zypper's statuses.
rpmworld_zypper_patches() {
	zypper -q --root "$1" --non-interactive --no-gpg-checks --xmlout list-patches -a 2>"$T/zypper.err" |
		grep -ao '<update [^>]*kind="patch"[^>]*>' |
		sed 's/.* name="\([^"]*\)".* status="\([^"]*\)" category="\([^"]*\)" severity="\([^"]*\)".*/\1|\2|\3|\4/' |
		awk -F'|' -v OFS='|' 'BEGIN { s["needed"] = "NEEDED"; s["optional"] = "OPTIONAL"; s["unwanted"] = "UNWANTED"; s["applied"] = "NOT_NEEDED"
			s["not-needed"] = "NOT_APPLICABLE"; s["retracted"] = "RETRACTED" } { $2 = s[$2]; print }' | sort
}
# The same of an inventory in $T/out.
rpmworld_our_patches() {
	jq -r '.patches[]? | "\(.id)|\(.status)|\(.classification // "" | ascii_downcase)|\(.severity // "" | ascii_downcase)"' "$T/out" | sort
}
