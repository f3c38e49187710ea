/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo trust add, remove, list: which repositories this host trusts, and from which root. */
#include <stdlib.h>
#include <string.h>

#include "cli/repos.h"
#include "cli/show.h"
#include "cli/upstreams.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"

static const struct oak_opt add_opts[] = {
	{"url", 0, OAK_OPT_LIST, "URL", "where a mirror is (http, https, file, or a folder); several may be given", OAK_OPT_NO_CONFIG},
	{"root", 0, OAK_OPT_TEXT, "1.root.json", "first root metadata: a file, got by a way that you trust", OAK_OPT_NO_CONFIG},
	{"apt", 0, OAK_OPT_TEXT, "SUITE", "a Debian archive for 'repo sync': this suite of it (bookworm-security; ./ for a flat one)", OAK_OPT_NO_CONFIG},
	{"component", 0, OAK_OPT_LIST, "NAME", "only this component (with --apt; default: all)", OAK_OPT_NO_CONFIG},
	{"arch", 0, OAK_OPT_LIST, "NAME", "only this architecture (with --apt; default: all)", OAK_OPT_NO_CONFIG},
	{"rpm", 0, OAK_OPT_FLAG, NULL, "an rpm repository for 'repo sync'", OAK_OPT_NO_CONFIG},
	{"keyring", 0, OAK_OPT_TEXT, "FILE", "keys (OpenPGP) that sign it (with --apt and --rpm)", OAK_OPT_NO_CONFIG},
	{"gpgcheck", 0, OAK_OPT_FLAG, NULL, "its packages are signed by these keys, too: mirror no other (with --rpm)", OAK_OPT_NO_CONFIG},
	{"opaque-keyids", 0, OAK_OPT_FLAG, NULL, "take key ids as they stand (some foreign repositories)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* --url as it is kept: of a scheme that is fetched, or a folder by its full path, since later commands run elsewhere. */
static int mirrors(struct oak_context *ctx, const char *const **ret, size_t *ret_n)
{
	const char *const *given;
	size_t n = oak_opt_list(ctx, "url", &given);
	const char **urls = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*urls));
	for (size_t i = 0; i < n; i++) {
		urls[i] = given[i];
		if (oak_starts_with(given[i], "http://") || oak_starts_with(given[i], "https://") || oak_starts_with(given[i], "file:"))
			continue;
		bool url = strstr(given[i], "://") != NULL;
		if (!url && given[i][0] == '/')
			continue; /* perhaps of a medium that is not mounted now */
		char *full = url ? NULL : realpath(given[i], NULL);
		if (!full)
			return oak_fail(&ctx->err, OAK_INVALID, "repo.url", 0, "'--url' cannot be '%s' (give http://, https://, file:// or a folder that is there)",
					given[i]);
		urls[i] = oak_arena_strdup(ctx->arena, full);
		free(full);
	}
	*ret = urls;
	*ret_n = n;
	return 0;
}

/* A distribution's repository: it is mirrored, never installed from by us. */
static int add_upstream(struct oak_context *ctx)
{
	struct oak_upstream_config u = {.suite = oak_opt_text(ctx, "apt"), .keyring = oak_opt_text(ctx, "keyring")};
	u.gpgcheck = oak_opt_flag(ctx, "gpgcheck");
	if (mirrors(ctx, &u.urls, &u.url_count) < 0)
		return -1;
	u.component_count = oak_opt_list(ctx, "component", &u.components);
	u.arch_count = oak_opt_list(ctx, "arch", &u.arches);
	if (!u.url_count || !u.keyring || oak_opt_text(ctx, "root") || (u.suite && oak_opt_flag(ctx, "rpm")) || (u.suite && u.gpgcheck))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "an upstream needs '--url URL', '--keyring FILE' and one of '--apt SUITE' and '--rpm' ('--gpgcheck' is for rpm)");
	if (oak_upstreams_trust(ctx, ctx->args[0], &u) < 0)
		return -1;
	oak_note(&ctx->out, "upstream '%s' can be mirrored (run 'oakum repo sync %s --to DIR')", ctx->args[0], ctx->args[0]);
	return 0;
}

