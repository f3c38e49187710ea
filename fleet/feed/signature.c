/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A detached signature over a feed file's hash, so that a file of any size is signed alike. */
#include "fleet/feed/signature.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"

static const char SCHEMA[] = "oakum.feedSignature/1";
enum { SIG_MAX = 64 * 1024 };

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static const char *statement(struct oak_arena *arena, const char *sha256, int64_t size, const char *created_at)
{
	return oak_arena_printf(arena, "%s\n%s\n%lld\n%s\n", SCHEMA, sha256, (long long)size, created_at);
}

int oak_feed_sign(const char *path, struct oak_signer *signer, oak_time now, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf raw, base64, text;
	char sha256[OAK_SHA256_TEXT], created_at[OAK_TIME_TEXT];
	struct oak_sink sink;
	oak_buf_init(&raw, OAK_SIGNATURE_MAX);
	oak_buf_init(&base64, SIG_MAX);
	oak_buf_init(&text, SIG_MAX);
	if (oak_sha256_file(path, sha256, err) < 0)
		return -1;
	const char *what = statement(arena, sha256, size_of(path), oak_time_format(now, created_at));
	if (oak_signer_sign(signer, what, strlen(what), &raw, err) < 0)
		return -1;
	oak_base64(raw.p, raw.n, &base64);
	oak_sink_json(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", SCHEMA);
	oak_put_string(&sink, "sha256", sha256);
	oak_put_int(&sink, "size", size_of(path));
	oak_put_string(&sink, "createdAt", created_at);
	oak_put_string(&sink, "keyid", oak_key_id(oak_signer_key(signer)));
	oak_put_string(&sink, "sig", oak_buf_text(&base64));
	sink.ops->end_object(&sink);
	return oak_fs_write_atomic(oak_arena_printf(arena, "%s.sig", path), text.p, text.n, 0644, err);
}

static int load(struct oak_arena *arena, const char *path, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = SIG_MAX, .depth = 4};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const char *sig = oak_arena_printf(arena, "%s.sig", path);
	oak_buf_init(&text, SIG_MAX);
	if (!oak_fs_exists(sig))
		return oak_fail(err, OAK_UNTRUSTED, "feed.unsigned", 0,
				"'%s' is not signed: there is no '%s' (make it with 'oakum feed sign', or import without --key)", path,
				sig);
	if (oak_fs_read(sig, &text, err) < 0)
		return -1;
	return oak_json_parse(arena, oak_buf_text(&text), text.n, sig, &limits, ret, err);
}

int oak_feed_verify(const char *path, const struct oak_key *const *keys, size_t n, const char **ret_keyid,
		    struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf raw;
	const struct oak_value *doc;
	char sha256[OAK_SHA256_TEXT];
	oak_buf_init(&raw, OAK_SIGNATURE_MAX);
	if (load(arena, path, &doc, err) < 0 || oak_sha256_file(path, sha256, err) < 0)
		return -1;
	const struct oak_value *size = oak_value_get(doc, "size");
	const char *schema = oak_value_string(oak_value_get(doc, "schema")), *sig = oak_value_string(oak_value_get(doc, "sig"));
	const char *created = oak_value_string(oak_value_get(doc, "createdAt"));
	if (!oak_streq(schema, SCHEMA) || !sig || !created || !size || size->kind != OAK_VALUE_INT ||
	    !oak_base64_decode(sig, strlen(sig), &raw))
		return oak_fail(err, OAK_UNTRUSTED, "feed.signature", 0, "'%s.sig' is no signature of a feed", path);
	if (!oak_streq(oak_value_string(oak_value_get(doc, "sha256")), sha256) || size->integer != size_of(path))
		return oak_fail(err, OAK_UNTRUSTED, "feed.signature", 0, "'%s' is not the file that was signed", path);
	const char *what = statement(arena, sha256, size->integer, created);
	for (size_t i = 0; i < n; i++)
		if (oak_key_verify(keys[i], what, strlen(what), raw.p, raw.n)) {
			*ret_keyid = oak_key_id(keys[i]);
			return 0;
		}
	return oak_fail(err, OAK_UNTRUSTED, "feed.signature", 0, "'%s' is signed by none of the given keys", path);
}
