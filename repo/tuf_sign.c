/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signing metadata. */
#include "repo/tuf_sign.h"

#include "core/hash.h"
#include "core/sink.h"
#include "core/str.h"
#include "repo/tuf.h"
#include "repo/tuf_json.h"

static bool signs_earlier(struct oak_signer *const *signers, size_t i, const char *keyid)
{
	for (size_t k = 0; k < i; k++)
		if (oak_streq(oak_key_id(oak_signer_key(signers[k])), keyid))
			return true;
	return false;
}

static void add_signature(const char *keyid, const char *hex, bool *first, struct oak_buf *out)
{
	oak_buf_addf(out, "%s{\"keyid\":\"%s\",\"sig\":\"%s\"}", *first ? "" : ",", keyid, hex);
	*first = false;
}

static int sign_all(const struct oak_buf *canonical, struct oak_signer *const *signers, size_t count, bool *first,
		    struct oak_buf *out, struct oak_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *keyid = oak_key_id(oak_signer_key(signers[i]));
		OAK_AUTO(oak_buf_done) struct oak_buf sig;
		char hex[2 * OAK_SIGNATURE_MAX + 1];
		oak_buf_init(&sig, OAK_SIGNATURE_MAX);
		if (signs_earlier(signers, i, keyid))
			continue;
		if (oak_signer_sign(signers[i], canonical->p, canonical->n, &sig, err) < 0)
			return -1;
		oak_hex((const unsigned char *)sig.p, sig.n, hex);
		add_signature(keyid, hex, first, out);
	}
	return 0;
}

static bool is_hex_text(const char *text)
{
	return text && text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

/* Signatures of KEPT by keys that do not sign now. */
static void keep(const struct oak_value *kept, struct oak_signer *const *signers, size_t count, bool *first,
		 struct oak_buf *out)
{
	for (size_t i = 0; kept && kept->kind == OAK_VALUE_ARRAY && i < kept->array.n; i++) {
		const char *id = oak_value_string(oak_value_get(&kept->array.v[i], "keyid"));
		const char *sig = oak_value_string(oak_value_get(&kept->array.v[i], "sig"));
		if (is_hex_text(id) && is_hex_text(sig) && !signs_earlier(signers, count, id))
			add_signature(id, sig, first, out);
	}
}

static int sign(const struct oak_value *signed_part, const struct oak_value *kept, struct oak_signer *const *signers,
		size_t count, struct oak_buf *out, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf canonical;
	bool first = true;
	oak_buf_init(&canonical, OAK_TUF_SIGNED_MAX);
	if (oak_tuf_canonical(signed_part, &canonical, err) < 0)
		return -1;
	oak_buf_adds(out, "{\"signatures\":[");
	keep(kept, signers, count, &first, out);
	if (sign_all(&canonical, signers, count, &first, out, err) < 0)
		return -1;
	oak_buf_adds(out, "],\"signed\":");
	/* as JSON, not as canonical text: that holds raw control characters where a key has line ends */
	struct oak_sink sink;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_TUF_SIGNED_MAX);
	oak_sink_json_compact(&sink, &text);
	oak_put_value(&sink, signed_part);
	while (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	oak_buf_add(out, text.p, text.n);
	oak_buf_adds(out, "}\n");
	if (out->full || text.full)
		return oak_fail(err, OAK_INVALID, "tuf.invalid", 0, "metadata are too large");
	return 0;
}

int oak_tuf_sign(const struct oak_value *signed_part, struct oak_signer *const *signers, size_t count, struct oak_buf *out,
		 struct oak_error *err)
{
	return sign(signed_part, NULL, signers, count, out, err);
}

int oak_tuf_sign_more(struct oak_arena *arena, const void *bytes, size_t n, const char *name,
		      struct oak_signer *const *signers, size_t count, struct oak_buf *out, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *doc;
	if (oak_json_parse(arena, bytes, n, name, &limits, &doc, err) < 0)
		return -1;
	const struct oak_value *part = oak_value_get(doc, "signed");
	if (!part || part->kind != OAK_VALUE_OBJECT)
		return oak_fail(err, OAK_INVALID, "tuf.invalid", 0, "metadata '%s': there is no signed part", name);
	return sign(part, oak_value_get(doc, "signatures"), signers, count, out, err);
}
