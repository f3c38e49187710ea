/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What needs librepo (network, gpgme) is in a module of its own, opened only when it is needed: it is slow to load. */
#ifndef OAK_SCANNERS_RPM_NET_H
#define OAK_SCANNERS_RPM_NET_H

#include <stdbool.h>

#include "core/error.h"

struct oak_gpg_check {
	const char *cache_dir; /* a temporary keyring is made here and removed */
	const char *data, *signature; /* paths */
	const char *const *keys;      /* bytes, armoured or not */
	const size_t *sizes;
	size_t n;
};

struct oak_fetch {
	const char *dir; /* new, empty: gets repodata/… */
	const char *const *urls; /* NULL-terminated */
	const char *mirrorlist, *metalink;
	bool ssl_verify;
	const char *ssl_ca, *ssl_cert, *ssl_key, *proxy, *proxy_userpwd, *userpwd;
	bool signature; /* repomd.xml.asc too, where there is one */
	const char *const *types; /* NULL-terminated: "primary" "updateinfo" … */
};

struct oak_rpm_net {
	/* Errors: rpm.metadata-untrusted (UNTRUSTED: bad signature), rpm.gpg-no-key (UNTRUSTED: by a key not given),
	 * rpm.gpg-key-expired (UNTRUSTED), rpm.gpg (IO). */
	int (*verify)(const struct oak_gpg_check *check, struct oak_error *err);
	/* Errors: rpm.fetch (TRANSIENT: no mirror answers), rpm.metadata-checksum (UNTRUSTED), rpm.metadata-invalid. */
	int (*fetch)(const struct oak_fetch *fetch, struct oak_error *err);
};

#endif
