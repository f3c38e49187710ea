/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening one system with libapt: configuration, sources, cache, policy; nothing of it is written to. */
#include "scanners/dpkg/apt_access.hh"

#include <apt-pkg/aptconfiguration.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/init.h>
#include <apt-pkg/mmap.h>
#include <apt-pkg/pkgcachegen.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/strutl.h>
#include <apt-pkg/version.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace oak {

Host host;

std::string take_errors(bool all)
{
	std::string text, one;
	while (!_error->empty(all ? GlobalError::WARNING : GlobalError::ERROR)) {
		bool error = _error->PopMessage(one);
		if (error || all)
			text += (text.empty() ? "" : "; ") + one;
	}
	_error->Discard();
	return text;
}

const char *Intern::operator()(const char *text)
{
	if (!text || !*text)
		return nullptr;
	auto at = known.find(text);
	if (at != known.end())
		return *at;
	char *copy = oak_arena_strdup(arena, text);
	if (!oak_utf8_check(copy, strlen(copy)))
		for (char *p = copy; *p; p++)
			if (static_cast<unsigned char>(*p) >= 0x80)
				*p = '?';
	known.insert(copy);
	return copy;
}

void add_problem(struct oak_inventory *inventory, const char *kind, const std::string &subject, const std::string &detail,
		 const char *remedy)
{
	Intern text(inventory->arena);
	*oak_push(inventory->arena, &inventory->problems) =
		oak_problem{text(kind), text(subject), text(detail), text(remedy)};
}

void Sources::drop(const metaIndex *release)
{
	auto at = std::find(SrcList.begin(), SrcList.end(), release);
	if (at == SrcList.end())
		return;
	dropped.push_back(*at);
	SrcList.erase(at);
}

std::string release_uri(const metaIndex *release)
{
	::URI uri(release->GetURI());
	uri.User.clear();
	uri.Password.clear();
	return uri;
}

std::string release_name(const metaIndex *release)
{
	return release_uri(release) + " " + release->GetDist();
}

std::string release_file(const metaIndex *release)
{
	std::string base = release->GetURI(), dist = release->GetDist();
	if (dist.empty() || dist.back() != '/')
		base += "dists/" + dist + "/";
	else if (dist != "/")
		base += dist;
	for (const char *name : {"InRelease", "Release"}) {
		std::string file = host.lists + URItoFileName(base + name);
		if (FileExists(file))
			return file;
	}
	return "";
}

/* A path that a configuration of another root gives from its own "/" on. */
static void keep_below_root(const std::string &root)
{
	static const char *const keys[] = {"Dir::State",	  "Dir::State::lists",	     "Dir::State::extended_states",
					   "Dir::Cache",	  "Dir::Cache::pkgcache",    "Dir::Cache::srcpkgcache",
					   "Dir::Etc",		  "Dir::Etc::sourcelist",    "Dir::Etc::sourceparts",
					   "Dir::Etc::preferences", "Dir::Etc::preferencesparts", "Dir::Etc::trusted",
					   "Dir::Etc::trustedparts", "Dir::Etc::netrc",	     "Dir::Etc::netrcparts"};
	for (const char *key : keys) {
		std::string path = _config->Find(key);
		if (!path.empty() && path[0] == '/' && path != "/dev/null" && path.compare(0, root.size() + 1, root + "/") != 0)
			_config->Set(key, root + path);
	}
}

/* What another root's configuration could make this machine run or load. */
static void forget_commands()
{
	static const char *const keys[] = {"APT::Update", "DPkg", "Acquire::http::Proxy-Auto-Detect",
					   "Acquire::https::Proxy-Auto-Detect", "Acquire::http::ProxyAutoDetect",
					   "Acquire::https::ProxyAutoDetect", "Apt::Key", "APT::Compressor", "Dir::Bin",
					   "Acquire::gpgv", "APT::NeverAutoRemove", "Dir::Media"};
	for (const char *key : keys)
		_config->Clear(key);
}

static void reset_config()
{
	std::vector<std::string> tops;
	for (const Configuration::Item *item = _config->Tree(nullptr); item; item = item->Next)
		tops.push_back(item->Tag);
	for (const std::string &top : tops)
		_config->Clear(top);
}

