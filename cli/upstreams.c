/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STATE/upstream/NAME.json and NAME.keyring. */
#include "cli/upstreams.h"

#include <string.h>

#include "cli/repos.h"
#include "core/fs.h"
#include "core/str.h"

enum { CONFIG_MAX = 1 << 20, KEYRING_MAX = 16 << 20 };

static const char *path_of(struct oak_context *ctx, const char *name, const char *end)
{
	return oak_arena_printf(ctx->arena, "%s/upstream/%s.%s", ctx->state_dir, name, end);
}

int oak_upstreams_trust(struct oak_context *ctx, const char *name, const struct oak_upstream_config *u)
{
	OAK_AUTO(oak_buf_done) struct oak_buf keys;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&keys, KEYRING_MAX);
	oak_buf_init(&text, CONFIG_MAX);
	if (!oak_repos_name_ok(name))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.name", 0, "'%s' cannot be a repository's name (letters, digits, ._- and at most 64 of them)",
				name);
	if (oak_fs_read(u->keyring, &keys, &ctx->err) < 0)
		return oak_input_missing(&ctx->err);
	oak_sink_json(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "type", u->suite ? "apt" : "rpm");
	oak_put_strings(&sink, "urls", u->urls, u->url_count);
	oak_put_string_opt(&sink, "suite", u->suite);
	oak_put_strings(&sink, "components", u->components, u->component_count);
	oak_put_strings(&sink, "architectures", u->arches, u->arch_count);
	oak_put_bool_opt(&sink, "gpgcheck", u->gpgcheck);
	sink.ops->end_object(&sink);
	if (ctx->dry_run)
		return 0;
	if (oak_ctx_audit(ctx, "repo.trust", name, u->urls[0]) < 0 ||
	    oak_fs_mkdirs(oak_arena_printf(ctx->arena, "%s/upstream", ctx->state_dir), 0755, &ctx->err) < 0 ||
	    oak_fs_write_atomic(path_of(ctx, name, "keyring"), oak_buf_text(&keys), keys.n, 0644, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(path_of(ctx, name, "json"), text.p, text.n, 0644, &ctx->err);
}

int oak_upstreams_forget(struct oak_context *ctx, const char *name)
{
	if (ctx->dry_run)
		return 0;
	if (oak_ctx_audit(ctx, "repo.untrust", name, NULL) < 0 || oak_fs_remove(path_of(ctx, name, "json"), &ctx->err) < 0)
		return -1;
	return oak_fs_remove_tree(path_of(ctx, name, "keyring"), &ctx->err);
}

bool oak_upstreams_has(struct oak_context *ctx, const char *name)
{
	return oak_repos_name_ok(name) && oak_fs_exists(path_of(ctx, name, "json"));
}

static size_t strings(struct oak_context *ctx, const struct oak_value *list, const char *const **ret)
{
	size_t n = list && list->kind == OAK_VALUE_ARRAY ? list->array.n : 0, count = 0;
	const char **v = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		if (oak_value_string(&list->array.v[i]))
			v[count++] = list->array.v[i].string;
	*ret = v;
	return count;
}

int oak_upstreams_load(struct oak_context *ctx, const char *name, struct oak_upstream_config *ret)
{
	const struct oak_value_limits limits = {.bytes = CONFIG_MAX};
	const struct oak_value *doc;
	if (oak_value_load(ctx->arena, path_of(ctx, name, "json"), &limits, &doc, &ctx->err) < 0)
		return -1;
	*ret = (struct oak_upstream_config){.suite = oak_value_string(oak_value_get(doc, "suite")), .keyring = path_of(ctx, name, "keyring")};
	const struct oak_value *check = oak_value_get(doc, "gpgcheck");
	ret->gpgcheck = check && check->kind == OAK_VALUE_BOOL && check->boolean;
	ret->url_count = strings(ctx, oak_value_get(doc, "urls"), &ret->urls);
	ret->component_count = strings(ctx, oak_value_get(doc, "components"), &ret->components);
	ret->arch_count = strings(ctx, oak_value_get(doc, "architectures"), &ret->arches);
	return 0;
}

int oak_upstreams_names(struct oak_context *ctx, const char *const **ret, size_t *ret_n)
{
	const char *const *files;
	size_t n;
	if (oak_fs_list(ctx->arena, oak_arena_printf(ctx->arena, "%s/upstream", ctx->state_dir), ".json", &files, &n, &ctx->err) < 0)
		return -1;
	const char **names = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = oak_arena_strndup(ctx->arena, files[i], strlen(files[i]) - 5);
	*ret = names;
	*ret_n = n;
	return 0;
}
