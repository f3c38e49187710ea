/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal of a tree: every path in it with its kind, rights, size and hash; one digest over all. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_SEAL_H
#define OAK_DISTRIBUTOR_PACKAGE_SEAL_H

#include "core/buf.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/unpack.h"

struct oak_sealed {
	enum oak_unpack_kind kind; /* FILE, FOLDER or LINK */
	const char *path;          /* below the tree, portable */
	unsigned mode;             /* of a file */
	int64_t size;
	const char *sha256;        /* of a file: 64 hex digits */
	const char *target;        /* of a link */
};

struct oak_seal {
	OAK_VEC(struct oak_sealed) v; /* by path once sorted */
	bool open;                    /* what is there besides does not matter: scripts may add to their folder (script model) */
};

enum { OAK_SEAL_MAX = 128 * 1024 * 1024 };

void oak_seal_sort(struct oak_seal *seal);
/* One line an entry: "file 755 1234 SHA256 PATH", "folder PATH", "link TARGET-LENGTH TARGET PATH". */
void oak_seal_format(const struct oak_seal *seal, struct oak_buf *out);
/* Errors: package.tampered (UNTRUSTED: it is none). */
int oak_seal_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_seal *ret, struct oak_error *err) OAK_MUST_USE;
/* The digest of the formatted text, as hex. */
void oak_seal_digest(const struct oak_seal *seal, char ret_hex[OAK_SHA256_TEXT]);
const struct oak_sealed *oak_seal_find(const struct oak_seal *sorted, const char *path); /* NULL = absent */

/* Hash the tree FOLDER and compare: everything there, nothing more (unless it is open), nothing else. With ONLY, just that file.
 * Errors: package.tampered (UNTRUSTED, E_TAMPER: names the first path that differs), file.*. */
int oak_seal_check(const struct oak_seal *seal, const char *folder, const char *only, struct oak_error *err) OAK_MUST_USE;

/* What the systems' own oak_seal_check share: "FOLDER/PATH HOW since it was installed", and the first entry that is not there (0 = all are). */
int oak_seal_differs(const char *folder, const char *path, const char *how, struct oak_error *err);
int oak_seal_missing(const struct oak_seal *seal, const char *folder, struct oak_error *err) OAK_MUST_USE;

#endif
