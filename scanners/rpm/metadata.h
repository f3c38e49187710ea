/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the metadata of a repository lies: read in place, in the host's cache, or in our private one. */
#ifndef OAK_SCANNERS_RPM_METADATA_H
#define OAK_SCANNERS_RPM_METADATA_H

#include "scanners/rpm/repoconf.h"
#include "scanners/rpm/repomd.h"

/* EXPIRED: the signature is good, its key has expired since; only zypp takes such. */
enum oak_metadata_trust { OAK_TRUST_NONE, OAK_TRUST_SIGNED, OAK_TRUST_EXPIRED };

enum oak_metadata_source { OAK_METADATA_DIRECT, OAK_METADATA_PRIVATE, OAK_METADATA_HOST };

struct oak_metadata {
	enum oak_metadata_source source;
	const char *dir;	/* locations of repomd are relative to it */
	const char *repomd_path;
	bool flat;		/* yum keeps the files beside repomd.xml */
	struct oak_repomd repomd;
	char key[65];		/* sha256 of repomd.xml */
	oak_time fetched_at;
	enum oak_metadata_trust trust; /* was its signature checked, by us or by the package manager? */
};

struct oak_metadata_request {
	const struct oak_rpm_conf *conf;
	const char *cache_dir;
	oak_time now;
	const char *const *keys; /* armoured keys of the rpm database */
	size_t key_count;
};

/* Metadata of REPO: file:// in place, else the newer of the host's cache and ours.
 * Errors: rpm.metadata-missing (NOT_FOUND), rpm.metadata-invalid, rpm.metadata-untrusted (UNTRUSTED). */
int oak_metadata_find(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
		      struct oak_metadata *ret, struct oak_error *err) OAK_MUST_USE;

/* Path of the file of TYPE that is there (plain, else zchunk), with its row in *ret_file; NULL = the repository has none.
 * Where repomd names one but it is not there: NULL and *ret_missing true. */
const char *oak_metadata_path(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type,
			      const struct oak_repomd_file **ret_file, bool *ret_missing);

/* Every folder that decides which metadata of REPO is found, there or not. */
void oak_metadata_places(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			 struct oak_words *ret);

/* Folder of REPO in our private cache. */
const char *oak_metadata_private_dir(struct oak_arena *arena, const char *cache_dir, const struct oak_rpm_repo *repo);
/* A file:// URL as a path, "%41" decoded; NULL for other schemes. */
const char *oak_file_url_path(struct oak_arena *arena, const char *url);
/* A path of the configuration as it is there: below the root, else as written; NULL = neither. */
const char *oak_conf_path(struct oak_arena *arena, const char *root, const char *path);

bool oak_metadata_signature_wanted(const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo);

/* Check the signature of repomd.xml in DIR with the keys that this host trusts for REPO (gpgkey= files, the rpm database).
 * *ret_trust NONE without an error: unsigned, or no key known, and the repository does not insist.
 * Errors: rpm.metadata-untrusted, rpm.gpg (IO), module.*. */
int oak_metadata_verify(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			const char *repomd_path, enum oak_metadata_trust *ret_trust, struct oak_error *err) OAK_MUST_USE;

#endif
