/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hashes of archives that were put aside. */
#include "distributor/patch/old.h"

#include <string.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

enum { SUMS_MAX = 16 * 1024 * 1024 };

static const char *path_of(const struct oak_patch_host *host, struct oak_arena *arena, const char *file)
{
	return oak_arena_printf(arena, "%s/old/%s", host->run_dir, file);
}

/* The recorded hash of FILE in TEXT ("HEX  FILE" lines); empty = none. */
static struct oak_str recorded(struct oak_str text, const char *file)
{
	struct oak_str line;
	size_t n = strlen(file), hex = OAK_SHA256_TEXT - 1;
	while (oak_str_next(&text, '\n', &line))
		if (line.n == hex + 2 + n && memcmp(line.p + hex + 2, file, n) == 0)
			return (struct oak_str){line.p, hex};
	return (struct oak_str){0};
}

static int read_sums(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_buf *ret, struct oak_error *err)
{
	const char *path = path_of(host, arena, "SHA256SUMS");
	oak_buf_init(ret, SUMS_MAX);
	return oak_fs_exists(path) ? oak_fs_read(path, ret, err) : 0;
}

int oak_old_record(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_old_list *list, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf sums = {0};
	size_t added = 0;
	if (read_sums(host, arena, &sums, err) < 0)
		return -1;
	for (size_t i = 0; i < list->v.n; i++) {
		const struct oak_old *o = &list->v.v[i];
		const char *path = path_of(host, arena, o->file);
		char sum[OAK_SHA256_TEXT];
		if (!oak_fs_exists(path) || recorded((struct oak_str){oak_buf_text(&sums), sums.n}, o->file).n)
			continue;
		if (!o->sha256 && oak_sha256_file(path, sum, err) < 0)
			return -1;
		oak_buf_addf(&sums, "%s  %s\n", o->sha256 ? o->sha256 : sum, o->file);
		added++;
	}
	return added ? oak_fs_write_atomic(path_of(host, arena, "SHA256SUMS"), oak_buf_text(&sums), sums.n, 0600, err) : 0;
}

int oak_old_check(const struct oak_patch_host *host, struct oak_arena *arena, const char *file, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf sums = {0};
	const char *path = path_of(host, arena, file);
	char sum[OAK_SHA256_TEXT];
	if (!oak_fs_exists(path))
		return oak_fail(err, OAK_CONFLICT, "rollback.archive", 0, "its archive '%s' is not among those that the run put aside any more", file);
	if (read_sums(host, arena, &sums, err) < 0)
		return -1;
	struct oak_str known = recorded((struct oak_str){oak_buf_text(&sums), sums.n}, file);
	if (!known.n)
		return 0; /* put aside before hashes were recorded */
	if (oak_sha256_file(path, sum, err) < 0)
		return -1;
	if (memcmp(known.p, sum, known.n) != 0)
		return oak_fail(err, OAK_UNTRUSTED, "rollback.archive", 0, "its archive '%s' is not what the run put aside: it was changed or damaged (hash %s)",
				path, sum);
	return 0;
}
