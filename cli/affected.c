/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selectors before and after, asked of every known node. */
#include "cli/affected.h"

#include <string.h>

#include "cli/assignments.h"
#include "cli/report.h"
#include "core/str.h"

enum { NAMED = 12 };

int oak_affected_nodes(struct oak_context *ctx, struct oak_known_nodes *ret)
{
	const char *from = oak_opt_text(ctx, "from");
	struct oak_report *report = OAK_NEW(ctx->arena, struct oak_report);
	struct oak_store *store = NULL;
	struct oak_error err = {0};
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	*ret = (struct oak_known_nodes){0};
	if (!from && oak_store_open(&options, &store, &err) < 0) {
		if (err.kind != OAK_NOT_FOUND)
			oak_warn(&ctx->out, "the nodes that this is about are not known: %s", err.cause);
		return 0;
	}
	oak_report_init(report, ctx->arena, OAK_REPORT_COMPLIANCE, oak_ctx_now(ctx));
	report->source = from ? oak_report_folder(ctx->arena, from) : oak_report_store(ctx->arena, store, false, false);
	int result = report->source->gather(report->source, report, &ctx->err);
	if (result == 0)
		oak_report_finish(report);
	oak_store_close(store);
	if (result < 0 && from && ctx->err.kind == OAK_NOT_FOUND)
		ctx->err.kind = OAK_INVALID; /* named on the command line */
	for (size_t i = 0; result == 0 && i < report->unreadable.n; i++)
		oak_warn(&ctx->out, "cannot read '%s': %s", report->unreadable.v[i].file, report->unreadable.v[i].why);
	for (size_t i = 0; result == 0 && i < report->nodes.n; i++)
		*oak_push(ctx->arena, &ret->list) = &report->nodes.v[i]->node;
	return result;
}

/* ---- documents of the policy role ---- */

struct asking {
	struct oak_context *ctx;
	const struct oak_repo *repo;
	const struct oak_known_nodes *nodes;
	struct oak_words *words;
	struct oak_assignments after; /* all of them, as they would be */
};

static const char *hash_of(const struct oak_value *targets, const char *path)
{
	return oak_value_string(oak_value_get(oak_value_get(oak_value_get(targets, path), "hashes"), "sha256"));
}

/* NULL = it is not there, or is no assignment. */
static struct oak_assignment *assignment(struct asking *a, const struct oak_value *targets, const char *path)
{
	const char *hash = hash_of(targets, path);
	const struct oak_value *doc;
	struct oak_assignment *ret;
	struct oak_error ignored = {0};
	const struct oak_value_limits limits = {OAK_ASSIGNMENT_MAX, 0};
	if (!hash || !oak_starts_with(path, OAK_ASSIGNMENTS_PATH) ||
	    oak_value_load(a->ctx->arena, oak_repo_target_path(a->repo, path, hash), &limits, &doc, &ignored) < 0 ||
	    oak_assignment_parse(a->ctx->arena, doc, path, &ret, &ignored) < 0)
		return NULL;
	return ret;
}

static void load_after(struct asking *a, const struct oak_value *policy)
{
	const struct oak_value *targets = oak_value_get(policy, "targets");
	for (size_t i = 0; targets && targets->kind == OAK_VALUE_OBJECT && i < targets->object.n; i++) {
		struct oak_assignment *one = assignment(a, targets, targets->object.v[i].key);
		if (one)
			*oak_push(a->ctx->arena, &a->after.list) = one;
	}
}

/* ---- counting ---- */

struct count {
	size_t n, come, go;
	struct oak_buf names, comers, goers;
};

static void name(struct oak_buf *to, size_t already, const struct oak_node *node)
{
	if (already < NAMED)
		oak_buf_addf(to, "%s%s", already ? ", " : "", node->name ? node->name : node->id);
	else if (already == NAMED)
		oak_buf_addf(to, " …");
}

static void add(struct count *c, const struct oak_node *node, bool before, bool after)
{
	if (after)
		name(&c->names, c->n++, node);
	if (after && !before)
		name(&c->comers, c->come++, node);
	if (before && !after)
		name(&c->goers, c->go++, node);
}

/* CHANGES: who comes and goes is of interest, too. */
static void say(struct asking *a, const char *what, struct count *c, bool changes)
{
	OAK_AUTO(oak_buf_done) struct oak_buf line;
	oak_buf_init(&line, 64 * 1024);
	oak_buf_addf(&line, "%s: for %zu of %zu known nodes%s%s", what, c->n, a->nodes->list.n, c->n ? ": " : "", oak_buf_text(&c->names));
	if (changes && c->come)
		oak_buf_addf(&line, "; %zu come: %s", c->come, oak_buf_text(&c->comers));
	if (changes && c->go)
		oak_buf_addf(&line, "; %zu go: %s", c->go, oak_buf_text(&c->goers));
	*oak_push(a->words->arena, &a->words->lines) = oak_arena_strdup(a->words->arena, oak_buf_text(&line));
}

