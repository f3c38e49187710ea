/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging a whole archive by its entries before anything of it is written. Pure but for the memory it takes. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PRESCAN_H
#define OAK_DISTRIBUTOR_PACKAGE_PRESCAN_H

#include "core/map.h"
#include "core/unpack.h"
#include "distributor/package/entry_name.h"

struct oak_prescan_rules {
	int64_t unpacked; /* bytes that all files together may have: what the manifest says, else a cap */
	bool strict;      /* rights that would be taken back are refused instead: setuid and the like, writable by all, other owners, attributes */
	bool links;       /* symbolic links inside the tree are allowed (tree model) */
	oak_unicode_fold_run *fold; /* for names that are not ASCII; NULL = they are refused */
};

struct oak_scanned {
	const char *name;   /* without a '/' at the end */
	const char *target; /* of a link */
	enum oak_unpack_kind kind;
	unsigned mode;      /* what it gets on the disk: of 0755, never setuid or the like */
	int64_t size;
};

/* Begin with {.arena, .subject, .rules}; the entries in the order of the archive afterwards. */
struct oak_prescan {
	struct oak_arena *arena;
	const char *subject; /* of messages: the archive's name */
	struct oak_prescan_rules rules;
	OAK_VEC(struct oak_scanned) entries;
	int64_t total;       /* bytes of all files */
	size_t stripped;     /* entries whose rights were taken back */
	struct oak_map seen; /* folded path -> struct oak_seen */
	const char *parent;  /* folder of the entry before; private */
};

/* One more entry. Errors (INVALID, each with its code in the text): archive.path (E_PATH), archive.name (E_NAME), archive.link
 * (E_LINK), archive.type (E_TYPE), archive.size (E_SIZE), archive.count (E_COUNT), archive.duplicate (E_DUP), archive.mode (E_MODE: strict only). */
int oak_prescan_add(struct oak_prescan *scan, const struct oak_unpack_header *header, struct oak_error *err) OAK_MUST_USE;

/* After the last: where the links lead. Errors: archive.link. */
int oak_prescan_end(struct oak_prescan *scan, struct oak_error *err) OAK_MUST_USE;

/* Is HEADER what was scanned as E: when the archive is read again, to be written? */
bool oak_scanned_is(const struct oak_scanned *e, const struct oak_unpack_header *header);

/* The entry NAME; NULL = absent. */
const struct oak_scanned *oak_prescan_find(const struct oak_prescan *scan, const char *name);

#endif
