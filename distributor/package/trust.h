/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose packages this node takes: keys, thresholds and required documents, by the package's name (oakum.trust/1). */
#ifndef OAK_DISTRIBUTOR_PACKAGE_TRUST_H
#define OAK_DISTRIBUTOR_PACKAGE_TRUST_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/signer.h"

enum { OAK_TRUST_MAX = 1024 * 1024, OAK_TRUST_KEYS = 256 };

struct oak_trust_key {
	const char *name;
	struct oak_key *key;
};

/* The first rule whose patterns fit a package's name decides; where none fits, nothing is trusted. */
struct oak_trust_rule {
	OAK_VEC(const char *) packages; /* shell patterns */
	OAK_VEC(const char *) keys;     /* names; as read */
	OAK_VEC(const struct oak_key *) values;
	int threshold;                  /* different keys that must have signed, 1 and up */
	bool sbom, provenance;          /* must be there */
	OAK_VEC(const char *) builders; /* patterns for the builder's id in the provenance; none = any */
	bool strict;                    /* archives with setuid and the like are refused, not stripped */
	bool even_from_repository;      /* a package of a trusted repository needs these signatures, too */
};

struct oak_package_trust {
	struct oak_arena *arena;
	OAK_VEC(struct oak_trust_key) keys;
	OAK_VEC(struct oak_trust_rule) rules;
	bool allow_unsigned; /* --allow-unsigned: no signature is asked for; hashes are still checked */
};

void oak_package_trust_init(struct oak_package_trust *trust);
void oak_package_trust_done(struct oak_package_trust *trust); /* for OAK_AUTO, too; zeroed is fine */

/* Read the policy PATH, whose owner and rights must be those of a file obeyed as root; keys may be named by path, relative to it.
 * Errors: trust.* of core/trustfile.h (UNTRUSTED), policy.invalid (INVALID), key.*, file.*. */
int oak_package_trust_load(struct oak_package_trust *trust, const char *path, struct oak_error *err) OAK_MUST_USE;

/* The keys in the files PEMS, THRESHOLD of them (0 = one, or what the policy's rule asks), for every package: they take the place of the
 * policy's keys, not of what else it asks for. Without PEMS a threshold above 0 raises those of the policy.
 * Errors: policy.threshold (INVALID: more than there are different keys), key.*, file.*. */
int oak_package_trust_keys(struct oak_package_trust *trust, const char *const *pems, size_t n, int threshold, struct oak_error *err)
	OAK_MUST_USE;

/* The rule for package NAME; NULL = none, nothing is trusted. */
const struct oak_trust_rule *oak_package_trust_rule(const struct oak_package_trust *trust, const char *name);

#endif