static void set_architectures(const struct oak_apt_setup *setup)
{
	if (setup->arch)
		_config->Set("APT::Architecture", setup->arch);
	_config->Clear("APT::Architectures");
	for (size_t i = 0; i < setup->arch_count; i++)
		_config->Set("APT::Architectures::", setup->archs[i]);
	if (setup->arch_count == 0)
		_config->Set("APT::Architectures::", _config->Find("APT::Architecture"));
	APT::Configuration::getArchitectures(false);
}

static void start(const struct oak_apt_setup *setup)
{
	host = Host();
	host.root = setup->root;
	host.dir = setup->dir;
	host.own = setup->own ? std::string(setup->own) + "/" : "";
	host.no_network = setup->no_network;
	host.access = setup->access;
	host.all_versions = setup->all_versions;
	for (size_t i = 0; i < setup->archive_count; i++)
		host.archives.push_back(setup->archives[i]);
	host.progress = setup->progress;
	bool foreign = host.root != "/", own_tree = host.dir == host.root;
	if (foreign)
		unsetenv("APT_CONFIG");
	reset_config();
	_config->Set("Dir", foreign || !own_tree ? host.dir + "/" : host.dir);
	if (!pkgInitConfig(*_config))
		throw Failure(OAK_INVALID, "dpkg.apt-config", "cannot read apt's configuration: " + take_errors());
	if (foreign) {
		keep_below_root(host.root);
		forget_commands();
		keep_certificates_below(host.root);
		_config->Set("Dir::Bin::methods", "/usr/lib/apt/methods");
	}
	if (foreign || !own_tree)
		_config->Set("Dir::State::status", (foreign ? host.root : "") + "/var/lib/dpkg/status");
	if (setup->lists)
		_config->Set("Dir::State::lists", setup->lists);
	host.lists = _config->FindDir("Dir::State::lists");
	set_architectures(setup);
	_config->Set("Apt::System", "Debian dpkg interface");
	if (!pkgInitSystem(*_config, _system))
		throw Failure(OAK_INVALID, "dpkg.apt-config", "cannot set up libapt: " + take_errors());
	take_errors(true);
}

/* Members of a class that only derived ones may name. */
struct Inside : metaIndex {
	static std::string metaIndex::*signed_by() { return &Inside::SignedBy; }
};

/* Key files of another root lie below that root. */
static void move_keys(metaIndex *release)
{
	std::string keys = release->GetSignedBy(), out;
	if (keys.find("BEGIN PGP") != std::string::npos)
		return;
	for (const std::string &key : VectorizeString(keys, ','))
		out += (out.empty() ? "" : ",") +
		       (!key.empty() && key[0] == '/' && FileExists(host.root + key) ? host.root + key : key);
	release->*Inside::signed_by() = out;
}

void open_sources()
{
	if (host.sources)
		return;
	host.sources = std::make_unique<Sources>();
	host.sources->ReadMainList();
	host.source_error = take_errors();
	for (metaIndex *release : *host.sources)
		if (host.root != "/")
			move_keys(release);
	for (const std::string &archive : host.archives)
		host.sources->AddVolatileFile(archive);
}

/* Descriptions are two fifths of a cache and are never asked for. */
static void without_descriptions()
{
	if (_config->Find("Acquire::Languages") == "none")
		return;
	_config->Clear("Acquire::Languages");
	_config->Set("Acquire::Languages", "none");
	APT::Configuration::getLanguages(false, false);
	auto dropped = host.sources->dropped;
	std::set<std::string> names;
	for (const metaIndex *release : dropped)
		names.insert(release_name(release));
	host.sources = nullptr;
	open_sources();
	std::vector<metaIndex *> all(host.sources->begin(), host.sources->end());
	for (metaIndex *release : all)
		if (names.count(release_name(release)))
			host.sources->drop(release);
}

