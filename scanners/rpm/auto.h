/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages nobody asked for: the package manager's own marks. */
#ifndef OAK_SCANNERS_RPM_AUTO_H
#define OAK_SCANNERS_RPM_AUTO_H

#include "baseline/inventory.h"

/* Set `automatic` of the packages below ROOT: zypp's AutoInstalled, else dnf5's packages.toml, else dnf 4's history.
 * Where none is there, or it cannot be read, nothing is marked. */
void oak_auto_marks(const char *root, bool suse, struct oak_package *packages, size_t n);

#endif
