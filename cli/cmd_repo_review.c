/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo propose, approve, log: a change is seen in words, signed by several, and can be looked up afterwards. */
#include <string.h>

#include "cli/affected.h"
#include "cli/signers.h"
#include "core/fs.h"
#include "core/str.h"
#include "repo/log.h"
#include "repo/proposal.h"

/* ---- names of keys ---- */

struct names {
	struct oak_arena *arena;
	struct oak_map by_id; /* key id -> name of its file in the folder of keys, without ".pub" */
};

static void load_names(struct names *n, const struct oak_repo *repo)
{
	const char *const *files;
	size_t count = 0;
	struct oak_error ignored = {0};
	n->arena = repo->arena;
	oak_map_init(&n->by_id, repo->arena, 16);
	if (!repo->keys_dir || oak_fs_list(repo->arena, repo->keys_dir, ".pub", &files, &count, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		OAK_AUTO(oak_key_free_p) struct oak_key *key =
			oak_key_load(oak_arena_printf(repo->arena, "%s/%s", repo->keys_dir, files[i]), &ignored);
		if (key)
			oak_map_put(&n->by_id, oak_arena_strdup(repo->arena, oak_key_id(key)),
				    oak_arena_strndup(repo->arena, files[i], strlen(files[i]) - 4));
	}
}

static const char *who(const struct names *n, const char *const *ids, size_t count)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	oak_buf_init(&buf, 65536);
	for (size_t i = 0; i < count; i++) {
		const char *name = oak_map_find(&n->by_id, ids[i]);
		oak_buf_addf(&buf, "%s%s%s%.12s…%s", i ? ", " : "", name ? name : "", name ? " (" : "", ids[i], name ? ")" : "");
	}
	return oak_arena_strdup(n->arena, oak_buf_text(&buf));
}

static void put_signers(struct oak_sink *sink, const struct names *n, const char *const *ids, size_t count)
{
	oak_put_begin_array(sink, "signers");
	for (size_t i = 0; i < count; i++) {
		sink->ops->begin_object(sink);
		oak_put_string(sink, "keyid", ids[i]);
		oak_put_string_opt(sink, "name", oak_map_find(&n->by_id, ids[i]));
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
}

/* ---- a proposal in words ---- */

static void put_proposed(struct oak_sink *sink, const struct names *n, const struct oak_proposed *p, const struct oak_words *words,
			 const struct oak_words *affected)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "role", p->role);
	oak_put_int(sink, "version", p->version);
	oak_put_int(sink, "threshold", p->threshold);
	put_signers(sink, n, p->signers, p->signer_count);
	oak_put_strings(sink, "changes", words->lines.v, words->lines.n);
	oak_put_strings(sink, "affects", affected->lines.v, affected->lines.n);
	sink->ops->end_object(sink);
}

/* The policy role as the proposal would make it, or as it is. */
static const struct oak_value *policy_of(const struct oak_repo *repo, const struct oak_proposed *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (oak_streq(v[i].role, "policy"))
			return v[i].signed_part;
	return oak_map_find(&repo->roles, "policy");
}