static bool changed_after(const std::string &file, const struct timespec &then)
{
	struct stat st;
	if (stat(file.c_str(), &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	return st.st_ctim.tv_sec != then.tv_sec ? st.st_ctim.tv_sec > then.tv_sec : st.st_ctim.tv_nsec >= then.tv_nsec;
}

/* libapt compares sizes and whole seconds: a list or status that changed since our cache was written, in whatever way,
 * makes it worthless. */
static void drop_stale_caches()
{
	std::string whole = host.own + "pkgcache.bin", sources = host.own + "srcpkgcache.bin";
	struct stat st;
	if (stat(whole.c_str(), &st) == 0 && changed_after(_config->FindFile("Dir::State::status"), st.st_mtim))
		unlink(whole.c_str());
	if (stat(sources.c_str(), &st) < 0)
		return;
	/* not libapt's listing: that leaves out names with a ':' or '%', as those of servers with a port have */
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *const *names = nullptr;
	size_t n = 0;
	if (oak_fs_list(arena, host.lists.c_str(), "", &names, &n, nullptr) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (changed_after(host.lists + names[i], st.st_mtim)) {
			unlink(whole.c_str());
			unlink(sources.c_str());
			break;
		}
}

/* A cache of ours: built when something changed, kept for the next scan. */
static void use_own_cache()
{
	without_descriptions();
	if (!host.own.empty())
		drop_stale_caches();
	_config->Set("Dir::Cache", host.own.empty() ? "/dev/null/" : host.own);
	_config->Set("Dir::Cache::pkgcache", host.own.empty() ? "" : host.own + "pkgcache.bin");
	_config->Set("Dir::Cache::srcpkgcache", host.own.empty() ? "" : host.own + "srcpkgcache.bin");
}

/* Empty = done; else what libapt says. */
static std::string make_cache()
{
	host.cache = nullptr;
	host.map = nullptr;
	bool made = pkgCacheGenerator::MakeStatusCache(*host.sources, nullptr, &host.map, true) && host.map;
	if (made)
		host.cache = std::make_unique<pkgCache>(host.map);
	bool good = made && !_error->PendingError();
	std::string why = take_errors();
	return good ? "" : why.empty() ? "libapt gives no reason" : why;
}

void open_cache()
{
	use_own_cache();
	std::string why = make_cache();
	if (!why.empty() && !host.own.empty()) { /* a full disk, say: then without keeping anything */
		_config->Set("Dir::Cache::pkgcache", "");
		_config->Set("Dir::Cache::srcpkgcache", "");
		why = make_cache();
	}
	if (!why.empty())
		throw Failure(OAK_IO, "dpkg.cache", "cannot read the package lists: " + why);
}

void open_policy()
{
	host.policy = std::make_unique<pkgPolicy>(host.cache.get());
	ReadPinFile(*host.policy);
	ReadPinDir(*host.policy);
	std::string wrong = take_errors();
	host.source_error += (host.source_error.empty() || wrong.empty() ? "" : "; ") + wrong;
}

static void inputs(struct oak_arena *arena, struct oak_paths *ret)
{
	static const char *const files[] = {"Dir::Etc::main",	     "Dir::Etc::sourcelist", "Dir::Etc::preferences",
					    "Dir::Etc::trusted",     "Dir::Etc::netrc",	     "Dir::State::extended_states",
					    "Dir::State::status",    "Dir::Cache::pkgcache"};
	static const char *const folders[] = {"Dir::Etc::parts",	"Dir::Etc::sourceparts", "Dir::Etc::preferencesparts",
					      "Dir::Etc::trustedparts", "Dir::Etc::netrcparts",	 "Dir::State::lists"};
	std::set<std::string> paths;
	for (const char *key : files)
		paths.insert(_config->FindFile(key));
	for (const char *key : folders)
		paths.insert(_config->FindDir(key));
	open_sources();
	for (const metaIndex *release : *host.sources)
		for (const std::string &key : VectorizeString(release->GetSignedBy(), ','))
			if (!key.empty() && key[0] == '/') {
				paths.insert(key);
				paths.insert(host.root + key);
			}
	paths.insert(_config->FindDir("Dir::Etc") + "../machine-id");
	for (const std::string &path : paths)
		if (!path.empty() && path[0] == '/')
			*oak_push(arena, &ret->v) = oak_arena_strdup(arena, path.c_str());
}

} // namespace oak

int oak_apt_inputs(struct oak_arena *arena, struct oak_paths *ret, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.cache", [&] { oak::inputs(arena, ret); });
}

int oak_apt_start(const struct oak_apt_setup *setup, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.apt-config", [&] { oak::start(setup); });
}

const char *oak_apt_native_arch(void)
{
	static std::string arch;
	arch = _config->Find("APT::Architecture");
	return arch.c_str();
}

const void *oak_apt_libapt(void)
{
	return reinterpret_cast<const void *>(&pkgInitConfig);
}

int oak_apt_compare(const char *a, const char *b)
{
	return _system->VS->CmpVersion(a, b);
}
