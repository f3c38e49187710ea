/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apt keeps this rule in a class of its own without an interface; the same arithmetic, from the same library. */
#include "scanners/dpkg/apt_phasing.hh"

#include <apt-pkg/aptconfiguration.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/strutl.h>

#include <cstdlib>
#include <random>
#include <string>

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

bool is_phased_out(const pkgCache::VerIterator &version, bool here)
{
	bool by_policy = _config->FindB("APT::Get::Phase-Policy", false); /* apt's newer way knows no exemption */
	if (version.PhasedUpdatePercentage() == 100 || (!by_policy && is_security_update(version)))
		return false;
	if (asks("Always-Include-Phased-Updates"))
		return false;
	if (asks("Never-Include-Phased-Updates"))
		return true;
	std::string machine = APT::Configuration::getMachineID();
	if (machine.empty() || getenv("SOURCE_DATE_EPOCH") || (here && APT::Configuration::isChroot()))
		return false;
	std::string text = std::string(version.SourcePkgName()) + "-" + version.SourceVerStr() + "-" + machine;
	std::seed_seq seed(text.begin(), text.end());
	std::minstd_rand random(seed);
	std::uniform_int_distribution<unsigned int> dist(0, 100);
	return dist(random) > version.PhasedUpdatePercentage();
}

} // namespace oak
