/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal has the entries in the order in which they were packed. */
#include "distributor/package/rebuild.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/port.h"
#include "core/str.h"
#include "distributor/package/build.h"
#include "distributor/package/pack.h"

enum { FOLDER_MODE = 0755, LINK_MODE = 0777 };

/* False = it is no longer what it was. */
static bool entry_of(struct oak_arena *arena, const char *tree, const struct oak_sealed *sealed, struct oak_pack_entry *ret)
{
	struct stat st;
	*ret = (struct oak_pack_entry){.path = sealed->path, .kind = OAK_PACK_ENTRY_FOLDER, .mode = FOLDER_MODE};
	if (sealed->kind == OAK_UNPACK_LINK) {
		ret->kind = OAK_PACK_ENTRY_LINK;
		ret->from = sealed->target;
		ret->mode = LINK_MODE;
	} else if (sealed->kind == OAK_UNPACK_FILE) {
		ret->kind = OAK_PACK_ENTRY_FILE;
		ret->from = oak_arena_printf(arena, "%s/%s", tree, sealed->path);
		ret->mode = sealed->mode;
		if (lstat(ret->from, &st) < 0 || !S_ISREG(st.st_mode))
			return false;
		ret->size = st.st_size;
	}
	return true;
}

int oak_generation_rebuild(const struct oak_pkgs *pkgs, const char *name, int generation, unsigned threads, const char *file,
			   struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *tree = oak_pkgs_generation(pkgs, name, generation, "tree");
	struct oak_generation *g;
	struct oak_packed packed = {0};
	if (oak_generation_load(pkgs, name, generation, &g, err) < 0)
		return -1;
	struct oak_pack pack = {.format = oak_ends_with(g->archive, ".zip") ? OAK_PACK_ZIP : OAK_PACK_TAR_FRAMES,
				.entries = oak_arena_alloc(arena, (g->seal.v.n + 1) * sizeof(*pack.entries)),
				.mtime = OAK_BUILD_EPOCH,
				.threads = threads};
	for (size_t i = 0; i < g->seal.v.n; i++)
		pack.n += entry_of(arena, tree, &g->seal.v.v[i], &pack.entries[pack.n]);
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_BINARY, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot create '%s'", file);
	int result = oak_pack_write(fd, &pack, &packed, err);
	close(fd);
	return result;
}