static int run_add(struct oak_context *ctx)
{
	const char *const *urls, *root = oak_opt_text(ctx, "root");
	size_t n;
	if (oak_opt_text(ctx, "apt") || oak_opt_flag(ctx, "rpm"))
		return add_upstream(ctx);
	if (!root)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo trust add' needs '--url URL' and '--root 1.root.json'");
	if (mirrors(ctx, &urls, &n) < 0)
		return -1;
	if (oak_repos_trust(ctx, ctx->args[0], root, urls, n, oak_opt_flag(ctx, "opaque-keyids")) < 0)
		return -1;
	oak_note(&ctx->out, "repository '%s' is trusted from root '%s' on", ctx->args[0], root);
	return 0;
}

const struct oak_cmd oak_cmd_repo_trust_add = {
	.name = "repo trust add",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "trust a repository",
	.description = "From then on 'oakum package install NAME@VERSION' and 'repo:NAME/path' find it. Its root metadata are verified, and every "
		       "later root must be signed by the one before. The root is never taken from the network. Without --url it is reached by bundles only "
		       "('oakum repo import').",
	.opts = add_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_add,
};

static int run_remove(struct oak_context *ctx)
{
	const char *name = ctx->args[0];
	bool repository = oak_repos_has(ctx, name), upstream = oak_upstreams_has(ctx, name);
	if (!repository && !upstream)
		return oak_fail(&ctx->err, OAK_INVALID, "repo.unknown", 0, "repository '%s' is not trusted here (see 'oakum repo trust list')", name);
	if ((repository && oak_repos_forget(ctx, name) < 0) || (upstream && oak_upstreams_forget(ctx, name) < 0))
		return -1;
	oak_note(&ctx->out, "repository '%s' %s trusted no more; what was installed from it stays", name, ctx->dry_run ? "would be" : "is");
	return 0;
}

const struct oak_cmd oak_cmd_repo_trust_remove = {
	.name = "repo trust remove",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "trust a repository no more",
	.description = "Its address, keys and metadata are forgotten, of an upstream too. Packages that were installed from it stay, and so do mirrors "
		       "that were made of it. Trusting it again begins from the root that is given then.",
	.flags = OAK_CMD_CHANGES,
	.run = run_remove,
};

/* One trusted repository as 'repo trust list' shows it. */
struct trusted {
	const char *name, *kind; /* "packages", "apt", "rpm" */
	const char *const *urls;
	size_t url_count;
	struct oak_repos_root root; /* of packages */
	const char *keyring;        /* of an upstream; NULL */
};
struct trusted_list {
	OAK_VEC(struct trusted) list;
};

