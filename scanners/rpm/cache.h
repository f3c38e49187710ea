/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of oakum's own cache folder: made whole or not at all, mapped when read, the outdated ones removed. */
#ifndef OAK_SCANNERS_RPM_CACHE_H
#define OAK_SCANNERS_RPM_CACHE_H

#include "core/buf.h"

struct oak_cache_file {
	const char *p;
	size_t n;
};

/* Map PATH for reading, for the life of the process. Only a file of ours that nobody else can write is accepted. */
bool oak_cache_map(const char *path, struct oak_cache_file *ret);

/* Write DIR/NAME and remove other files of DIR that begin with FAMILY. A cache: failure is silent. */
void oak_cache_save(const char *dir, const char *family, const char *name, const struct oak_buf *content);
void oak_cache_prune(const char *dir, const char *family, const char *keep);

#endif
