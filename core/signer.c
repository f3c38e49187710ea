/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signing: chooses how by the prefix of the key's name, and checks every signature before it is given out. */
#include "core/signer.h"

#include <stdlib.h>
#include <string.h>

#include "core/key_impl.h"
#include "core/str.h"

struct oak_signer {
	const struct oak_signer_ops *ops;
	void *self;
	struct oak_key *key;
};

static const struct {
	const char *prefix;
	bool strip;
	const struct oak_signer_ops *ops;
	void *(*open)(const char *spec, const char *passphrase, struct oak_key **ret_key, struct oak_error *err);
} kinds[] = {
	{"cmd:", true, &oak_signer_command_ops, oak_signer_command_open},
	{"pkcs11:", false, &oak_signer_pkcs11_ops, oak_signer_pkcs11_open},
	{"", false, &oak_signer_file_ops, oak_signer_file_open},
};

struct oak_signer *oak_signer_open(const char *spec, const char *passphrase, struct oak_error *err)
{
	size_t i = 0;
	while (!oak_starts_with(spec, kinds[i].prefix))
		i++;
	const char *rest = kinds[i].strip ? spec + strlen(kinds[i].prefix) : spec;
	struct oak_key *key = NULL;
	void *self = kinds[i].open(rest, passphrase, &key, err);
	if (!self)
		return NULL;
	struct oak_signer *signer = oak_alloc_zero(1, sizeof(*signer));
	*signer = (struct oak_signer){kinds[i].ops, self, key};
	return signer;
}

void oak_signer_free(struct oak_signer *signer)
{
	if (!signer)
		return;
	signer->ops->free(signer->self);
	oak_key_free(signer->key);
	free(signer);
}

const struct oak_key *oak_signer_key(const struct oak_signer *signer)
{
	return signer->key;
}

int oak_signer_sign(struct oak_signer *signer, const void *bytes, size_t n, struct oak_buf *ret_sig,
		    struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf sig;
	oak_buf_init(&sig, OAK_SIGNATURE_MAX);
	if (signer->ops->sign(signer->self, bytes, n, &sig, err) < 0)
		return -1;
	/* a faulty token or program must not spoil a repository */
	if (sig.full || !oak_key_verify(signer->key, bytes, n, sig.p, sig.n))
		return oak_fail(err, OAK_IO, "signer.failed", 0,
				"the signature made with key '%s' does not verify (is the public key its own?)",
				oak_key_id(signer->key));
	oak_buf_add(ret_sig, sig.p, sig.n);
	return 0;
}
