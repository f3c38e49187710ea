/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures by threshold, hashes and lengths, and which paths a delegation covers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/str.h"
#include "repo/tuf_model.h"

enum { PIECE = 256 * 1024 };

static const char *signature_of(const struct oak_tuf_file *file, const char *keyid)
{
	for (size_t i = 0; i < file->signature_count; i++)
		if (oak_streq(file->signatures[i].keyid, keyid))
			return file->signatures[i].hex;
	return NULL;
}

static bool signed_by(const struct oak_tuf_file *file, const struct oak_tuf_key *key)
{
	const char *hex = signature_of(file, key->id);
	OAK_AUTO(oak_buf_done) struct oak_buf sig;
	oak_buf_init(&sig, OAK_SIGNATURE_MAX);
	return hex && oak_unhex(hex, strlen(hex), &sig) &&
	       oak_key_verify(key->usable, file->canonical, file->canonical_size, sig.p, sig.n);
}

int oak_tuf_verify(const struct oak_tuf_file *file, const struct oak_tuf_file *delegator,
		   const struct oak_tuf_role *role, const char *name, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) const char **counted = oak_alloc_zero(role->keyid_count + 1, sizeof(*counted));
	int64_t good = 0;
	for (size_t i = 0; i < role->keyid_count && good < role->threshold; i++) {
		const struct oak_tuf_key *key = oak_map_find(&delegator->key_by_id, role->keyids[i]);
		bool again = false;
		if (!key || !key->usable)
			continue;
		for (int64_t k = 0; k < good; k++) /* the same key under another id */
			again |= oak_streq(counted[k], oak_key_fingerprint(key->usable));
		if (!again && signed_by(file, key))
			counted[good++] = oak_key_fingerprint(key->usable);
	}
	if (good >= role->threshold)
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "tuf.signature", 0, "cannot verify '%s': signed by %lld of the %lld keys of '%s' that are needed",
			name, (long long)good, (long long)role->threshold, role->name);
}

static const struct {
	const char *name;
	size_t size;
	struct oak_hasher *(*make)(void);
} algorithms[] = {{"sha256", OAK_SHA256_SIZE, oak_sha256_new}, {"sha512", OAK_SHA512_SIZE, oak_sha512_new}};

bool oak_tuf_hashes_fit(const struct oak_tuf_hash *hashes, size_t count, const void *bytes, size_t n)
{
	size_t known = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < sizeof(algorithms) / sizeof(*algorithms); k++) {
			unsigned char digest[OAK_SHA512_SIZE];
			char hex[2 * OAK_SHA512_SIZE + 1];
			if (!oak_streq(hashes[i].algorithm, algorithms[k].name))
				continue;
			struct oak_hasher *hasher = algorithms[k].make();
			oak_hasher_add(hasher, bytes, n);
			oak_hasher_end(hasher, digest);
			oak_hex(digest, algorithms[k].size, hex);
			if (!oak_strcaseeq(hex, hashes[i].hex))
				return false;
			known++;
		}
	}
	return known > 0;
}

int oak_tuf_check_meta(const struct oak_tuf_meta *meta, const void *bytes, size_t n, const char *name,
		       struct oak_error *err)
{
	if (meta->length >= 0 && (uint64_t)meta->length != n)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "cannot verify '%s': %zu bytes instead of %lld", name, n,
				(long long)meta->length);
	if (meta->hash_count && !oak_tuf_hashes_fit(meta->hashes, meta->hash_count, bytes, n))
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "cannot verify '%s': its hash is another one", name);
	return 0;
}

int oak_tuf_check_bytes(const struct oak_tuf_target *target, const void *bytes, size_t n, struct oak_error *err)
{
	const struct oak_tuf_meta meta = {.length = target->length};
	if (oak_tuf_check_meta(&meta, bytes, n, target->path, err) < 0)
		return -1;
	if (!oak_tuf_hashes_fit(target->hashes, target->hash_count, bytes, n))
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "cannot verify '%s': its hash is another one, or of a kind that is not known",
				target->path);
	return 0;
}

/* Hash FILE in pieces, all algorithms that are asked for (not NULL) in one pass; false if it cannot be read to its end. */
static bool hash_file(FILE *file, struct oak_hasher *const *hashers, size_t count, int64_t *ret_length)
{
	OAK_AUTO(oak_free_p) char *piece = oak_alloc(PIECE);
	int64_t length = 0;
	for (size_t n; (n = fread(piece, 1, PIECE, file)) > 0; length += (int64_t)n)
		for (size_t i = 0; i < count; i++)
			if (hashers[i])
				oak_hasher_add(hashers[i], piece, n);
	*ret_length = length;
	return !ferror(file);
}

