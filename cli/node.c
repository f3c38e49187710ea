/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node id, name and tags; a folder of its own for each node's cache. */
#include "cli/node.h"

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

enum { NODE_TEXT_MAX = 128 };

/* 1..128 characters, none of them a control character. */
static bool printable(const char *text)
{
	size_t n = 0;
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
		n += ((unsigned char)*p & 0xc0) != 0x80;
	}
	return n >= 1 && n <= NODE_TEXT_MAX && oak_utf8_check(text, strlen(text));
}

static int check(struct oak_context *ctx, const char *key, const char *text)
{
	if (!text || printable(text))
		return 0;
	return oak_fail(&ctx->err, OAK_INVALID, "config.node", 0,
			"'%s' in '%s' cannot be '%s' (give 1 to 128 printable characters)", key, ctx->config_file, text);
}

int oak_node_id(struct oak_context *ctx, const char **ret)
{
	const char *id = oak_config_text(ctx, "node.id");
	if (check(ctx, "node.id", id) < 0)
		return -1;
	char made[OAK_NODE_ID_TEXT];
	*ret = id ? id : oak_arena_strdup(ctx->arena, oak_host_node_id(ctx->root, made));
	return 0;
}

int oak_node_configure(struct oak_context *ctx, struct oak_arena *arena, struct oak_node *node)
{
	const char *name = oak_config_text(ctx, "node.name");
	const struct oak_value *tags = oak_config_get(ctx, "node.tags");
	if (check(ctx, "node.name", name) < 0)
		return -1;
	if (name)
		node->name = name;
	for (size_t i = 0; tags && i < tags->object.n; i++) {
		const char *key = tags->object.v[i].key;
		const struct oak_value *v = &tags->object.v[i].value;
		const char *text = v->kind == OAK_VALUE_STRING ? v->string
				   : v->kind == OAK_VALUE_BOOL ? (v->boolean ? "true" : "false")
				   : v->kind == OAK_VALUE_INT  ? oak_arena_printf(arena, "%lld", (long long)v->integer)
				   : v->kind == OAK_VALUE_REAL ? oak_arena_printf(arena, "%g", v->real)
							       : "";
		*oak_push(arena, &node->tags) = (struct oak_tag){key, text};
	}
	return 0;
}

int oak_node_cache_dir(struct oak_context *ctx, const char *node_id, const char **ret)
{
	/* An id from the configuration may hold any character: then its hash names the folder. */
	const char *name = node_id;
	if (strlen(node_id) > 64 || node_id[0] == '.' ||
	    strspn(node_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(node_id)) {
		unsigned char digest[OAK_SHA256_SIZE];
		char hex[OAK_SHA256_TEXT];
		oak_sha256(node_id, strlen(node_id), digest);
		oak_hex(digest, sizeof(digest), hex);
		name = oak_arena_strdup(ctx->arena, hex);
	}
	*ret = oak_arena_printf(ctx->arena, "%s/nodes/%s", ctx->cache_dir, name);
	return oak_fs_mkdirs(*ret, 0700, &ctx->err);
}

const char *oak_node_file(struct oak_context *ctx, const char *kind, const char *node_id)
{
	OAK_AUTO(oak_buf_done) struct oak_buf name;
	oak_buf_init(&name, 400);
	for (const char *p = node_id; *p; p++) /* an overridden id may hold anything printable */
		oak_buf_addf(&name, strchr("/ %", *p) || *p == '.' ? "%%%02x" : "%c", (unsigned char)*p);
	return oak_arena_printf(ctx->arena, "%s/%s-%s.json", ctx->state_dir, kind, oak_buf_text(&name));
}
