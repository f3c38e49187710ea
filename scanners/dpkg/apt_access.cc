/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apt's settings per address, looked up in the order of apt's own http method. */
#include "scanners/dpkg/apt_access.hh"

#include <apt-pkg/configuration.h>
#include <apt-pkg/netrc.h>
#include <apt-pkg/proxy.h>

#include <unistd.h>

#include <cstdlib>

extern "C" {
#include "core/http.h"
}

namespace oak {

/* What is set for the host comes first; https takes http's settings where it has none of its own. */
static std::string setting(const ::URI &uri, const std::string &key)
{
	std::vector<std::string> methods = {"http"};
	if (uri.Access == "https")
		methods.insert(methods.begin(), "https");
	for (const std::string &of : {"::" + uri.Host, std::string()})
		for (const std::string &method : methods) {
			std::string value = _config->Find("Acquire::" + method + of + "::" + key);
			if (!value.empty())
				return value;
		}
	return "";
}

static std::string environment(const char *name)
{
	const char *value = getenv(name);
	return value ? value : "";
}

Access::Access(struct oak_inventory *i) : inventory(i)
{
	std::vector<std::string> files = {_config->FindFile("Dir::Etc::netrc")};
	std::string parts = _config->FindDir("Dir::Etc::netrcparts");
	if (DirectoryExists(parts))
		for (const std::string &file : GetListOfFilesInDir(parts, "conf", true, true))
			files.push_back(file);
	for (const std::string &file : files) {
		auto fd = std::make_unique<FileFd>();
		if (RealFileExists(file) && access(file.c_str(), R_OK) == 0 && fd->Open(file, FileFd::ReadOnly))
			logins.push_back(std::move(fd));
	}
	take_errors(true);
}

/* The first file that knows the address decides; nothing for one that brings its own. */
void Access::add_login(::URI *uri)
{
	for (auto &file : logins)
		if (file->Seek(0))
			MaybeAddAuth(*file, *uri);
	take_errors(true);
}

/* Empty = none. */
std::string Access::proxy(::URI uri)
{
	if (asked.insert(uri.Access + "://" + uri.Host).second) {
		AutoDetectProxy(uri); /* becomes a setting of the host */
		take_errors(true);
	}
	std::string text = setting(uri, "Proxy::" + uri.Host), none = environment("no_proxy");
	if (text.empty())
		text = setting(uri, "Proxy");
	if (text.empty() && uri.Access == "https")
		text = environment("https_proxy");
	if (text.empty())
		text = environment("http_proxy");
	::URI proxy(text);
	if (text.empty() || text == "DIRECT" || proxy.Host.empty() || (!none.empty() && CheckDomainList(uri.Host, none)))
		return "";
	add_login(&proxy);
	return proxy;
}

size_t Access::to(const std::string &text, const std::string &source)
{
	::URI uri(text), given(source);
	if (uri.Access != "http" && uri.Access != "https")
		return 0;
	uri.User = given.User;
	uri.Password = given.Password;
	add_login(&uri);
	std::array<std::string, COUNT> way;
	way[PROXY] = proxy(uri);
	way[USER] = uri.User;
	way[PASSWORD] = uri.Password;
	if (uri.Access == "https") {
		way[CA_FILE] = setting(uri, "CaInfo");
		way[CLIENT_CERT] = setting(uri, "SslCert");
		way[CLIENT_KEY] = way[CLIENT_CERT].empty() ? "" : setting(uri, "SslKey");
	}
	auto [at, fresh] = known.emplace(way, inventory->accesses.n + 1);
	if (fresh) {
		auto copy = [&](size_t i) { return way[i].empty() ? nullptr : oak_arena_strdup(inventory->arena, way[i].c_str()); };
		*oak_push(inventory->arena, &inventory->accesses) =
			oak_http_access{oak_arena_strdup(inventory->arena, way[PROXY].c_str()), copy(USER), copy(PASSWORD),
					copy(CA_FILE), copy(CLIENT_CERT), copy(CLIENT_KEY)};
	}
	return at->second;
}

static void keep_below(const std::string &root, const Configuration::Item *item)
{
	for (; item; item = item->Next) {
		bool ca = strcasecmp(item->Tag.c_str(), "CaInfo") == 0;
		bool own = strcasecmp(item->Tag.c_str(), "SslCert") == 0 || strcasecmp(item->Tag.c_str(), "SslKey") == 0;
		/* this machine's own certificates are never shown for another root; its CAs may be lent */
		if ((ca || own) && !item->Value.empty() && item->Value[0] == '/' && (own || FileExists(root + item->Value)))
			_config->Set(item->FullTag(), root + item->Value);
		keep_below(root, item->Child);
	}
}

void keep_certificates_below(const std::string &root)
{
	for (const char *method : {"Acquire::http", "Acquire::https"})
		if (const Configuration::Item *top = _config->Tree(method))
			keep_below(root, top->Child);
}

} // namespace oak
