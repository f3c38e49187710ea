/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive of either kind as one stream of entries and bytes; runs where nothing can be harmed. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_WALK_H
#define OAK_DISTRIBUTOR_PACKAGE_WALK_H

#include "distributor/package/extract.h"

/* The functions of module "archive", opened before rights are given up. */
struct oak_walk_tools {
	oak_unpack_tar_run *tar;
	oak_unpack_inflate_run *inflate;
};
int oak_walk_tools_open(struct oak_walk_tools *ret, oak_unicode_fold_run **ret_fold, struct oak_error *err) OAK_MUST_USE;

/* Pass everything of FD to VISITOR, in the same order each time; its data NULL = entries only. */
int oak_walk(const struct oak_walk_tools *tools, int fd, const char *subject, enum oak_container container,
	     const struct oak_unpack_visitor *visitor, struct oak_error *err) OAK_MUST_USE;

/* Which entries a writer must leave out: the root itself, as tar writes it. */
bool oak_walk_is_root(const struct oak_unpack_header *header);

#endif
