/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction that would bring exact versions about, by libsolv. */
#ifndef OAK_SCANNERS_RPM_RESOLVE_H
#define OAK_SCANNERS_RPM_RESOLVE_H

#include "scanners/scanner.h"

int oak_rpm_resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n, struct oak_arena *arena,
		    struct oak_transaction *ret, struct oak_error *err);

#endif
