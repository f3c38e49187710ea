/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making TUF metadata files: a signed part and the signatures over its canonical form. */
#ifndef OAK_REPO_TUF_SIGN_H
#define OAK_REPO_TUF_SIGN_H

#include "core/buf.h"
#include "core/signer.h"
#include "core/value.h"

/* Append {"signatures": […], "signed": …} with the signatures of COUNT signers over SIGNED_PART, in the order given; a key that is
 * given twice signs once. Errors: tuf.invalid, signer.*. */
int oak_tuf_sign(const struct oak_value *signed_part, struct oak_signer *const *signers, size_t count, struct oak_buf *out,
		 struct oak_error *err) OAK_MUST_USE;

/* The same for a whole metadata file: signatures by other keys are kept, those of the same keys made anew. */
int oak_tuf_sign_more(struct oak_arena *arena, const void *bytes, size_t n, const char *name,
		      struct oak_signer *const *signers, size_t count, struct oak_buf *out, struct oak_error *err)
	OAK_MUST_USE;

#endif
