/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The canonical form over which TUF metadata is signed: the OLPC dialect, not RFC 8785. */
#ifndef OAK_REPO_TUF_JSON_H
#define OAK_REPO_TUF_JSON_H

#include "core/buf.h"
#include "core/value.h"

/* Append the canonical form: members by the bytes of their keys, no blanks, only '"' and '\' escaped. Reals have none.
 * Errors: tuf.invalid (INVALID: a real, or too large for BUF). */
int oak_tuf_canonical(const struct oak_value *value, struct oak_buf *out, struct oak_error *err) OAK_MUST_USE;

#endif
