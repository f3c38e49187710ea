/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transactions by apt's own solver. */
#include "scanners/dpkg/apt_host.hh"

int oak_apt_resolve(const struct oak_want *, size_t, struct oak_arena *, struct oak_transaction *, struct oak_error *err)
{
	return oak::guarded(err, "dpkg.resolve", [] { oak::open_sources(); });
}
