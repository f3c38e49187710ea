/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How apt itself would get a package file: its proxy, credentials and certificates for that very address. */
#ifndef OAK_SCANNERS_DPKG_APT_ACCESS_HH
#define OAK_SCANNERS_DPKG_APT_ACCESS_HH

#include <apt-pkg/fileutl.h>
#include <apt-pkg/strutl.h>

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scanners/dpkg/apt_host.hh"

namespace oak {

class Access {
public:
	explicit Access(struct oak_inventory *inventory);
	/* Where in the inventory's accesses the way to URI is, counted from 1. SOURCE is the address as the sources have it:
	 * it may carry a user and a password. 0 = URI is nothing that is fetched. */
	size_t to(const std::string &uri, const std::string &source);

private:
	enum { PROXY, USER, PASSWORD, CA_FILE, CLIENT_CERT, CLIENT_KEY, COUNT };
	void add_login(::URI *uri);
	std::string proxy(::URI uri);
	struct oak_inventory *inventory;
	std::vector<std::unique_ptr<FileFd>> logins; /* auth.conf and its folder */
	std::set<std::string> asked;                 /* hosts for which a detector of proxies was run */
	std::map<std::array<std::string, COUNT>, size_t> known;
};

/* Certificates that the configuration of another root names lie below that root. */
void keep_certificates_below(const std::string &root);

} // namespace oak
#endif
