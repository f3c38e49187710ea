/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requirements of a package of a repository: the highest versions that all who need them bear, asked for until none lacks. */
#include "cli/package_needs.h"

#include "core/str.h"
#include "distributor/package/script.h"
#include "distributor/package/world.h"

enum { PICKS_MAX = 256 };

void oak_package_item_done(struct oak_package_item *item)
{
	if (item)
		oak_package_place_done(&item->place);
}

int oak_package_item_load(struct oak_package_session *s, const struct oak_package_trust *trust, struct oak_package_item *item)
{
	struct oak_context *ctx = s->ctx;
	if (oak_package_place_documents(&item->place) < 0 ||
	    oak_package_load(ctx->arena, &item->place.source, trust, &s->job.host, &item->loaded, &ctx->err) < 0 ||
	    oak_script_args_check(ctx->arena, &item->loaded.manifest->traits, &item->args, &ctx->err) < 0)
		return -1;
	item->args_digest = oak_package_args_digest(ctx->arena, &item->args);
	const struct oak_trust_rule *rule = oak_package_trust_rule(trust, item->loaded.name);
	item->strict = oak_opt_flag(ctx, "strict") || (rule && rule->strict);
	return 0;
}

/* ------------------------------------------------------------------------------------------- one more */

struct search {
	struct oak_package_session *s;
	const struct oak_package_trust *trust;
	const struct oak_package_item *item;
	struct oak_package_world world;
	oak_package_items picked; /* all that were loaded; the newest of a name counts */
};

static bool accepts(const void *arg, const char *name, const char *version)
{
	return oak_package_world_accepts(arg, name, version);
}

static struct oak_package_item *newest(const oak_package_items *items, const char *name)
{
	for (size_t i = items->n; i-- > 0;)
		if (oak_streq(items->v[i]->loaded.name, name))
			return items->v[i];
	return NULL;
}

/* Nothing that can be had fulfils NEED of WHO. */
static int unmet(struct search *f, const struct oak_package_member *who, const struct oak_package_relation *need, const char *why)
{
	struct oak_context *ctx = f->s->ctx;
	return oak_fail(&ctx->err, OAK_CONFLICT, "package.requires", 0, "package '%s' %s needs '%s', and %s", who->name, who->version,
			oak_package_relation_text(ctx->arena, need), why);
}

static int find_place(struct search *f, const struct oak_package_member *who, const struct oak_package_relation *need,
		      struct oak_package_place *ret)
{
	struct oak_context *ctx = f->s->ctx;
	const struct oak_package_item *asker = newest(&f->picked, who->name);
	const char *first = asker ? asker->place.repo : f->item->place.repo;
	if (oak_package_place_need(ctx, need->name, first, &f->s->job.host, accepts, &f->world, ret) == 0)
		return 0;
	if (ctx->err.kind != OAK_NOT_FOUND)
		return oak_context(&ctx->err, "package '%s', which '%s' needs", need->name, who->name);
	return unmet(f, who, need, oak_arena_printf(ctx->arena, "no version that all who need it bear is in '%s' for this host (see 'oakum package show')", first));
}

static int pick(struct search *f, const struct oak_package_member *who, const struct oak_package_relation *need)
{
	struct oak_context *ctx = f->s->ctx;
	struct oak_package_item *item;
	if (oak_streq(need->name, f->item->loaded.name))
		return unmet(f, who, need, oak_arena_printf(ctx->arena, "version %s of that is what is to be installed", f->item->loaded.version));
	if (f->picked.n >= PICKS_MAX)
		return unmet(f, who, need, "the search for versions that fit each other is given up");
	item = OAK_NEW(ctx->arena, struct oak_package_item);
	*oak_push(ctx->arena, &f->picked) = item;
	if (find_place(f, who, need, &item->place) < 0)
		return -1;
	if (oak_package_session_record(f->s, need->name, &item->record) < 0 || oak_package_item_load(f->s, f->trust, item) < 0)
		return oak_context(&ctx->err, "package '%s', which '%s' needs", need->name, who->name);
	item->verb = item->record ? OAK_VERB_UPDATE : OAK_VERB_INSTALL;
	oak_package_world_put(ctx->arena, &f->world,
			      (struct oak_package_member){item->loaded.name, item->loaded.version, &item->loaded.manifest->traits, true});
	return 0;
}

/* ITEM is not installed after all: what is there of it stays. */
static void pass_over(struct search *f, struct oak_package_item *item)
{
	const char *name = item->loaded.name;
	oak_package_item_done(item);
	if (newest(&f->picked, name) != item)
		return; /* another version is */
	oak_package_world_drop(&f->world, name);
	if (item->record)
		oak_package_world_put(f->s->ctx->arena, &f->world, (struct oak_package_member){name, item->record->version, NULL, false});
}

/* What a version needed that was passed over again is needed by nobody. */
static int keep_needed(struct search *f, oak_package_items *ret)
{
	struct oak_context *ctx = f->s->ctx;
	const char *name = f->item->loaded.name;
	oak_package_order order;
	if (oak_package_world_order(ctx->arena, &f->world, name, &order, &ctx->err) < 0) {
		*ret = f->picked;
		return -1;
	}
	for (size_t i = 0; i < order.n; i++)
		if (!oak_streq(order.v[i], name))
			*oak_push(ctx->arena, ret) = newest(&f->picked, order.v[i]);
	for (size_t i = 0; i < f->picked.n; i++) {
		bool kept = false;
		for (size_t k = 0; k < ret->n; k++)
			kept = kept || ret->v[k] == f->picked.v[i];
		if (!kept)
			pass_over(f, f->picked.v[i]);
	}
	return oak_package_world_conflicts(ctx->arena, &f->world, &ctx->err);
}

int oak_package_needs(struct oak_package_session *s, const struct oak_package_trust *trust, const struct oak_package_item *item,
		      oak_package_items *ret)
{
	struct oak_context *ctx = s->ctx;
	struct search f = {.s = s, .trust = trust, .item = item};
	const struct oak_package_relation *need;
	const struct oak_package_member *who;
	*ret = (oak_package_items){0};
	if (oak_package_world_load(&s->pkgs, &f.world, &ctx->err) < 0)
		return -1;
	oak_package_world_put(ctx->arena, &f.world,
			      (struct oak_package_member){item->loaded.name, item->loaded.version, &item->loaded.manifest->traits, true});
	while ((need = oak_package_world_lacks(&f.world, &who))) {
		const struct oak_package_member asker = *who; /* it moves when the world grows */
		if (pick(&f, &asker, need) < 0) {
			*ret = f.picked;
			return -1;
		}
	}
	return keep_needed(&f, ret);
}
