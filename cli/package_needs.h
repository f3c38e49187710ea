/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package that a call installs, and the packages that it needs: found in the repositories, verified, in order. */
#ifndef OAK_CLI_PACKAGE_NEEDS_H
#define OAK_CLI_PACKAGE_NEEDS_H

#include "cli/package_session.h"
#include "cli/package_source.h"

struct oak_package_item {
	struct oak_package_place place;
	struct oak_package_loaded loaded;
	struct oak_package_record *record; /* what is installed of it; NULL = nothing */
	oak_package_args args;
	const char *args_digest;
	enum oak_package_verb verb;
	bool in_place, reinstall;          /* as the command line says */
	bool strict;                       /* no rights to take back: by --strict or the trust policy */
};
typedef OAK_VEC(struct oak_package_item *) oak_package_items;

void oak_package_item_done(struct oak_package_item *item); /* NULL accepted */

/* ITEM's place is known: documents, signatures, archive, arguments. Errors: those of oak_package_load, package.args. */
int oak_package_item_load(struct oak_package_session *s, const struct oak_package_trust *trust, struct oak_package_item *item) OAK_MUST_USE;

/* What ITEM, which is loaded, needs and this host lacks, each behind its own needs; ITEM itself is not in it. Taken from ITEM's
 * repository first. Nothing is installed. Free what is in *ret with oak_package_item_done, also after an error.
 * Errors: package.requires, package.conflict, package.circular (CONFLICT), package.pending, those of loading. */
int oak_package_needs(struct oak_package_session *s, const struct oak_package_trust *trust, const struct oak_package_item *item,
		      oak_package_items *ret) OAK_MUST_USE;

#endif
