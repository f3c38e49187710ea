/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting a verified file where it is served from: a hard link where that can be, else a synced copy. */
#ifndef OAK_REPO_PLACE_H
#define OAK_REPO_PLACE_H

#include "core/error.h"

/* TO becomes the bytes of FROM; what was there is replaced at once. Folders are made. Errors: file.*. */
int oak_place_file(const char *from, const char *to, struct oak_error *err) OAK_MUST_USE;

#endif
