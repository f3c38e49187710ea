/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP signatures of upstream repositories, checked by gpgv against one keyring. */
#ifndef OAK_REPO_PGP_H
#define OAK_REPO_PGP_H

#include <stddef.h>

#include "core/error.h"

/* Is FILE signed by a key of KEYRING (binary or armoured)? SIGNATURE NULL: FILE is clear-signed, and the signed text, nothing else of it, is
 * written to TEXT. At least one good signature, none that is bad, no MD5, SHA-1 or RIPEMD, no expired or revoked key. SCRATCH is a folder for
 * a copy of the keyring. Errors: repo.signature (UNTRUSTED), exec.start, file.*. */
int oak_pgp_check(const char *keyring, const char *file, const char *signature, const char *text, const char *scratch,
		  struct oak_error *err) OAK_MUST_USE;

/* Are all N rpm packages FILES whole and signed by a key of KEYRING (binary or armoured)? *ret_bad: the index of one that is not; N = none, or
 * not known. SCRATCH gets a database of keys. Errors: repo.signature (UNTRUSTED), exec.start, file.*. */
int oak_pgp_check_rpms(const char *keyring, const char *const *files, size_t n, const char *scratch, const volatile int *stop,
		       size_t *ret_bad, struct oak_error *err) OAK_MUST_USE;

#endif