static int print_proposal(struct oak_context *ctx, struct oak_repo *repo)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	struct names names;
	struct oak_proposed *v;
	size_t n;
	struct oak_known_nodes nodes;
	if (oak_proposal_load(repo, &v, &n, &ctx->err) < 0 || oak_affected_nodes(ctx, &nodes) < 0)
		return -1;
	load_names(&names, repo);
	oak_out_buf(&buf);
	bool document = oak_out_document(&ctx->out, &sink, &buf);
	if (document) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.proposal/1");
		oak_put_begin_array(&sink, "roles");
	}
	for (size_t i = 0; i < n; i++) {
		struct oak_words words = {.arena = ctx->arena}, affected = {.arena = ctx->arena};
		oak_describe_role(&words, repo->dir, v[i].old, v[i].signed_part);
		oak_affected_describe(ctx, repo, &v[i], policy_of(repo, v, n), &nodes, &affected);
		if (document) {
			put_proposed(&sink, &names, &v[i], &words, &affected);
			continue;
		}
		oak_buf_addf(&buf, "%s %lld: %zu of %lld approvals%s%s\n", v[i].role, (long long)v[i].version, v[i].signer_count,
			     (long long)v[i].threshold, v[i].signer_count ? ": " : "", who(&names, v[i].signers, v[i].signer_count));
		for (size_t k = 0; k < words.lines.n; k++)
			oak_buf_addf(&buf, "  %s\n", words.lines.v[k]);
		for (size_t k = 0; k < affected.lines.n; k++)
			oak_buf_addf(&buf, "  nodes: %s\n", affected.lines.v[k]);
	}
	if (document) {
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
	}
	return oak_out_end(&buf, &ctx->err);
}

/* ---- propose ---- */