static void count_init(struct count *c)
{
	*c = (struct count){0};
	oak_buf_init(&c->names, 16 * 1024);
	oak_buf_init(&c->comers, 16 * 1024);
	oak_buf_init(&c->goers, 16 * 1024);
}

static void count_done(struct count *c)
{
	oak_buf_done(&c->names);
	oak_buf_done(&c->comers);
	oak_buf_done(&c->goers);
}

static void ask_assignment(struct asking *a, const char *path, const struct oak_assignment *before, const struct oak_assignment *after)
{
	OAK_AUTO(count_done) struct count c;
	count_init(&c);
	for (size_t i = 0; i < a->nodes->list.n; i++) {
		const struct oak_node *node = a->nodes->list.v[i];
		add(&c, node, before && oak_selector_matches(before->selector, node), after && oak_selector_matches(after->selector, node));
	}
	say(a, path, &c, true);
}

/* Does an assignment bring it to nodes? */
typedef bool brings(const struct oak_assignment *assignment, const void *what);

static bool names_policy(const struct oak_assignment *a, const void *what)
{
	bool found = oak_streq(a->baseline, what);
	for (size_t i = 0; i < a->windows.n; i++)
		found |= oak_streq(a->windows.v[i], what);
	for (size_t i = 0; i < a->calendars.n; i++)
		found |= oak_streq(a->calendars.v[i], what);
	return found;
}

struct version {
	const char *package, *version;
};

static bool names_package(const struct oak_assignment *a, const void *what)
{
	const struct version *v = what;
	for (size_t i = 0; i < a->packages.n; i++) {
		const struct oak_assigned_package *p = &a->packages.v[i];
		if (oak_streq(p->name, v->package) && p->action == OAK_ASSIGNED_INSTALL && (p->channel || oak_streq(p->version, v->version)))
			return true;
	}
	return false;
}

static void ask_brought(struct asking *a, const char *what, brings *by, const void *arg)
{
	OAK_AUTO(count_done) struct count c;
	bool any = false;
	count_init(&c);
	for (size_t k = 0; k < a->after.list.n; k++)
		any |= by(a->after.list.v[k], arg);
	for (size_t i = 0; any && i < a->nodes->list.n; i++) {
		bool matches = false;
		for (size_t k = 0; k < a->after.list.n; k++)
			matches |= by(a->after.list.v[k], arg) && oak_selector_matches(a->after.list.v[k]->selector, a->nodes->list.v[i]);
		add(&c, a->nodes->list.v[i], matches, matches);
	}
	if (any)
		say(a, what, &c, false);
}

/* ---- what changes ---- */

static void ask_target(struct asking *a, const char *path, const struct oak_value *old, const struct oak_value *new)
{
	if (oak_streq(hash_of(old, path), hash_of(new, path)))
		return;
	if (oak_starts_with(path, OAK_ASSIGNMENTS_PATH)) {
		ask_assignment(a, path, assignment(a, old, path), assignment(a, new, path));
	} else if (oak_starts_with(path, "pkg/") && oak_ends_with(path, "/manifest.json")) {
		struct oak_str rest = oak_str_of(path + 4), package, version;
		if (!oak_str_next(&rest, '/', &package) || !oak_str_next(&rest, '/', &version))
			return;
		const struct version v = {oak_arena_strndup(a->ctx->arena, package.p, package.n),
					  oak_arena_strndup(a->ctx->arena, version.p, version.n)};
		ask_brought(a, oak_arena_printf(a->ctx->arena, "package %s %s", v.package, v.version), names_package, &v);
	} else if (oak_starts_with(path, "policy/")) {
		ask_brought(a, path, names_policy, path);
	}
}

void oak_affected_describe(struct oak_context *ctx, const struct oak_repo *repo, const struct oak_proposed *p, const struct oak_value *policy,
			   const struct oak_known_nodes *nodes, struct oak_words *ret)
{
	const struct oak_value *old = oak_value_get(p->old, "targets"), *new = oak_value_get(p->signed_part, "targets");
	struct asking a = {.ctx = ctx, .repo = repo, .nodes = nodes, .words = ret};
	if (!nodes->list.n)
		return;
	load_after(&a, policy);
	for (size_t i = 0; new && new->kind == OAK_VALUE_OBJECT && i < new->object.n; i++)
		ask_target(&a, new->object.v[i].key, old, new);
	for (size_t i = 0; old && old->kind == OAK_VALUE_OBJECT && i < old->object.n; i++)
		if (!oak_value_get(new, old->object.v[i].key))
			ask_target(&a, old->object.v[i].key, old, new);
}
