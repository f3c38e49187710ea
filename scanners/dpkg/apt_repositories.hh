/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Releases and their components as repositories of the inventory. */
#ifndef OAK_SCANNERS_DPKG_APT_REPOSITORIES_HH
#define OAK_SCANNERS_DPKG_APT_REPOSITORIES_HH

#include <map>

#include "scanners/dpkg/apt_host.hh"

namespace oak {

struct Repository {
	const char *id;
	bool security; /* a trusted security origin */
	bool esm;      /* needs a subscription */
	std::string base; /* URI in front of a package's file name */
	std::string source; /* the same as the sources have it: with a login, perhaps */
};

class Repositories {
public:
	Repositories(struct oak_inventory *i, const struct oak_apt_age *a) : inventory(i), age(a), text(i->arena) {}

	/* Read every release of the sources; WRONG says why some cannot be used ("URI DIST" -> error). */
	void add_all(const std::map<std::string, std::string> &wrong);
	/* After the cache is open: which of its files is which repository. */
	void bind();
	/* NULL = no repository (dpkg's status). */
	const Repository *of(const pkgCache::PkgFileIterator &file) const;
	size_t usable = 0; /* have metadata */
	bool detached = false; /* the system has no subscription: its ESM repositories cannot be used */

private:
	void add_release(metaIndex *release, const char *error);
	void add_component(metaIndex *release, const std::string &component, const char *error, bool there);
	oak_time fetched(const std::string &name) const;
	const char *refresh_error(const std::string &name) const;
	struct oak_inventory *inventory;
	const struct oak_apt_age *age;
	Intern text;
	std::map<std::string, Repository> by_id;            /* "URI DIST component" */
	std::vector<const Repository *> by_file;            /* by PkgFile ID */
};

/* The id of a repository: host and path, distribution, component; stable when others come and go. */
std::string repository_id(const metaIndex *release, const std::string &component);

/* The list of TARGET that libapt would read: uncompressed first; empty = there is none. */
std::string list_file(const IndexTarget &target);

} // namespace oak
#endif