static const struct oak_opt propose_opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "approve it with this key at once", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{"reason", 0, OAK_OPT_TEXT, "TEXT", "why, for reviewers and the log; it is signed too", OAK_OPT_NO_CONFIG},
	OAK_AFFECTED_OPTS,
	{"withdraw", 0, OAK_OPT_FLAG, NULL, "drop the proposal that waits; what was added stays added", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static void free_signers(struct oak_repo_signers *signers)
{
	for (size_t i = 0; i < signers->n; i++)
		oak_signer_free(signers->v[i]);
}

static int withdraw(struct oak_context *ctx, struct oak_repo *repo)
{
	if (!oak_proposal_exists(repo))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.no-proposal", 0, "nothing is proposed in '%s' (run 'oakum repo propose')", repo->dir);
	return oak_fs_remove_tree(oak_proposal_dir(repo), &ctx->err);
}

static int propose(struct oak_context *ctx, struct oak_repo *repo)
{
	struct oak_repo_signers signers = {0};
	const char *const *keys;
	if (oak_opt_flag(ctx, "withdraw"))
		return withdraw(ctx, repo);
	int result = oak_opt_list(ctx, "key", &keys) ? oak_repo_signers_open(ctx, repo, &signers) : 0;
	if (result == 0)
		result = oak_repo_propose(repo, &signers, oak_opt_text(ctx, "reason"), oak_ctx_now(ctx), &ctx->err);
	free_signers(&signers);
	return result < 0 ? -1 : print_proposal(ctx, repo);
}

static int with_repo(struct oak_context *ctx, int (*call)(struct oak_context *ctx, struct oak_repo *repo), bool exclusive)
{
	struct oak_repo repo;
	if (oak_repo_open(ctx->arena, ctx->args[0], exclusive, &repo, &ctx->err) < 0)
		return -1;
	int result = call(ctx, &repo);
	oak_repo_done(&repo);
	return result;
}

static int run_propose(struct oak_context *ctx)
{
	return ctx->dry_run ? 0 : with_repo(ctx, propose, true);
}

const struct oak_cmd oak_cmd_repo_propose = {
	.name = "repo propose",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "let others approve what was added, before it is published",
	.description = "Writes the next metadata of each role that changes, unsigned or signed by --key, and prints in words what they change. "
		       "'repo approve' adds signatures; 'repo publish' takes the proposal once every role has its threshold.",
	.opts = propose_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_propose,
};

/* ---- approve ---- */

static const struct oak_opt approve_opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key", OAK_OPT_NO_CONFIG},
	OAK_AFFECTED_OPTS,
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int approve(struct oak_context *ctx, struct oak_repo *repo)
{
	struct oak_repo_signers signers = {0};
	size_t count;
	if (!ctx->dry_run) {
		int result = oak_repo_signers_open(ctx, repo, &signers) < 0 || oak_proposal_approve(repo, &signers, &count, &ctx->err) < 0 ? -1 : 0;
		free_signers(&signers);
		if (result < 0)
			return -1;
	}
	return print_proposal(ctx, repo);
}

static int run_approve(struct oak_context *ctx)
{
	const char *const *keys;
	if (!ctx->dry_run && !oak_opt_list(ctx, "key", &keys))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo approve' needs '--key' (or '--dry-run' to see what is proposed)");
	return with_repo(ctx, approve, !ctx->dry_run);
}

const struct oak_cmd oak_cmd_repo_approve = {
	.name = "repo approve",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "sign what is proposed",
	.description = "Prints what the proposal changes - packages, settings of baselines and windows, who may sign, which of the nodes known here it is for - and adds a signature. With "
		       "--dry-run it prints only. A key that may not sign any of its roles is refused.",
	.opts = approve_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_approve,
};

/* ---- log ---- */

static void put_entry(struct oak_sink *sink, const struct names *n, const struct oak_log_entry *e)
{
	sink->ops->begin_object(sink);
	oak_put_time(sink, "at", e->at);
	oak_put_string(sink, "role", e->role);
	oak_put_int(sink, "version", e->version);
	if (e->snapshot)
		oak_put_int(sink, "snapshot", e->snapshot);
	oak_put_string_opt(sink, "reason", e->reason);
	oak_put_int(sink, "threshold", e->threshold);
	oak_put_bool(sink, "proven", e->proven);
	put_signers(sink, n, e->signers, e->signer_count);
	oak_put_strings(sink, "changes", e->changes, e->change_count);
	sink->ops->end_object(sink);
}

static void add_row(struct oak_table *table, struct oak_context *ctx, const struct names *n, const struct oak_log_entry *e, bool whole)
{
	char at[OAK_TIME_TEXT] = "";
	if (e->at != OAK_TIME_NONE)
		oak_time_format(e->at, at);
	for (size_t i = 0; i < (e->change_count ? e->change_count : 1); i++) {
		bool first = i == 0 || whole;
		oak_table_cell(table, first ? at : "");
		oak_table_cell(table, first ? oak_arena_printf(ctx->arena, "%s %lld", e->role, (long long)e->version) : "");
		oak_table_cell(table, !first ? "" : e->proven ? who(n, e->signers, e->signer_count) : "NOT PROVEN");
		oak_table_cell(table, e->change_count ? e->changes[i] : "");
	}
}

static int log_repo(struct oak_context *ctx, struct oak_repo *repo)
{
	static const char *const headers[] = {"at", "version", "approved by", "changes"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	struct names names;
	struct oak_log_entry *v;
	size_t n;
	if (oak_repo_log(repo, &v, &n, &ctx->err) < 0)
		return -1;
	load_names(&names, repo);
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.repositoryLog/1");
		oak_put_begin_array(&sink, "entries");
		for (size_t i = 0; i < n; i++)
			put_entry(&sink, &names, &v[i]);
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
	} else {
		struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
		for (size_t i = 0; i < n; i++)
			add_row(table, ctx, &names, &v[i], ctx->out.format == OAK_OUT_CSV);
		oak_table_print(table, &buf);
	}
	if (oak_out_end(&buf, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!v[i].proven)
			return oak_fail(&ctx->err, OAK_UNTRUSTED, "repo.not-proven", 0, "role '%s' version %lld is not signed by those who might sign it",
					v[i].role, (long long)v[i].version);
	return 0;
}

static int run_log(struct oak_context *ctx)
{
	return with_repo(ctx, log_repo, false);
}

const struct oak_cmd oak_cmd_repo_log = {
	.name = "repo log",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "who approved what, and when",
	.description = "Reads nothing but the metadata that are served: every version of root and of the roles that list targets, with the keys whose "
		       "signatures are good, when it was made and why as that was signed, and what it changed. DIR may be a mirror. A version "
		       "that those in force then did not sign is named, with exit code 5.",
	.run = run_log,
};
