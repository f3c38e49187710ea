/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apt keeps this rule in a class of its own without an interface; the same arithmetic, from the same library. */
#define APT_COMPILING_APT /* the percentage is in the cache, its accessor only in the library's own view of the header */
#include "scanners/dpkg/apt_phasing.hh"

#include <apt-pkg/configuration.h>
#include <apt-pkg/strutl.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "scanners/dpkg/c_core.hh"


namespace oak {

static bool is_security_update(const pkgCache::VerIterator &version)
{
	auto package = version.ParentPkg();
	auto installed = package.CurrentVer();
	auto other = package.VersionList();
	while (!other.end() && other->ID != version->ID)
		++other;
	for (++other; !other.end() && (installed.end() || other->ID != installed->ID); ++other)
		for (auto file = other.FileList(); !file.end(); ++file)
			if (file.File() && file.File().Archive() && APT::String::Endswith(file.File().Archive(), "-security"))
				return true;
	return false;
}

static bool asks(const char *what)
{
	return _config->FindB(std::string("APT::Get::") + what, _config->FindB(std::string("Update-Manager::") + what, false));
}

unsigned phase_percent(const pkgCache::VerIterator &version)
{
	return version.PhasedUpdatePercentage();
}

/* As apt asks: inside a chroot, a build say, every phase is taken. */
static bool in_chroot()
{
	static const char *const argv[] = {"ischroot", "-t", nullptr};
	static int answer = -1;
	if (answer < 0) {
		struct oak_exec command = {};
		struct oak_exec_result result = {};
		command.argv = argv;
		command.timeout_s = 10;
		answer = oak_exec(&command, &result, nullptr) == 0 && result.code == 0;
	}
	return answer > 0;
}

/* The examined system's, where apt looks for it. */
static std::string machine_id()
{
	std::string id = _config->Find("APT::Machine-ID"), file = _config->FindFile("Dir::Etc::machine-id");
	if (!id.empty())
		return id;
	std::ifstream in(file.empty() ? _config->FindDir("Dir::Etc") + "../machine-id" : file);
	std::getline(in, id);
	return id;
}

bool is_phased_out(const pkgCache::VerIterator &version, bool here)
{
	bool by_policy = _config->FindB("APT::Get::Phase-Policy", false); /* apt's newer way knows no exemption */
	if (version.PhasedUpdatePercentage() == 100 || (!by_policy && is_security_update(version)))
		return false;
	if (asks("Always-Include-Phased-Updates"))
		return false;
	if (asks("Never-Include-Phased-Updates"))
		return true;
	std::string machine = machine_id();
	if (machine.empty() || getenv("SOURCE_DATE_EPOCH") || (here && in_chroot()))
		return false;
	std::string text = std::string(version.SourcePkgName()) + "-" + version.SourceVerStr() + "-" + machine;
	std::seed_seq seed(text.begin(), text.end());
	std::minstd_rand random(seed);
	std::uniform_int_distribution<unsigned int> dist(0, 100);
	return dist(random) > version.PhasedUpdatePercentage();
}

} // namespace oak
