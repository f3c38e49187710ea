/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ubuntu's phased updates, by the rule that apt-get applies. */
#ifndef OAK_SCANNERS_DPKG_APT_PHASING_HH
#define OAK_SCANNERS_DPKG_APT_PHASING_HH

#include <apt-pkg/pkgcache.h>

namespace oak {

/* True if this host waits for VERSION: its phase has not reached the host's machine-id, and no version between the
 * installed one and it comes from a security archive. HERE: the examined system is the running one. Source: apt's upgrade.cc, PhasedUpgrader. */
bool is_phased_out(const pkgCache::VerIterator &version, bool here);

/* 100 = for everybody. */
unsigned phase_percent(const pkgCache::VerIterator &version);

} // namespace oak
#endif
