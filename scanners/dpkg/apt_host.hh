/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the C++ files of the shim share: error conversion and the one system that is open. */
#ifndef OAK_SCANNERS_DPKG_APT_HOST_HH
#define OAK_SCANNERS_DPKG_APT_HOST_HH

#include <apt-pkg/indexfile.h>
#include <apt-pkg/metaindex.h>
#include <apt-pkg/pkgcache.h>
#include <apt-pkg/policy.h>
#include <apt-pkg/sourcelist.h>

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scanners/dpkg/apt_shim.h"

namespace oak {

/* Sources that can leave releases out: libapt takes all or fails. */
class Sources : public pkgSourceList {
public:
	/* Take RELEASE out of the list; it stays alive until the end, since others point to it. */
	void drop(const metaIndex *release);
	std::vector<metaIndex *> dropped;
};

struct Host {
	std::string root, dir, own, lists;
	bool no_network = false, access = false, all_versions = false;
	volatile oak_progress_state *progress = nullptr;
	std::unique_ptr<Sources> sources;
	std::vector<std::string> archives; /* package files on offer besides those of the sources */
	std::string source_error;      /* what libapt could not read of the sources */
	MMap *map = nullptr;           /* libapt's; lives as long as the process */
	std::unique_ptr<pkgCache> cache;
	std::unique_ptr<pkgPolicy> policy;
};

extern Host host;

/* All pending errors (and warnings, if ALL) of libapt as one line, and forget them. */
std::string take_errors(bool all = false);

/* "URI DIST" of a release, without credentials. */
std::string release_name(const metaIndex *release);
std::string release_uri(const metaIndex *release);
/* Where its InRelease or Release file lies; empty = neither is there. */
std::string release_file(const metaIndex *release);

/* Read the sources (once) and open a cache of them: the system's own if it is valid, else ours. Throws Failure. */
void open_sources();
void open_cache();
void open_policy();

struct Failure : std::exception {
	enum oak_error_kind kind;
	const char *id;
	std::string text;
	Failure(enum oak_error_kind k, const char *i, std::string t) : kind(k), id(i), text(std::move(t)) {}
	const char *what() const noexcept override { return text.c_str(); }
};

/* Run F; exceptions become errors with ID. */
template <class F> int guarded(struct oak_error *err, const char *id, F f) noexcept
{
	try {
		f();
		return 0;
	} catch (const Failure &e) {
		return oak_fail(err, e.kind, e.id, 0, "%s", e.text.c_str());
	} catch (const std::exception &e) {
		return oak_fail(err, OAK_IO, id, 0, "libapt failed: %s", e.what());
	} catch (...) {
		return oak_fail(err, OAK_IO, id, 0, "libapt failed for an unknown reason");
	}
}

/* Bytes of a foreign text as UTF-8 in ARENA, each distinct one once while INTERN lives. */
class Intern {
public:
	explicit Intern(struct oak_arena *a) : arena(a) {}
	const char *operator()(const char *text);
	const char *operator()(const std::string &text) { return (*this)(text.c_str()); }

private:
	struct Less {
		bool operator()(const char *a, const char *b) const { return __builtin_strcmp(a, b) < 0; }
	};
	struct oak_arena *arena;
	std::set<const char *, Less> known;
};

void add_problem(struct oak_inventory *inventory, const char *kind, const std::string &subject, const std::string &detail,
		 const char *remedy);

} // namespace oak
#endif
