/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signed parts of metadata files as text: what repo/publish.c and repo/init.c write. */
#ifndef OAK_REPO_METADATA_WRITE_H
#define OAK_REPO_METADATA_WRITE_H

#include "core/sink.h"
#include "repo/publish.h"

/* Begin a signed part: _type, spec_version, version, expires. The caller adds the rest and calls oak_metadata_save. */
void oak_metadata_begin(struct oak_sink *sink, struct oak_buf *buf, const char *type, int64_t version, oak_time expires);

/* "x-oakum": {createdAt, reason}: signed with the rest, so that a log can say when. REASON may be NULL. */
void oak_metadata_note(struct oak_sink *sink, oak_time now, const char *reason);

/* "keyid": {keytype, keyval, scheme} */
void oak_metadata_key(struct oak_sink *sink, const struct oak_key *key);

/* End the signed part in BUF, sign it with those of SIGNERS that KEYIDS names (at least THRESHOLD of them), write it to PATH,
 * and give what snapshot or timestamp say of it: bytes and hash. */
struct oak_metadata_file {
	const char *role, *path;
	const struct oak_value *delegation; /* {keyids, threshold} */
	bool unfinished;		    /* fewer signatures than that will do: others follow */
	struct oak_batch *batch;	    /* that writes it with others; NULL = at once */
};
struct oak_metadata_written {
	int64_t length;
	char sha256[65];
	const struct oak_value *signed_part;
};
int oak_metadata_save(struct oak_arena *arena, struct oak_sink *sink, struct oak_buf *buf,
		      const struct oak_metadata_file *file, const struct oak_repo_signers *signers,
		      struct oak_metadata_written *ret, struct oak_error *err) OAK_MUST_USE;

#endif
