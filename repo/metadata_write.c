/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing and signing one metadata file. */
#include "repo/metadata_write.h"

#include "core/fault.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "repo/tuf.h"
#include "repo/tuf_sign.h"

void oak_metadata_begin(struct oak_sink *sink, struct oak_buf *buf, const char *type, int64_t version, oak_time expires)
{
	oak_sink_json_compact(sink, buf);
	sink->ops->begin_object(sink);
	oak_put_string(sink, "_type", type);
	oak_put_string(sink, "spec_version", "1.0.31");
	oak_put_int(sink, "version", version);
	oak_put_time(sink, "expires", expires);
}

void oak_metadata_note(struct oak_sink *sink, oak_time now, const char *reason)
{
	oak_put_begin_object(sink, "x-oakum");
	oak_put_time(sink, "createdAt", now);
	oak_put_string_opt(sink, "reason", reason);
	oak_put_end_object(sink);
}

void oak_metadata_key(struct oak_sink *sink, const struct oak_key *key)
{
	oak_put_begin_object(sink, oak_key_id(key));
	oak_put_string(sink, "keytype", oak_scheme_keytype(oak_key_scheme(key)));
	oak_put_string(sink, "scheme", oak_scheme_to_string(oak_key_scheme(key)));
	oak_put_begin_object(sink, "keyval");
	oak_put_string(sink, "public", oak_key_public(key));
	oak_put_end_object(sink);
	oak_put_end_object(sink);
}

static bool lists(const struct oak_value *keyids, const char *id)
{
	for (size_t i = 0; keyids && keyids->kind == OAK_VALUE_ARRAY && i < keyids->array.n; i++)
		if (oak_streq(oak_value_string(&keyids->array.v[i]), id))
			return true;
	return false;
}

int oak_metadata_save(struct oak_arena *arena, struct oak_sink *sink, struct oak_buf *buf,
		      const struct oak_metadata_file *file, const struct oak_repo_signers *signers,
		      struct oak_metadata_written *ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *threshold = oak_value_get(file->delegation, "threshold");
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	unsigned char digest[OAK_SHA256_SIZE];
	OAK_VEC(struct oak_signer *) chosen = {0};
	oak_buf_init(&out, OAK_TUF_SIGNED_MAX);
	sink->ops->end_object(sink);
	for (size_t i = 0; i < signers->n; i++)
		if (lists(oak_value_get(file->delegation, "keyids"), oak_key_id(oak_signer_key(signers->v[i]))))
			*oak_push(arena, &chosen) = signers->v[i];
	int64_t needed = threshold && threshold->kind == OAK_VALUE_INT ? threshold->integer : 1;
	if ((int64_t)chosen.n < needed && !file->unfinished)
		return oak_fail(err, OAK_UNTRUSTED, "repo.signers", 0,
				"cannot sign '%s': it needs %lld of its keys, %zu were given (use --key)", file->role,
				(long long)needed, chosen.n);
	if (oak_json_parse(arena, oak_buf_text(buf), buf->n, file->role, &limits, &ret->signed_part, err) < 0 ||
	    oak_tuf_sign(ret->signed_part, chosen.v, chosen.n, &out, err) < 0)
		return -1;
	ret->length = (int64_t)out.n;
	oak_sha256(out.p, out.n, digest);
	oak_hex(digest, sizeof(digest), ret->sha256);
	if (file->batch)
		return oak_batch_bytes(file->batch, file->path, out.p, out.n, err);
	const char *slash = strrchr(file->path, '/');
	if (oak_fs_mkdirs(oak_arena_strndup(arena, file->path, (size_t)(slash - file->path)), 0755, err) < 0)
		return -1;
	oak_fault_point("repo.metadata");
	return oak_fs_write_atomic(file->path, out.p, out.n, 0644, err);
}
