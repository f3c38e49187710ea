/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction for wanted versions by apt's own solver: upgrades only, nothing removed, nothing held touched. */
#include <apt-pkg/algorithms.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/error.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/version.h>

#include <algorithm>
#include <map>

#include "scanners/dpkg/apt_host.hh"
#include "scanners/dpkg/apt_phasing.hh"
#include "scanners/dpkg/apt_repositories.hh"
#include "scanners/dpkg/apt_verify.hh"

namespace oak {

struct Want {
	const struct oak_want *asked;
	pkgCache::PkgIterator package;
	pkgCache::VerIterator version;
};

static std::string id_of(const struct oak_want *want)
{
	return std::string(want->name) + "." + (want->arch ? want->arch : "");
}

/* Packages in the order in which dpkg would unpack them. */
class Order : public pkgPackageManager {
public:
	explicit Order(pkgDepCache *cache) : pkgPackageManager(cache)
	{
		/* a package without an archive at hand would be ordered last */
		std::fill_n(FileNames, cache->Head().PackageCount, std::string("archive"));
	}
	std::vector<pkgCache::PkgIterator> unpacked;
	bool run() { return OrderInstall() != Failed; }

protected:
	bool Install(PkgIterator package, std::string) override
	{
		unpacked.push_back(package);
		return true;
	}
	bool Configure(PkgIterator) override { return true; }
	bool Remove(PkgIterator, bool) override { return true; }
};

class Resolver {
public:
	Resolver(struct oak_arena *a, struct oak_transaction *r) : arena(a), ret(r), text(a) {}
	void run(const struct oak_want *wants, size_t n);

private:
	bool find(const struct oak_want *asked, Want *want);
	void refuse(const struct oak_want *asked, const char *kind, const std::string &detail);
	bool solve(const std::vector<Want> &accepted, const std::vector<Want> &more);
	void split(std::vector<Want> *accepted, const std::vector<Want> &more);
	std::string cause(const Want &want);
	std::string cause_of(const pkgCache::VerIterator &version, int depth);
	std::string unmet(pkgCache::DepIterator &dep, const pkgCache::DepIterator &end, int depth);
	void actions(const std::vector<Want> &accepted);
	const char *pulled_by(const pkgCache::PkgIterator &package, const std::vector<Want> &accepted);
	struct oak_arena *arena;
	struct oak_transaction *ret;
	Intern text;
	std::unique_ptr<pkgDepCache> cache;
	std::unique_ptr<Repositories> repositories;
};

void Resolver::refuse(const struct oak_want *asked, const char *kind, const std::string &detail)
{
	*oak_push(arena, &ret->refused) = oak_problem{text(kind), text(id_of(asked)), text(detail), nullptr};
}

bool Resolver::find(const struct oak_want *asked, Want *want)
{
	std::string arch = asked->arch ? asked->arch : "";
	want->asked = asked;
	want->package = arch.empty() || arch == "all" ? host.cache->FindPkg(asked->name) : host.cache->FindPkg(asked->name, arch);
	if (want->package.end()) {
		refuse(asked, "NO_REPOSITORY", "no repository offers a package of that name and architecture");
		return false;
	}
	for (auto v = want->package.VersionList(); !v.end(); ++v)
		if (v.Downloadable() && host.cache->VS->CmpVersion(v.VerStr(), asked->evr) == 0) {
			want->version = v;
			if (want->package->SelectedState != pkgCache::State::Hold)
				return true;
			refuse(asked, "HELD", "dpkg holds the package");
			return false;
		}
	refuse(asked, "NO_LONGER_OFFERED", std::string("no repository offers version ") + asked->evr);
	return false;
}

/* A fresh state with these versions marked. True if nothing is broken and nothing would go. */
bool Resolver::solve(const std::vector<Want> &accepted, const std::vector<Want> &more)
{
	std::vector<Want> all(accepted);
	all.insert(all.end(), more.begin(), more.end());
	cache = std::make_unique<pkgDepCache>(host.cache.get(), host.policy.get());
	if (!cache->Init(nullptr))
		throw Failure(OAK_IO, "dpkg.resolve", "apt cannot read the installed packages: " + take_errors());
	if (cache->BrokenCount())
		throw Failure(OAK_CONFLICT, "dpkg.broken",
			      "installed packages have unmet dependencies (repair them first: apt-get --fix-broken install)");
	pkgDepCache::ActionGroup group(*cache);
	pkgProblemResolver fix(cache.get());
	for (auto p = host.cache->PkgBegin(); !p.end(); ++p)
		if (p->CurrentVer && p->SelectedState == pkgCache::State::Hold)
			fix.Protect(p);
	for (const Want &want : all) {
		cache->SetCandidateVersion(want.version);
		cache->MarkInstall(want.package, false, 0, false);
		fix.Clear(want.package);
		fix.Protect(want.package);
	}
	for (const Want &want : all)
		cache->MarkInstall(want.package, true, 0, false);
	bool ok = cache->BrokenCount() == 0 || fix.Resolve(true);
	take_errors(true);
	ok = ok && cache->BrokenCount() == 0 && cache->DelCount() == 0;
	for (const Want &want : all)
		ok = ok && cache->GetCandidateVersion(want.package) == want.version &&
		     ((*cache)[want.package].Install() || want.package.CurrentVer() == want.version);
	return ok;
}

/* Halves until the culprits stand alone: the rest goes on without them. */
void Resolver::split(std::vector<Want> *accepted, const std::vector<Want> &more)
{
	if (more.empty())
		return;
	if (solve(*accepted, more)) {
		accepted->insert(accepted->end(), more.begin(), more.end());
		return;
	}
	if (more.size() == 1) {
		refuse(more[0].asked, "BROKEN_DEPENDENCY", cause(more[0]));
		return;
	}
	auto middle = more.begin() + static_cast<std::ptrdiff_t>(more.size() / 2);
	split(accepted, std::vector<Want>(more.begin(), middle));
	split(accepted, std::vector<Want>(middle, more.end()));
}

static std::string words(pkgCache::DepIterator dep)
{
	std::string out = dep.TargetPkg().Name();
	if (dep.TargetVer())
		out += std::string(" (") + dep.CompType() + " " + dep.TargetVer() + ")";
	return out;
}

/* Why none of the alternatives from DEP to END can be had; empty = one can. */
std::string Resolver::unmet(pkgCache::DepIterator &dep, const pkgCache::DepIterator &end, int depth)
{
	std::string reasons, names;
	for (;; ++dep) {
		names += (names.empty() ? "" : " | ") + words(dep);
		auto target = dep.TargetPkg();
		bool held = target->CurrentVer && target->SelectedState == pkgCache::State::Hold;
		std::unique_ptr<pkgCache::Version *[]> all(dep.AllTargets());
		std::string why = "no repository offers it";
		for (pkgCache::Version **v = all.get(); *v; v++) {
			pkgCache::VerIterator version(*host.cache, *v);
			if (version.ParentPkg().CurrentVer() == version)
				return "";
			if (held) {
				why = std::string(target.Name()) + " is held at " + target.CurrentVer().VerStr();
				continue;
			}
			std::string deeper = depth > 0 ? cause_of(version, depth - 1) : "";
			if (deeper.empty())
				return "";
			why = deeper;
		}
		reasons += (reasons.empty() ? "" : "; ") + why;
		if (dep == end)
			break;
	}
	return "needs " + names + ": " + reasons;
}

/* First dependency of VERSION that cannot be met, and why not. */
std::string Resolver::cause_of(const pkgCache::VerIterator &version, int depth)
{
	std::string name = std::string(version.ParentPkg().Name()) + " " + version.VerStr() + " ";
	for (auto dep = version.DependsList(); !dep.end(); ++dep) {
		pkgCache::DepIterator start, end;
		dep.GlobOr(start, end);
		if (start->Type == pkgCache::Dep::Depends || start->Type == pkgCache::Dep::PreDepends) {
			std::string why = unmet(start, end, depth);
			if (!why.empty())
				return name + why;
		} else if (start->Type == pkgCache::Dep::Conflicts || start->Type == pkgCache::Dep::DpkgBreaks) {
			auto target = start.TargetPkg();
			auto now = target.CurrentVer();
			if (target == version.ParentPkg() || now.end() || !start.IsSatisfied(now))
				continue;
			auto next = cache->GetCandidateVersion(target);
			bool moves = !next.end() && next != now && !start.IsSatisfied(next) &&
				     target->SelectedState != pkgCache::State::Hold;
			if (!moves)
				return name + (start->Type == pkgCache::Dep::Conflicts ? "conflicts with " : "breaks ") +
				       words(start) + ", which is installed as " + now.VerStr();
		}
		if (dep.end())
			break;
	}
	return "";
}

std::string Resolver::cause(const Want &want)
{
	std::string why = cause_of(want.version, 6);
	if (!why.empty())
		return why;
	std::string gone;
	for (auto p = host.cache->PkgBegin(); !p.end() && gone.size() < 200; ++p)
		if ((*cache)[p].Delete())
			gone += (gone.empty() ? "" : ", ") + std::string(p.Name());
	return gone.empty() ? "apt finds no way to install it beside the other packages" : "it would remove " + gone;
}

/* The wanted package, or else the pulled-in one, that depends on PACKAGE. */
const char *Resolver::pulled_by(const pkgCache::PkgIterator &package, const std::vector<Want> &accepted)
{
	auto depends = [&](const pkgCache::VerIterator &v) {
		for (auto dep = v.DependsList(); !dep.end(); ++dep)
			if (dep.TargetPkg() == package && dep.IsCritical())
				return true;
		return false;
	};
	for (const Want &want : accepted)
		if (depends(want.version))
			return text(want.package.Name());
	for (auto p = host.cache->PkgBegin(); !p.end(); ++p)
		if ((*cache)[p].Install() && p != package && depends((*cache)[p].InstVerIter(*cache)))
			return text(p.Name());
	return nullptr;
}

void Resolver::actions(const std::vector<Want> &accepted)
{
	Order order(cache.get());
	if (!order.run())
		throw Failure(OAK_IO, "dpkg.resolve", "apt cannot order the transaction: " + take_errors());
	std::set<map_id_t> wanted, done;
	for (const Want &want : accepted)
		wanted.insert(want.package->ID);
	for (const auto &p : order.unpacked) {
		if (!done.insert(p->ID).second)
			continue;
		auto to = (*cache)[p].InstVerIter(*cache);
		auto from = p.CurrentVer();
		struct oak_action *a = oak_push(arena, &ret->actions);
		*a = oak_action{};
		int sign = from.end() ? 1 : host.cache->VS->CmpVersion(to.VerStr(), from.VerStr());
		a->kind = from.end() ? OAK_ACTION_INSTALL : sign < 0 ? OAK_ACTION_DOWNGRADE : OAK_ACTION_UPGRADE;
		a->name = text(p.Name());
		a->arch = text(to.Arch());
		a->from = from.end() ? nullptr : text(from.VerStr());
		a->to = text(to.VerStr());
		a->download_bytes = static_cast<int64_t>(to->Size);
		a->disk_bytes = static_cast<int64_t>(to->InstalledSize) - (from.end() ? 0 : static_cast<int64_t>(from->InstalledSize));
		a->asked = wanted.count(p->ID) > 0;
		a->pulled_by = a->asked ? nullptr : pulled_by(p, accepted);
		for (auto file = to.FileList(); !file.end() && !a->repository; ++file)
			if (const Repository *r = repositories->of(file.File()))
				a->repository = text(r->id);
	}
}

void Resolver::run(const struct oak_want *wants, size_t n)
{
	Verifier verifier;
	open_good(&verifier);
	const struct oak_apt_age age = {};
	repositories = std::make_unique<Repositories>(oak_inventory_new(arena), &age);
	repositories->add_all(verifier.wrong);
	repositories->bind();
	std::vector<Want> found, accepted;
	for (size_t i = 0; i < n; i++) {
		Want want;
		if (find(&wants[i], &want))
			found.push_back(want);
	}
	split(&accepted, found);
	if (!solve(accepted, {}))
		throw Failure(OAK_BUG, "dpkg.resolve", "apt no longer finds the transaction that it found before");
	actions(accepted);
}

} // namespace oak

int oak_apt_resolve(const struct oak_want *wants, size_t n, struct oak_arena *arena, struct oak_transaction *ret,
		    struct oak_error *err)
{
	return oak::guarded(err, "dpkg.resolve", [&] { oak::Resolver(arena, ret).run(wants, n); });
}
