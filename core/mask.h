/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in URLs are masked before a person or a document sees them. */
#ifndef OAK_CORE_MASK_H
#define OAK_CORE_MASK_H

#include "core/buf.h"
#include "core/mem.h"

/* Append TEXT to OUT with the user part of every URL in it (scheme://USER[:PASSWORD]@host) and the values of query
 * parameters that carry secrets (token, password, key, signature, sig, secret, in any case or as the end of
 * their name: X-Amz-Signature) replaced by "***". */
void oak_mask_add(struct oak_buf *out, const char *text);

/* The same as a string in ARENA; NULL gives NULL. TEXT itself where nothing is masked. */
const char *oak_mask_url(struct oak_arena *arena, const char *text);

#endif