static int collect(struct oak_context *ctx, const char *const *names, size_t n, struct trusted_list *ret)
{
	const char *const *upstreams;
	size_t m;
	for (size_t i = 0; i < n; i++) {
		struct oak_repos_config config;
		struct oak_repos_root root;
		if (oak_repos_load(ctx, names[i], &config) < 0 || oak_repos_root(ctx, names[i], &root) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = (struct trusted){names[i], "packages", config.urls, config.url_count, root, NULL};
	}
	if (oak_upstreams_names(ctx, &upstreams, &m) < 0)
		return -1;
	for (size_t i = 0; i < m; i++) {
		struct oak_upstream_config config;
		if (oak_upstreams_load(ctx, upstreams[i], &config) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = (struct trusted){.name = upstreams[i], .kind = config.suite ? "apt" : "rpm", .urls = config.urls, .url_count = config.url_count, .keyring = config.keyring};
	}
	return 0;
}

static void put_root(struct oak_sink *sink, const struct oak_repos_root *root)
{
	oak_put_begin_object(sink, "root");
	oak_put_int(sink, "version", root->version);
	oak_put_int(sink, "threshold", root->threshold);
	oak_put_strings(sink, "keyids", root->keyids, root->keyid_count);
	oak_put_end_object(sink);
}

/* The first digits of ids are enough to compare by eye; the document has them whole. */
static const char *keys_text(struct oak_context *ctx, const struct trusted *t)
{
	if (t->keyring)
		return t->keyring;
	OAK_AUTO(oak_buf_done) struct oak_buf text = {0};
	oak_out_buf(&text);
	for (size_t i = 0; i < t->root.keyid_count; i++)
		oak_buf_addf(&text, "%s%.16s", i ? " " : "", t->root.keyids[i] ? t->root.keyids[i] : "-");
	return oak_arena_strdup(ctx->arena, oak_buf_text(&text));
}

static void put_trusted(struct oak_sink *sink, const struct trusted_list *all)
{
	oak_put_begin_array(sink, "trusted");
	for (size_t i = 0; i < all->list.n; i++) {
		const struct trusted *t = &all->list.v[i];
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "name", t->name);
		oak_put_string(sink, "kind", t->kind);
		oak_put_strings(sink, "urls", t->urls, t->url_count);
		oak_put_string_opt(sink, "keyring", t->keyring);
		if (!t->keyring)
			put_root(sink, &t->root);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
}

static int run_list(struct oak_context *ctx)
{
	static const char *const headers[] = {"name", "kind", "urls", "keys"};
	const char *const *names;
	size_t n;
	struct trusted_list all = {0};
	if (oak_repos_names(ctx, &names, &n) < 0 || collect(ctx, names, n, &all) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.repositories/1");
		oak_put_strings(&sink, "repositories", names, n);
		put_trusted(&sink, &all);
		sink.ops->end_object(&sink);
	} else {
		struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
		for (size_t i = 0; i < all.list.n; i++) {
			const struct trusted *t = &all.list.v[i];
			oak_table_cell(table, t->name);
			oak_table_cell(table, t->kind);
			oak_table_cell(table, t->url_count ? oak_show_joined(ctx->arena, t->urls, t->url_count, " ", 0) : "bundles only");
			oak_table_cell(table, keys_text(ctx, t));
		}
		oak_table_print(table, &buf);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_repo_trust_list = {
	.name = "repo trust list",
	.args = "",
	.summary = "the repositories that this host trusts",
	.description = "Name, kind, addresses and keys. 'packages' are repositories of ours: keys are the first digits of the ids of those that sign "
		       "its root ('repo key list' and -o json have them whole). 'apt' and 'rpm' are upstreams for 'repo sync': keys is the keyring's file.",
	.run = run_list,
};

static const struct oak_opt get_opts[] = {
	{"to", 0, OAK_OPT_TEXT, "FILE", "copy it there ('-' or nothing: print where the verified file lies)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run_get(struct oak_context *ctx)
{
	const char *file, *to = oak_opt_text(ctx, "to");
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	if (!oak_starts_with(ctx->args[0], "repo:"))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.name", 0, "'%s' must be 'repo:NAME/path'", ctx->args[0]);
	if (oak_repos_resolve(ctx, ctx->args[0], &file) < 0)
		return -1;
	if (!to || to[0] == '-') {
		oak_out_buf(&buf);
		oak_buf_addf(&buf, "%s\n", file);
		return oak_out_end(&buf, &ctx->err);
	}
	oak_buf_init(&buf, (size_t)4 << 30);
	if (oak_fs_read(file, &buf, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(to, oak_buf_text(&buf), buf.n, 0644, &ctx->err);
}

const struct oak_cmd oak_cmd_repo_get = {
	.name = "repo get",
	.args = "repo:NAME/PATH",
	.min_args = 1,
	.max_args = 1,
	.summary = "fetch one target of a trusted repository, verified",
	.description = "Refreshes the repository's metadata, fetches the target from its mirrors into the cache unless it is there, and checks "
		       "its length and hashes.",
	.opts = get_opts,
	.run = run_get,
};
