/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsolv's own form of a repository: read from the mapped file, written through memory. */
#include "scanners/rpm/solvfile.h"

#include <solv/repo_solv.h>
#include <solv/repo_write.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "scanners/rpm/cache.h"

bool oak_solv_load(const char *path, Repo *repo)
{
	struct oak_cache_file file;
	if (!oak_cache_map(path, &file))
		return false;
	FILE *in = fmemopen((void *)(uintptr_t)file.p, file.n, "r");
	bool ok = in && repo_add_solv(repo, in, 0) == 0;
	if (in)
		fclose(in);
	if (!ok)
		repo_empty(repo, 1);
	return ok;
}

void oak_solv_save(const char *dir, const char *family, const char *name, Repo *repo,
		   int (*keep)(Repo *repo, Repokey *key, void *data))
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n);
	Repowriter *writer = repowriter_create(repo);
	if (keep)
		repowriter_set_keyfilter(writer, keep, NULL);
	bool ok = out && repowriter_write(writer, out) == 0;
	repowriter_free(writer);
	ok = out && fclose(out) == 0 && ok;
	struct oak_buf content = {.p = bytes, .n = n, .cap = n, .max = n};
	if (ok)
		oak_cache_save(dir, family, name, &content);
	free(bytes);
}
