/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One repository per release and component, with and without metadata. */
#include "scanners/dpkg/apt_repositories.hh"

#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/strutl.h>

#include <cstring>

namespace oak {

std::string repository_id(const metaIndex *release, const std::string &component)
{
	std::string uri = release_uri(release);
	size_t scheme = uri.find("://");
	if (scheme != std::string::npos)
		uri = uri.substr(scheme + 3);
	else if ((scheme = uri.find(':')) != std::string::npos)
		uri = uri.substr(scheme + 1);
	while (!uri.empty() && uri.back() == '/')
		uri.pop_back();
	std::string id = uri + "/" + release->GetDist();
	while (!id.empty() && id.back() == '/')
		id.pop_back();
	return component.empty() ? id : id + "/" + component;
}

std::string list_file(const IndexTarget &target)
{
	std::string plain = target.Option(IndexTarget::FILENAME);
	return FileExists(plain) ? plain : target.Option(IndexTarget::EXISTING_FILENAME);
}

static bool has(const std::string &text, const char *part)
{
	return text.find(part) != std::string::npos;
}

/* patch-semantics (b.4): the archive's name says security, or it is Debian's security archive by its label. */
static bool is_security(const metaIndex *release)
{
	return has(release->GetSuite(), "security") || has(release->GetDist(), "security") ||
	       has(release->GetCodename(), "security") || release->GetLabel() == "Debian-Security";
}

static bool is_esm(const metaIndex *release)
{
	return APT::String::Startswith(release->GetOrigin(), "UbuntuESM") || has(release->GetURI(), "//esm.ubuntu.com/");
}

oak_time Repositories::fetched(const std::string &name) const
{
	for (size_t i = 0; i < age->stamp_count; i++)
		if (name == age->stamps[i].release)
			return age->stamps[i].fetched;
	return age->fetched;
}

/* It could not be refreshed now; what is there from before is still used. */
const char *Repositories::refresh_error(const std::string &name) const
{
	for (size_t i = 0; i < age->failed_count; i++)
		if (name == age->failed[i].subject && strcmp(age->failed[i].kind, "not-refreshed") != 0)
			return age->failed[i].detail;
	return nullptr;
}

void Repositories::add_component(metaIndex *release, const std::string &component, const char *error, bool there)
{
	std::string key = release_name(release) + " " + component;
	if (by_id.count(key))
		return;
	struct oak_repository *r = oak_push(inventory->arena, &inventory->repositories);
	oak_repository_init(r);
	r->id = text(repository_id(release, component));
	for (size_t i = 0; i + 1 < inventory->repositories.n; i++)
		if (oak_streq(inventory->repositories.v[i].id, r->id)) /* http and https of one place */
			r->id = text(std::string(r->id) + "#" + std::to_string(i));
	r->uri = text(release_uri(release));
	r->suite = text(release->GetSuite().empty() ? release->GetDist() : release->GetSuite());
	r->codename = text(release->GetCodename());
	r->label = text(release->GetLabel());
	r->component = text(component);
	r->enabled = true;
	r->trusted = !error && release->IsTrusted();
	r->error = text(error ? error : refresh_error(release_name(release)));
	bool security = r->trusted && is_security(release);
	r->advisories = security;
	r->release_date = release->GetDate() ? release->GetDate() : OAK_TIME_NONE;
	r->valid_until = release->GetValidUntil() ? release->GetValidUntil() : OAK_TIME_NONE;
	r->fetched_at = error || !there ? OAK_TIME_NONE : fetched(release_name(release));
	by_id[key] = Repository{r->id, security, is_esm(release), release_uri(release), release->GetURI()};
}

void Repositories::add_release(metaIndex *release, const char *error)
{
	std::string file = release_file(release), reason;
	if (!file.empty() && !error && !release->Load(file, &reason) && !error)
		error = text("its Release file cannot be read: " + (reason.empty() ? take_errors() : reason));
	take_errors(true);
	std::map<std::string, bool> present; /* component -> a list of it is there */
	for (const auto &target : release->GetIndexTargets())
		if (target.Option(IndexTarget::CREATED_BY) == "Packages")
			present[target.Option(IndexTarget::COMPONENT)] |= !list_file(target).empty();
	for (const auto &[component, there] : present) {
		add_component(release, component, error, there);
		usable += !error && there;
	}
}

/* Ubuntu Pro writes its credentials here when the host is attached. */
static bool is_attached()
{
	return FileExists(_config->FindDir("Dir::Etc::netrcparts") + "90ubuntu-advantage") ||
	       FileExists(host.root + "/var/lib/ubuntu-advantage/private/machine-token.json");
}

void Repositories::add_all(const std::map<std::string, std::string> &wrong)
{
	detached = !is_attached();
	for (metaIndex *release : *host.sources) {
		auto at = wrong.find(release_name(release));
		add_release(release, at == wrong.end() ? nullptr : at->second.c_str());
	}
	for (metaIndex *release : host.sources->dropped) {
		auto at = wrong.find(release_name(release));
		add_release(release, at == wrong.end() ? "it was left out" : at->second.c_str());
	}
}

void Repositories::bind()
{
	std::map<std::string, const Repository *> by_path;
	for (metaIndex *release : *host.sources)
		for (const auto &target : release->GetIndexTargets()) {
			auto at = by_id.find(release_name(release) + " " + target.Option(IndexTarget::COMPONENT));
			if (target.Option(IndexTarget::CREATED_BY) == "Packages" && at != by_id.end())
				by_path[list_file(target)] = &at->second;
		}
	by_file.assign(host.cache->Head().PackageFileCount, nullptr);
	for (auto file = host.cache->FileBegin(); !file.end(); ++file) {
		auto at = by_path.find(file.FileName());
		if (at != by_path.end())
			by_file[file->ID] = at->second;
	}
}

const Repository *Repositories::of(const pkgCache::PkgFileIterator &file) const
{
	return by_file[file->ID];
}

} // namespace oak
