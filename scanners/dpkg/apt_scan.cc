/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages and every available version above them, from libapt's cache and policy; no dependency cache. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/tagfile.h>
#include <apt-pkg/version.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "scanners/dpkg/apt_access.hh"
#include "scanners/dpkg/apt_phasing.hh"
#include "scanners/dpkg/apt_repositories.hh"
#include "scanners/dpkg/apt_verify.hh"

namespace oak {

/* Packages that extended_states marks as auto-installed, as "name:arch". */
static std::unordered_set<std::string> automatic_packages()
{
	std::unordered_set<std::string> found;
	std::string path = _config->FindFile("Dir::State::extended_states");
	FileFd file;
	if (!RealFileExists(path) || !file.Open(path, FileFd::ReadOnly, FileFd::Extension)) {
		take_errors(true);
		return found;
	}
	pkgTagFile tags(&file);
	pkgTagSection section;
	while (tags.Step(section))
		if (section.FindI("Auto-Installed", 0) > 0) {
			std::string arch = section.FindS("Architecture");
			found.insert(section.FindS("Package") + ":" +
				     (arch.empty() || arch == "all" ? _config->Find("APT::Architecture") : arch));
		}
	take_errors(true);
	return found;
}

class Scan {
public:
	Scan(struct oak_inventory *i, const Repositories *r, bool e)
		: inventory(i), repositories(r), esm_only(e), text(i->arena), automatic(automatic_packages())
	{
		std::string status = _config->FindFile("Dir::State::status");
		info = open((status.substr(0, status.rfind('/')) + "/info").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	~Scan()
	{
		if (info >= 0)
			close(info);
	}
	void all();

private:
	void package(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current);
	void updates(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current, struct oak_package *installed);
	void others(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current);
	struct oak_update *update(const pkgCache::VerIterator &v);
	void successors(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &v);
	const char *refused(const pkgCache::VerIterator &v, const pkgCache::VerIterator &current,
			    const pkgCache::VerIterator &candidate, struct oak_package *installed);
	const char *source(const pkgCache::VerIterator &v);
	oak_time installed_at(const pkgCache::PkgIterator &p) const;
	bool offered(const pkgCache::VerIterator &v) const;
	void locate();

	struct oak_inventory *inventory;
	const Repositories *repositories;
	bool esm_only;
	Intern text;
	std::unordered_set<std::string> automatic;
	int info;
	struct Place { /* where an update's record is; its index, since the array may move */
		pkgCache::VerFileIterator record;
		const Repository *repository;
		size_t update;
	};
	std::vector<Place> places;
};

/* "name", and its version where that differs. */
const char *Scan::source(const pkgCache::VerIterator &v)
{
	const char *name = v.SourcePkgName(), *version = v.SourceVerStr();
	if (strcmp(version, v.VerStr()) == 0)
		return text(name);
	return text(std::string(name) + " (" + version + ")");
}

/* dpkg writes the list of a package's files when it unpacks it. */
oak_time Scan::installed_at(const pkgCache::PkgIterator &p) const
{
	struct stat st;
	std::string name = std::string(p.Name()) + ".list", with_arch = std::string(p.Name()) + ":" + p.Arch() + ".list";
	if (info < 0 || (fstatat(info, name.c_str(), &st, 0) < 0 && fstatat(info, with_arch.c_str(), &st, 0) < 0))
		return OAK_TIME_NONE;
	return st.st_mtim.tv_sec;
}

bool Scan::offered(const pkgCache::VerIterator &v) const
{
	for (auto file = v.FileList(); !file.end(); ++file)
		if (repositories->of(file.File()))
			return true;
	return false;
}

void Scan::package(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current)
{
	struct oak_package *out = oak_push(inventory->arena, &inventory->packages);
	oak_package_init(out);
	out->name = text(p.Name());
	out->arch = strcmp(current.Arch(), "none") == 0 ? oak_arena_strdup(inventory->arena, "") : text(current.Arch());
	out->evr = text(current.VerStr());
	out->source = source(current);
	out->installed_at = installed_at(p);
	out->hold = p->SelectedState == pkgCache::State::Hold;
	out->automatic = automatic.count(std::string(p.Name()) + ":" + p.Arch()) > 0;
	if (!offered(current) && repositories->usable) {
		bool other = false;
		for (auto v = p.VersionList(); !v.end() && !other; ++v)
			other = offered(v);
		out->offered = text(other ? "other" : "none");
	}
	for (auto file = current.FileList(); !file.end(); ++file)
		if (const Repository *r = repositories->of(file.File()))
			*oak_push(inventory->arena, &out->origins) = r->id;
	if (out->origins.n) {
		out->section = text(current.Section());
		out->priority = text(current.PriorityType());
	}
	updates(p, current, out);
}

static std::string priority_of(const pkgCache::VerIterator &v)
{
	return std::string(v.VerStr()) + " has priority " + std::to_string(host.policy->GetPriority(v, true));
}

/* Why apt would not go to V by itself; nullptr = it would, or a pin in front of everything newer says no, which is then
 * the package's own matter. */
const char *Scan::refused(const pkgCache::VerIterator &v, const pkgCache::VerIterator &current,
			  const pkgCache::VerIterator &candidate, struct oak_package *installed)
{
	int priority = host.policy->GetPriority(v, true), own = host.policy->GetPriority(current, true);
	bool moves = !candidate.end() && host.cache->VS->CmpVersion(candidate.VerStr(), current.VerStr()) > 0;
	bool beyond = !moves || host.cache->VS->CmpVersion(v.VerStr(), candidate.VerStr()) > 0;
	if (priority > 0 && !beyond && priority >= own)
		return nullptr;
	std::string words = "apt prefers another version: " + priority_of(v) + ", " +
			    priority_of(moves && beyond ? candidate : current);
	bool by_itself = false; /* some archive of it is meant for everyone */
	for (auto file = v.FileList(); !file.end(); ++file)
		by_itself |= repositories->of(file.File()) && !file.File().Flagged(pkgCache::Flag::NotAutomatic);
	if (moves || !by_itself)
		return text(words);
	installed->pin = text(words);
	return nullptr;
}

struct oak_update *Scan::update(const pkgCache::VerIterator &v)
{
	struct oak_update *out = oak_push(inventory->arena, &inventory->updates);
	oak_update_init(out);
	out->name = text(v.ParentPkg().Name());
	out->arch = text(v.Arch());
	out->evr = text(v.VerStr());
	out->source = source(v);
	out->section = text(v.Section());
	out->priority = text(v.PriorityType());
	out->size = static_cast<int64_t>(v->Size);
	bool free = false, placed = false;
	for (auto file = v.FileList(); !file.end(); ++file) {
		const Repository *r = repositories->of(file.File());
		if (!r)
			continue;
		if (!placed)
			places.push_back(Place{file, r, inventory->updates.n - 1});
		placed = true;
		size_t i = 0; /* a security origin first: it decides the classification */
		*oak_push(inventory->arena, &out->origins) = r->id;
		for (i = out->origins.n - 1; r->security && i > 0; i--)
			out->origins.v[i] = out->origins.v[i - 1];
		out->origins.v[i] = r->id;
		out->security |= r->security;
		free |= !r->esm;
	}
	if (esm_only || (!free && out->origins.n && repositories->detached))
		out->needs_subscription = text("Ubuntu Pro");
	out->phase_percent = static_cast<int>(phase_percent(v) % 100);
	out->phased = is_phased_out(v, host.root == "/");
	return out;
}

static bool is_kernel(const char *name)
{
	static const char *const prefixes[] = {"linux-image-", "linux-headers-", "linux-modules-", "linux-image-unsigned-"};
	for (const char *prefix : prefixes)
		if (strncmp(name, prefix, strlen(prefix)) == 0 && name[strlen(prefix)] >= '0' && name[strlen(prefix)] <= '9')
			return true;
	return false;
}

/* What a metapackage's new version brings that is not installed in any version: a kernel of a new ABI. */
void Scan::successors(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &v)
{
	for (auto dep = v.DependsList(); !dep.end(); ++dep) {
		auto target = dep.TargetPkg();
		if (dep->Type != pkgCache::Dep::Depends || !is_kernel(target.Name()) || target->CurrentVer != 0)
			continue;
		auto candidate = host.policy->GetCandidateVer(target);
		if (candidate.end() || !offered(candidate) ||
		    !host.cache->VS->CheckDep(candidate.VerStr(), dep->CompareOp, dep.TargetVer()))
			continue;
		bool known = false;
		for (size_t i = 0; i < inventory->updates.n; i++)
			known |= oak_streq(inventory->updates.v[i].name, target.Name());
		if (!known)
			update(candidate)->successor_of = text(p.Name());
	}
}

void Scan::updates(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current, struct oak_package *installed)
{
	auto candidate = host.policy->GetCandidateVer(p);
	for (auto v = p.VersionList(); !v.end() && v != current; ++v) {
		if (!offered(v) || host.cache->VS->CmpVersion(v.VerStr(), current.VerStr()) <= 0)
			continue;
		struct oak_update *out = update(v);
		if (!out->phased && !out->needs_subscription && !esm_only)
			out->policy = refused(v, current, candidate, installed);
		if (!esm_only)
			successors(p, v);
	}
}

/* What the repositories offer besides updates: for a snapshot that other hosts will use. */
void Scan::others(const pkgCache::PkgIterator &p, const pkgCache::VerIterator &current)
{
	for (auto v = p.VersionList(); !v.end(); ++v)
		if (offered(v) && (current.end() || host.cache->VS->CmpVersion(v.VerStr(), current.VerStr()) <= 0))
			update(v);
}

/* Address and hash of each update's file, read in the order of the lists: they may be compressed, and are read on. */
void Scan::locate()
{
	std::sort(places.begin(), places.end(), [](const Place &a, const Place &b) {
		return a.record->File != b.record->File ? a.record->File < b.record->File : a.record->Offset < b.record->Offset;
	});
	pkgRecords records(*host.cache);
	auto access = host.access ? std::make_unique<Access>(inventory) : nullptr;
	for (const Place &place : places) {
		auto &parser = records.Lookup(place.record);
		struct oak_update *u = &inventory->updates.v[place.update];
		const HashStringList hashes = parser.Hashes();
		const HashString *sha256 = hashes.find("SHA256");
		if (!parser.FileName().empty())
			u->uri = text(place.repository->base + parser.FileName());
		if (access && u->uri)
			u->access = access->to(u->uri, place.repository->source);
		if (sha256)
			u->sha256 = text(sha256->HashValue());
	}
	take_errors(true);
}

void Scan::all()
{
	for (auto p = host.cache->PkgBegin(); !p.end(); ++p) {
		auto current = p.CurrentVer();
		if (host.all_versions && !esm_only)
			others(p, current);
		if (current.end())
			continue;
		if (esm_only)
			updates(p, current, nullptr);
		else
			package(p, current);
	}
	locate();
}

static void scan(struct oak_inventory *inventory, const struct oak_apt_age *age, bool esm)
{
	Verifier verifier;
	open_good(&verifier);
	Repositories repositories(inventory, age);
	if (!host.source_error.empty() && !esm)
		add_problem(inventory, "sources-invalid", _config->FindDir("Dir::Etc"), host.source_error,
			    "correct the file; what could be read of the sources and preferences was used");
	repositories.add_all(verifier.wrong);
	repositories.bind();
	for (const auto &[name, why] : verifier.wrong)
		add_problem(inventory, "repository-untrusted", name, why, "refresh the lists: apt-get update, or oakum scan --refresh");
	for (const auto &[name, why] : verifier.unchecked)
		add_problem(inventory, "signature-unchecked", name, why + ": its lists count as apt left them", nullptr);
	if (repositories.usable == 0 && !verifier.wrong.empty() && !esm)
		throw Failure(OAK_UNTRUSTED, "dpkg.untrusted",
			      "no repository can be used: " + verifier.wrong.begin()->first + ": " + verifier.wrong.begin()->second +
				      " (refresh the lists: apt-get update, or oakum scan --refresh)");
	Scan(inventory, &repositories, esm).all();
}

} // namespace oak

int oak_apt_scan(struct oak_inventory *inventory, const struct oak_apt_age *age, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.cache", [&] { oak::scan(inventory, age, false); });
}

int oak_apt_scan_esm(struct oak_inventory *inventory, const struct oak_apt_age *age, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.cache", [&] { oak::scan(inventory, age, true); });
}