static bool lists_algorithm(const struct oak_tuf_target *target, const char *name)
{
	for (size_t i = 0; i < target->hash_count; i++)
		if (oak_streq(target->hashes[i].algorithm, name))
			return true;
	return false;
}

/* Number of hashes that are known, 0 if one does not fit. Ends the hashers. */
static size_t compare_hashes(const struct oak_tuf_target *target, struct oak_hasher *const *hashers)
{
	size_t known = 0, wrong = 0;
	for (size_t k = 0; k < sizeof(algorithms) / sizeof(*algorithms); k++) {
		unsigned char digest[OAK_SHA512_SIZE];
		char hex[2 * OAK_SHA512_SIZE + 1];
		if (!hashers[k])
			continue;
		oak_hasher_end(hashers[k], digest);
		oak_hex(digest, algorithms[k].size, hex);
		for (size_t i = 0; i < target->hash_count; i++) {
			if (!oak_streq(target->hashes[i].algorithm, algorithms[k].name))
				continue;
			known++;
			wrong += !oak_strcaseeq(target->hashes[i].hex, hex);
		}
	}
	return wrong ? 0 : known;
}

int oak_tuf_check_file(const struct oak_tuf_target *target, const char *path, struct oak_error *err)
{
	struct oak_hasher *hashers[sizeof(algorithms) / sizeof(*algorithms)];
	int64_t length;
	FILE *file = fopen(path, "rbe");
	if (!file)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	for (size_t k = 0; k < sizeof(algorithms) / sizeof(*algorithms); k++)
		hashers[k] = lists_algorithm(target, algorithms[k].name) ? algorithms[k].make() : NULL;
	bool whole = hash_file(file, hashers, sizeof(algorithms) / sizeof(*algorithms), &length);
	size_t known = compare_hashes(target, hashers);
	int failed = whole ? 0 : oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	fclose(file);
	if (failed < 0)
		return -1;
	if (length != target->length)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "cannot verify '%s': %lld bytes instead of %lld", target->path,
				(long long)length, (long long)target->length);
	if (!known)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0,
				"cannot verify '%s': its hash is another one, or of a kind that is not known", target->path);
	return 0;
}

/* fnmatch without '/' ever being matched by a wildcard: "*", "?" and "[…]" within one segment. */
static const char *class_end(const char *p)
{
	const char *end = p + 1;
	end += *end == '!';
	end += *end == ']';
	end = strchr(end, ']');
	return end;
}

static bool in_class(const char *p, const char *end, char c)
{
	bool negate = p[1] == '!', found = false;
	for (p += 1 + negate; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			found |= (unsigned char)c >= (unsigned char)p[0] && (unsigned char)c <= (unsigned char)p[2];
			p += 2;
		} else {
			found |= *p == c;
		}
	}
	return found != negate;
}

/* Does one element of the pattern match C? *ret_next is behind it. */
static bool element(const char *pattern, char c, const char **ret_next)
{
	const char *end = *pattern == '[' ? class_end(pattern) : NULL;
	*ret_next = pattern + 1;
	if (c == '/' || *pattern == '/')
		return c == *pattern;
	if (*pattern == '?')
		return true;
	if (!end)
		return *pattern == c;
	*ret_next = end + 1;
	return in_class(pattern, end, c);
}

static bool glob(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL, *next;
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern && element(pattern, *text, &next)) {
			pattern = next;
			text++;
		} else if (star && *from != '/') {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

void oak_tuf_path_hash(const char *path, char hash[65])
{
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(path, strlen(path), digest);
	oak_hex(digest, sizeof(digest), hash);
}

bool oak_tuf_role_covers(const struct oak_tuf_role *role, const char *path, const char *hash)
{
	for (size_t i = 0; i < role->path_count; i++)
		if (glob(role->paths[i], path))
			return true;
	for (size_t i = 0; i < role->prefix_count; i++)
		if (oak_starts_with(hash, role->hash_prefixes[i]))
			return true;
	return false;
}

bool oak_tuf_role_reaches(const struct oak_tuf_role *role, const char *prefix)
{
	size_t n = strlen(prefix);
	for (size_t i = 0; i < role->path_count; i++) {
		size_t plain = strcspn(role->paths[i], "*?[");
		if (strncmp(role->paths[i], prefix, plain < n ? plain : n) == 0)
			return true;
	}
	return role->prefix_count > 0;
}
