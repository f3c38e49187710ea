/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signed feed files, for networks without a way out: FILE.sig beside FILE says who carried it in. */
#ifndef OAK_FLEET_FEED_SIGNATURE_H
#define OAK_FLEET_FEED_SIGNATURE_H

#include "core/signer.h"
#include "core/time.h"

/* Write PATH.sig: {schema: oakum.feedSignature/1, sha256, size, createdAt, keyid, sig}; sig is over the text
 * "oakum.feedSignature/1\n<sha256>\n<size>\n<createdAt>\n". Errors: file.*, signer.*. */
int oak_feed_sign(const char *path, struct oak_signer *signer, oak_time now, struct oak_error *err) OAK_MUST_USE;

/* Check PATH against PATH.sig with any of KEYS; *ret_keyid (borrowed from the key) says whose it is.
 * Errors: feed.unsigned, feed.signature (UNTRUSTED), file.*, json.invalid. */
int oak_feed_verify(const char *path, const struct oak_key *const *keys, size_t n, const char **ret_keyid,
		    struct oak_error *err) OAK_MUST_USE;

#endif
