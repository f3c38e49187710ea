/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures of repomd.xml: which keys count, and the answer remembered for the same bytes. */
#include <errno.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/module.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/cache.h"
#include "scanners/rpm/metadata.h"
#include "scanners/rpm/net.h"

enum { KEY_MAX = 1024 * 1024, SIGNATURE_MAX = 1024 * 1024 };

struct keys {
	OAK_VEC(const char *) list; /* armoured or binary bytes are kept as files; here: texts */
	OAK_VEC(size_t) sizes;
	bool remote; /* a gpgkey= that only the network has */
};

/* Keys of gpgkey= that lie on this host, and those of the rpm database. A key from the network is never taken. */
static void keys_gather(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			struct keys *keys)
{
	for (size_t i = 0; i < repo->gpgkeys.list.n; i++) {
		const char *path = oak_file_url_path(arena, repo->gpgkeys.list.v[i]);
		const char *there = path ? oak_conf_path(arena, request->conf->root, path) : NULL;
		struct oak_buf text;
		keys->remote |= !path;
		if (!there)
			continue;
		oak_buf_init(&text, KEY_MAX);
		if (oak_fs_read(there, &text, NULL) == 0) {
			*oak_push(arena, &keys->list) = oak_arena_strndup(arena, oak_buf_text(&text), text.n);
			*oak_push(arena, &keys->sizes) = text.n;
		}
		oak_buf_done(&text);
	}
	for (size_t i = 0; i < request->key_count; i++) {
		*oak_push(arena, &keys->list) = request->keys[i];
		*oak_push(arena, &keys->sizes) = strlen(request->keys[i]);
	}
}

/* The same bytes, signature and keys give the same answer: a file of that name says "good". */
static const char *stamp_name(struct oak_arena *arena, const struct oak_buf *data, const struct oak_buf *signature, const struct keys *keys)
{
	struct oak_hasher *hasher = oak_sha256_new();
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[65];
	oak_hasher_add(hasher, data->p, data->n);
	oak_hasher_add(hasher, signature->p, signature->n);
	for (size_t i = 0; i < keys->list.n; i++)
		oak_hasher_add(hasher, keys->list.v[i], keys->sizes.v[i]);
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_printf(arena, "signed-%s", hex);
}

static int check(struct oak_arena *arena, const struct oak_metadata_request *request, const char *repomd_path,
		 const struct keys *keys, struct oak_error *err)
{
	struct oak_buf data, signature, stamp;
	struct oak_cache_file known;
	const char *asc = oak_arena_printf(arena, "%s.asc", repomd_path);
	oak_buf_init(&data, OAK_REPOMD_MAX);
	oak_buf_init(&signature, SIGNATURE_MAX);
	int result = oak_fs_read(repomd_path, &data, err) < 0 || oak_fs_read(asc, &signature, err) < 0 ? -1 : 0;
	const char *name = result == 0 ? stamp_name(arena, &data, &signature, keys) : NULL;
	if (result == 0 && !oak_cache_map(oak_arena_printf(arena, "%s/%s", request->cache_dir, name), &known)) {
		const struct oak_rpm_net *net = oak_module_symbol("rpmnet", "oak_rpm_net", err);
		struct oak_gpg_check question = {request->cache_dir, repomd_path, asc, keys->list.v, keys->sizes.v, keys->list.n};
		result = net ? net->verify(&question, err) : -1;
		oak_buf_init(&stamp, 16);
		oak_buf_adds(&stamp, "good\n");
		if (result == 0)
			oak_cache_save(request->cache_dir, name, name, &stamp);
		oak_buf_done(&stamp);
	}
	oak_buf_done(&data);
	oak_buf_done(&signature);
	return result;
}

/* dnf checks when repo_gpgcheck=1 alone; zypp checks whatever is signed unless switched off, and insists when told to. */
bool oak_metadata_signature_wanted(const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo)
{
	return repo->repo_gpgcheck == 1 || (conf->suse && repo->repo_gpgcheck != 0 && repo->gpgcheck != 0);
}

int oak_metadata_verify(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			const char *repomd_path, enum oak_metadata_trust *ret_trust, struct oak_error *err)
{
	struct keys keys = {0};
	bool insist = repo->repo_gpgcheck == 1;
	bool is_signed = oak_metadata_signature_wanted(request->conf, repo) && oak_fs_exists(oak_arena_printf(arena, "%s.asc", repomd_path));
	*ret_trust = OAK_TRUST_NONE;
	if (insist && !is_signed)
		return oak_fail(err, OAK_UNTRUSTED, "rpm.metadata-untrusted", 0,
				"repository '%s' is not signed, and its configuration asks for a signature (repo_gpgcheck=1 in '%s')", repo->id, repo->file);
	if (!is_signed)
		return 0;
	keys_gather(arena, request, repo, &keys);
	if (keys.list.n == 0)
		return insist ? oak_fail(err, OAK_UNTRUSTED, "rpm.metadata-untrusted", 0,
					 "cannot check the signature of repository '%s': no key of it is on this host (%s)", repo->id,
					 keys.remote ? "its gpgkey= is on the network: import it with 'rpm --import' after checking it" : "set gpgkey= in its configuration")
			      : 0;
	struct oak_error here = {0};
	if (check(arena, request, repomd_path, &keys, &here) == 0) {
		*ret_trust = OAK_TRUST_SIGNED;
		return 0;
	}
	if (request->conf->suse && oak_streq(here.id, "rpm.gpg-key-expired")) { /* zypp warns and goes on */
		*ret_trust = OAK_TRUST_EXPIRED;
		return 0;
	}
	if (!insist && oak_streq(here.id, "rpm.gpg-no-key"))
		return 0;
	if (err)
		*err = here;
	return oak_context(err, "repository '%s'", repo->id);
}
