/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the lists still what their signed Release files say? Checked once per change of a file, in a process beside. */
#ifndef OAK_SCANNERS_DPKG_APT_VERIFY_HH
#define OAK_SCANNERS_DPKG_APT_VERIFY_HH

#include <sys/types.h>

#include <map>

#include "scanners/dpkg/apt_host.hh"

namespace oak {

/* apt checks signatures when it downloads, never again: a list cut short or changed since would be believed. */
class Verifier {
public:
	/* Look up what is known already; start a process for the rest. */
	void begin();
	/* Wait for it. */
	void end();
	/* "URI DIST" -> what is wrong with it. */
	std::map<std::string, std::string> wrong;
	/* Releases that could not be checked, with the reason: they count as apt left them. */
	std::map<std::string, std::string> unchecked;

private:
	void note(const std::string &name, const std::string &verdict);
	void load();
	void save() const;
	std::map<std::string, std::string> keys;   /* release -> signature of its files */
	std::map<std::string, std::string> known;  /* signature -> verdict */
	std::vector<metaIndex *> open;
	pid_t pid = 0;
	int pipe = -1;
};

/* Open what can be used; a release that turns out to be damaged is left out and the cache made again. */
void open_good(Verifier *verifier);

} // namespace oak
#endif
