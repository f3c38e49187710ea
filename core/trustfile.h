/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may have written a file that is run or obeyed: configuration, hooks, templates, keys, plans. */
#ifndef OAK_CORE_TRUSTFILE_H
#define OAK_CORE_TRUSTFILE_H

#include "core/error.h"

/* 0 if PATH, every folder above it and every symbolic link on the way belong to root or the running user and are
 * writable by nobody else. A sticky world-writable folder is accepted when the entry below it belongs to root or
 * the running user. Folders may be checked too. On Windows always 0.
 * Errors: trust.owner, trust.writable (UNTRUSTED), trust.links (UNTRUSTED: over 40), file.open.
 * Source: DESIGN §5 "files run or obeyed as root". */
int oak_trust_check(const char *path, struct oak_error *err) OAK_MUST_USE;

#endif
