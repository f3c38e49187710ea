/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small file a node. */
#include "cli/pending_boot.h"

#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"

enum { ID_MAX = 256 };

static const char *path_of(struct oak_context *ctx, const char *node_id)
{
	char *name = oak_arena_strdup(ctx->arena, node_id);
	for (char *p = name; *p; p++) /* an overridden id may hold anything printable */
		if (strchr("/\\: ", *p))
			*p = '_';
	return oak_arena_printf(ctx->arena, "%s/boot-%s", ctx->state_dir, name);
}

int oak_pending_boot_save(struct oak_context *ctx, const char *node_id, const char *boot_id)
{
	const char *path = path_of(ctx, node_id);
	if (boot_id)
		return oak_fs_write_atomic(path, boot_id, strlen(boot_id), 0600, &ctx->err);
	if (oak_fs_exists(path) && unlink(path) < 0)
		return oak_fail_errno(&ctx->err, "file.write", "cannot remove '%s'", path);
	return 0;
}

void oak_pending_boot_apply(struct oak_context *ctx, const struct oak_inventory *inventory, struct oak_memory *memory)
{
	const char *now = inventory->node.platform.boot_id;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, ID_MAX);
	if (!memory->pending.n || !now || !inventory->node.id ||
	    oak_fs_read(path_of(ctx, inventory->node.id), &text, NULL) < 0)
		return;
	struct oak_str then = oak_str_trim((struct oak_str){oak_buf_text(&text), text.n});
	if (then.n && !oak_str_eq(then, oak_str_of(now)))
		memory->pending.n = 0;
}
