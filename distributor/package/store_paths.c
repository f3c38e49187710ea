/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths of the store, its lock, and what generations there are. */
#include <stdlib.h>

#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "distributor/package/store.h"

void oak_pkgs_close(struct oak_pkgs *pkgs)
{
	oak_lock_release(&pkgs->lock);
}

int oak_pkgs_lock(struct oak_pkgs *pkgs, int64_t wait_s, const volatile int *stop, struct oak_error *err)
{
	return oak_lock_take(oak_arena_printf(pkgs->arena, "%s/packages.lock", pkgs->dir), wait_s, stop, &pkgs->lock, err);
}

const char *oak_pkgs_path(const struct oak_pkgs *pkgs, const char *name, const char *file)
{
	return oak_arena_printf(pkgs->arena, "%s/pkgs/%s%s%s", pkgs->dir, name, file ? "/" : "", file ? file : "");
}

const char *oak_pkgs_generation(const struct oak_pkgs *pkgs, const char *name, int generation, const char *file)
{
	return oak_arena_printf(pkgs->arena, "%s/pkgs/%s/gen-%d%s%s", pkgs->dir, name, generation, file ? "/" : "", file ? file : "");
}

const char *oak_pkgs_stage(const struct oak_pkgs *pkgs, const char *id)
{
	return oak_arena_printf(pkgs->arena, "%s/stage/%s", pkgs->dir, id);
}

int oak_generation_number(const char *name)
{
	int64_t n = 0;
	return oak_starts_with(name, "gen-") && oak_parse_int(oak_str_of(name + 4), 1, 1000000000, &n) ? (int)n : 0;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int oak_pkgs_generations(const struct oak_pkgs *pkgs, const char *name, struct oak_generations *ret, struct oak_error *err)
{
	const char *const *names;
	size_t n;
	if (oak_fs_list(pkgs->arena, oak_pkgs_path(pkgs, name, NULL), "", &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (oak_generation_number(names[i]))
			*oak_push(pkgs->arena, &ret->v) = oak_generation_number(names[i]);
	if (ret->v.n)
		qsort(ret->v.v, ret->v.n, sizeof(*ret->v.v), by_number);
	return 0;
}

int oak_pkgs_names(const struct oak_pkgs *pkgs, const char *const **ret, size_t *ret_n, struct oak_error *err)
{
	return oak_fs_list(pkgs->arena, oak_arena_printf(pkgs->arena, "%s/pkgs", pkgs->dir), "", ret, ret_n, err);
}
