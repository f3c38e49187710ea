/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apt's own downloading and signature checks, into a lists folder of ours; one failure does not stop the others. */
#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/strutl.h>

#include <time.h>

#include <map>

#include "scanners/dpkg/apt_host.hh"

namespace oak {

/* A mirror that sends less than 1 kB a second for as long as apt waits for a silent one (Acquire::http::Timeout) is
 * given up; apt itself waits as long as anything comes. */
enum { TIMEOUT_SECONDS = 30, STALL_BYTES_SECOND = 1024, PULSE_US = 200000 };

static int64_t now_seconds()
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Ends the download at the deadline or when nothing comes any more. */
class Watch : public pkgAcquireStatus {
public:
	explicit Watch(int64_t seconds)
		: deadline(now_seconds() + seconds), since(now_seconds()),
		  patience(_config->FindI("Acquire::http::Timeout", TIMEOUT_SECONDS))
	{
	}
	bool MediaChange(std::string, std::string) override { return false; }
	bool Pulse(pkgAcquire *owner) override
	{
		pkgAcquireStatus::Pulse(owner);
		int64_t now = now_seconds();
		int64_t left = CurrentCPS > 0 && TotalBytes > CurrentBytes ? (int64_t)((TotalBytes - CurrentBytes) / CurrentCPS) : -1;
		oak_progress_set(host.progress, OAK_PROGRESS_FETCH, (int64_t)CurrentItems, (int64_t)TotalItems, left);
		if (CurrentBytes >= mark + static_cast<unsigned long long>(patience * STALL_BYTES_SECOND) || CurrentItems != items) {
			mark = CurrentBytes;
			items = CurrentItems;
			since = now;
		}
		if (now >= deadline)
			why = "it took too long";
		else if (now - since > patience)
			why = "it sent less than 1 kB a second";
		return why.empty();
	}
	std::string why; /* it was ended for */

private:
	int64_t deadline, since, patience;
	unsigned long long mark = 0;
	unsigned long items = 0;
};

static bool is_local(const metaIndex *release)
{
	for (const char *scheme : {"file:", "copy:", "cdrom:"})
		if (APT::String::Startswith(release->GetURI(), scheme))
			return true;
	return false;
}

/* Only the lists of packages, each whole; hooks of the system are not ours to run. */
static void configure()
{
	_config->Clear("APT::Update");
	_config->Set("APT::Sandbox::User", "root"); /* the child has no rights that would need dropping */
	_config->Set("Acquire::Languages", "none");
	_config->Set("Acquire::PDiffs", "false");
	_config->Set("Acquire::GzipIndexes", "false");
	_config->Set("Acquire::IndexTargets::deb-src::Sources::DefaultEnabled", "false");
	_config->CndSet("Acquire::Retries", "1");
	const Configuration::Item *target = _config->Tree("Acquire::IndexTargets::deb");
	for (target = target ? target->Child : nullptr; target; target = target->Next)
		if (target->Tag != "Packages")
			_config->Set("Acquire::IndexTargets::deb::" + target->Tag + "::DefaultEnabled", "false");
}

class Refresh {
public:
	Refresh(struct oak_arena *a, struct oak_apt_refreshed *r) : arena(a), ret(r), text(a) {}
	void run(int64_t seconds);

private:
	void skip_remote();
	void fetch(Watch *watch);
	void read_messages();
	void fail(const metaIndex *release, const std::string &why, bool untrusted);
	const metaIndex *release_of(const std::string &uri) const;
	struct oak_arena *arena;
	struct oak_apt_refreshed *ret;
	Intern text;
	std::map<const metaIndex *, std::string> failed;
};

/* Words by which apt tells that what came is not to be believed, rather than that nothing came. */
static bool is_distrust(const std::string &why)
{
	static const char *const words[] = {"GPG error",	 "signature",	    "not signed",     "NO_PUBKEY",
					    "Hash Sum mismatch", "unexpected size", "is expired",     "is not valid yet",
					    "weak security",	 "Clearsigned",	    "changed its '"};
	for (const char *word : words)
		if (why.find(word) != std::string::npos)
			return true;
	return false;
}

void Refresh::fail(const metaIndex *release, const std::string &why, bool untrusted)
{
	if (!failed.emplace(release, why).second)
		return;
	*oak_push(arena, &ret->failed) =
		oak_problem{text(untrusted || is_distrust(why) ? "repository-untrusted" : "repository-failed"),
			    text(release_name(release)), text(why), nullptr};
}

const metaIndex *Refresh::release_of(const std::string &uri) const
{
	const metaIndex *best = nullptr;
	size_t length = 0;
	for (const metaIndex *release : *host.sources) {
		std::string dist = release->GetDist(), base = release->GetURI();
		base += dist.empty() || dist.back() != '/' ? "dists/" + dist + "/" : dist == "/" ? "" : dist;
		if (base.size() >= length && APT::String::Startswith(uri, base)) {
			best = release;
			length = base.size();
		}
	}
	return best;
}

void Refresh::skip_remote()
{
	std::vector<metaIndex *> all(host.sources->begin(), host.sources->end());
	for (metaIndex *release : all)
		if (host.no_network && !is_local(release)) {
			host.sources->drop(release);
			*oak_push(arena, &ret->failed) = oak_problem{text("not-refreshed"), text(release_name(release)),
								     text("the network must not be used (--no-network)"), nullptr};
		}
}

/* What apt says without an item that failed: a bad signature while older lists exist, say. */
void Refresh::read_messages()
{
	std::string message;
	while (!_error->empty(GlobalError::WARNING)) {
		_error->PopMessage(message);
		for (const metaIndex *release : *host.sources) {
			std::string name = URI::ArchiveOnly(release->GetURI()) + " " + release->GetDist() + " ";
			if (message.find(name) != std::string::npos && is_distrust(message))
				fail(release, message, true);
		}
	}
}

void Refresh::fetch(Watch *watch)
{
	pkgAcquire fetcher(watch);
	if (!fetcher.GetLock(host.lists))
		throw Failure(OAK_TRANSIENT, "dpkg.locked", "cannot lock '" + host.lists + "': " + take_errors(true) +
								   " (another refresh is running: try again later)");
	for (metaIndex *release : *host.sources)
		if (!release->GetIndexes(&fetcher))
			fail(release, take_errors(true), false);
	fetcher.Run(PULSE_US);
	for (auto item = fetcher.ItemsBegin(); item != fetcher.ItemsEnd(); ++item) {
		if ((*item)->Status == pkgAcquire::Item::StatDone)
			continue;
		const metaIndex *release = release_of((*item)->DescURI());
		std::string why = (*item)->ErrorText.empty() ? watch->why : (*item)->ErrorText;
		if (release)
			fail(release, why.empty() ? "it was not fetched" : why,
			     (*item)->Status == pkgAcquire::Item::StatAuthError);
	}
	read_messages();
	if (failed.empty() && host.sources->dropped.empty()) {
		fetcher.Clean(host.lists);
		fetcher.Clean(host.lists + "partial/");
	}
	take_errors(true);
}

void Refresh::run(int64_t seconds)
{
	configure();
	open_sources();
	skip_remote();
	Watch watch(seconds);
	if (!host.sources->empty())
		fetch(&watch);
	oak_progress_set(host.progress, OAK_PROGRESS_READ, 0, 0, -1);
	for (const metaIndex *release : *host.sources)
		if (!failed.count(release))
			*oak_push(arena, &ret->good) = text(release_name(release));
}

} // namespace oak

int oak_apt_refresh(struct oak_arena *arena, int64_t seconds, struct oak_apt_refreshed *ret, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.refresh", [&] { oak::Refresh(arena, ret).run(seconds); });
}
