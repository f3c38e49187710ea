/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DSSE envelopes, as in-toto's specification version 1 has them. */
#include "distributor/package/dsse.h"

#include <string.h>

#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"

void oak_dsse_encode(const char *payload_type, const void *bytes, size_t n, struct oak_buf *out)
{
	oak_buf_addf(out, "DSSEv1 %zu %s %zu ", strlen(payload_type), payload_type, n);
	oak_buf_add(out, bytes, n);
}

static int invalid(const char *name, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "dsse.invalid", 0, "'%s' is no DSSE envelope: %s", name, why);
}

/* The base64 member KEY as raw bytes; false if absent or damaged. */
static bool decode(struct oak_arena *arena, const struct oak_value *object, const char *key, const char **ret, size_t *ret_n)
{
	const char *text = oak_value_string(oak_value_get(object, key));
	OAK_AUTO(oak_buf_done) struct oak_buf raw;
	oak_buf_init(&raw, OAK_DSSE_MAX);
	if (!text || !oak_base64_decode(text, strlen(text), &raw))
		return false;
	*ret = raw.n ? oak_arena_strndup(arena, raw.p, raw.n) : "";
	*ret_n = raw.n;
	return true;
}

int oak_dsse_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_dsse *ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_DSSE_MAX, .depth = 8};
	const struct oak_value *doc;
	struct oak_dsse envelope = {0};
	if (oak_json_parse(arena, text, n, name, &limits, &doc, err) < 0) {
		if (err)
			err->kind = OAK_UNTRUSTED; /* who can damage it can also remove it */
		return -1;
	}
	envelope.payload_type = oak_value_string(oak_value_get(doc, "payloadType"));
	const struct oak_value *list = oak_value_get(doc, "signatures");
	if (!envelope.payload_type || !decode(arena, doc, "payload", &envelope.payload, &envelope.payload_n))
		return invalid(name, "payloadType or payload is absent or damaged", err);
	if (!list || list->kind != OAK_VALUE_ARRAY || list->array.n > OAK_DSSE_SIGNATURES)
		return invalid(name, "signatures are absent, or more than 64", err);
	for (size_t i = 0; i < list->array.n; i++) {
		struct oak_dsse_signature signature = {.keyid = oak_value_string(oak_value_get(&list->array.v[i], "keyid"))};
		if (!decode(arena, &list->array.v[i], "sig", &signature.sig, &signature.sig_n))
			return invalid(name, "a signature is absent or damaged", err);
		*oak_push(arena, &envelope.signatures) = signature;
	}
	*ret = envelope;
	return 0;
}

static bool signed_by(const struct oak_dsse *envelope, const struct oak_buf *encoded, const struct oak_key *key)
{
	for (size_t i = 0; i < envelope->signatures.n; i++) {
		const struct oak_dsse_signature *s = &envelope->signatures.v[i];
		if (s->sig_n && s->sig_n <= OAK_SIGNATURE_MAX && oak_key_verify(key, encoded->p, encoded->n, s->sig, s->sig_n))
			return true;
	}
	return false;
}

size_t oak_dsse_count(const struct oak_dsse *envelope, const struct oak_key *const *keys, size_t n, bool *ret_used)
{
	OAK_AUTO(oak_buf_done) struct oak_buf encoded;
	size_t count = 0;
	oak_buf_init(&encoded, OAK_DSSE_MAX + 4096);
	oak_dsse_encode(envelope->payload_type, envelope->payload, envelope->payload_n, &encoded);
	for (size_t i = 0; i < n; i++) {
		bool twice = false;
		for (size_t k = 0; k < i; k++)
			twice = twice || oak_streq(oak_key_fingerprint(keys[k]), oak_key_fingerprint(keys[i]));
		bool good = !twice && !encoded.full && signed_by(envelope, &encoded, keys[i]);
		count += good;
		if (ret_used)
			ret_used[i] = good;
	}
	return count;
}

static bool same_bytes(const struct oak_dsse *envelope, const char *payload_type, const void *bytes, size_t n)
{
	return oak_streq(envelope->payload_type, payload_type) && envelope->payload_n == n && memcmp(envelope->payload, bytes, n) == 0;
}

int oak_dsse_sign(struct oak_arena *arena, struct oak_dsse *envelope, const char *payload_type, const void *bytes, size_t n,
		  struct oak_signer *signer, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf encoded;
	OAK_AUTO(oak_buf_done) struct oak_buf sig;
	const struct oak_key *key = oak_signer_key(signer);
	oak_buf_init(&encoded, OAK_DSSE_MAX + 4096);
	oak_buf_init(&sig, OAK_SIGNATURE_MAX);
	oak_dsse_encode(payload_type, bytes, n, &encoded);
	if (oak_signer_sign(signer, encoded.p, encoded.n, &sig, err) < 0)
		return -1;
	if (!envelope->payload_type || !same_bytes(envelope, payload_type, bytes, n))
		*envelope = (struct oak_dsse){.payload_type = oak_arena_strdup(arena, payload_type),
					      .payload = oak_arena_strndup(arena, bytes, n),
					      .payload_n = n};
	size_t kept = 0;
	for (size_t i = 0; i < envelope->signatures.n; i++) {
		const struct oak_dsse_signature *old = &envelope->signatures.v[i];
		if (!oak_key_verify(key, encoded.p, encoded.n, old->sig, old->sig_n))
			envelope->signatures.v[kept++] = *old;
	}
	envelope->signatures.n = kept;
	*oak_push(arena, &envelope->signatures) = (struct oak_dsse_signature){
		.keyid = oak_arena_strdup(arena, oak_key_id(key)), .sig = oak_arena_strndup(arena, sig.p, sig.n), .sig_n = sig.n};
	return 0;
}

static void put_base64(struct oak_sink *sink, const char *key, const char *bytes, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 2 * (size_t)OAK_DSSE_MAX);
	oak_base64(bytes, n, &text);
	oak_put_string(sink, key, oak_buf_text(&text));
}

void oak_dsse_format(const struct oak_dsse *envelope, struct oak_buf *out)
{
	struct oak_sink sink;
	oak_sink_json(&sink, out);
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "payloadType", envelope->payload_type);
	put_base64(&sink, "payload", envelope->payload, envelope->payload_n);
	oak_put_begin_array(&sink, "signatures");
	for (size_t i = 0; i < envelope->signatures.n; i++) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string_opt(&sink, "keyid", envelope->signatures.v[i].keyid);
		put_base64(&sink, "sig", envelope->signatures.v[i].sig, envelope->signatures.v[i].sig_n);
		oak_put_end_object(&sink);
	}
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
}
