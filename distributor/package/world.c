/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requirements and conflicts between packages of ours; decides, and reads nothing but the store's records. */
#include "distributor/package/world.h"

#include "core/str.h"
#include "distributor/package/install.h"

enum { DEPTH_MAX = 64 };

/* ------------------------------------------------------------------------------------------- who is there */

static int load_one(const struct oak_pkgs *pkgs, const char *name, struct oak_package_world *world, struct oak_error *err)
{
	struct oak_package_record *record;
	struct oak_generation *g = NULL;
	bool rebuilt;
	if (oak_record_load(pkgs, name, &record, &rebuilt, err) < 0)
		return -1;
	if (!record || record->state != OAK_PACKAGE_INSTALLED)
		return 0;
	if (oak_generation_load(pkgs, name, record->generation, &g, NULL) < 0)
		g = NULL;
	*oak_push(pkgs->arena, &world->v) = (struct oak_package_member){name, record->version, g ? &g->manifest->traits : NULL, false};
	return 0;
}

int oak_package_world_load(const struct oak_pkgs *pkgs, struct oak_package_world *ret, struct oak_error *err)
{
	const char *const *names;
	size_t n;
	*ret = (struct oak_package_world){0};
	if (oak_pkgs_names(pkgs, &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (load_one(pkgs, names[i], ret, err) < 0)
			return -1;
	return 0;
}

static struct oak_package_member *find(const struct oak_package_world *world, const char *name)
{
	for (size_t i = 0; i < world->v.n; i++)
		if (oak_streq(world->v.v[i].name, name))
			return &world->v.v[i];
	return NULL;
}

const struct oak_package_member *oak_package_world_find(const struct oak_package_world *world, const char *name)
{
	return find(world, name);
}

void oak_package_world_put(struct oak_arena *arena, struct oak_package_world *world, struct oak_package_member member)
{
	struct oak_package_member *old = find(world, member.name);
	if (!old)
		old = oak_push(arena, &world->v);
	*old = member;
}

void oak_package_world_drop(struct oak_package_world *world, const char *name)
{
	struct oak_package_member *old = find(world, name);
	if (old)
		*old = world->v.v[--world->v.n];
}

/* ------------------------------------------------------------------------------------------- what they say of one another */

static bool holds(const struct oak_package_world *world, const struct oak_package_relation *need)
{
	const struct oak_package_member *other = find(world, need->name);
	return other && oak_package_relation_holds(need, other->version);
}

const struct oak_package_relation *oak_package_world_lacks(const struct oak_package_world *world, const struct oak_package_member **ret_who)
{
	for (size_t i = 0; i < world->v.n; i++) {
		const struct oak_package_member *m = *ret_who = &world->v.v[i];
		for (size_t k = 0; m->traits && k < m->traits->requires.n; k++) {
			const struct oak_package_relation *need = &m->traits->requires.v[k];
			const struct oak_package_member *other = find(world, need->name);
			bool ours = m->planned || (other && other->planned); /* what was amiss before is not this call's matter */
			if (ours && !holds(world, need))
				return need;
		}
	}
	return NULL;
}

bool oak_package_world_accepts(const struct oak_package_world *world, const char *name, const char *version)
{
	for (size_t i = 0; i < world->v.n; i++) {
		const struct oak_package_traits *t = world->v.v[i].traits;
		for (size_t k = 0; t && k < t->requires.n; k++)
			if (oak_streq(t->requires.v[k].name, name) && !oak_package_relation_holds(&t->requires.v[k], version))
				return false;
	}
	return true;
}

static const struct oak_package_relation *excludes(const struct oak_package_member *one, const struct oak_package_member *other)
{
	for (size_t i = 0; one->traits && i < one->traits->conflicts.n; i++) {
		const struct oak_package_relation *clash = &one->traits->conflicts.v[i];
		if (oak_streq(clash->name, other->name) && oak_package_relation_holds(clash, other->version))
			return clash;
	}
	return NULL;
}

static int check_pair(struct oak_arena *arena, const struct oak_package_member *planned, const struct oak_package_member *other,
		      struct oak_error *err)
{
	const struct oak_package_relation *clash = excludes(other, planned);
	if (clash)
		return oak_fail(err, OAK_CONFLICT, "package.conflict", 0, "package '%s' %s conflicts with '%s', and %s would be installed (%s)", other->name,
				other->version, oak_package_relation_text(arena, clash), planned->version,
				other->planned ? "they cannot be installed together" : "uninstall it first");
	clash = excludes(planned, other);
	if (clash && other->planned)
		return oak_fail(err, OAK_CONFLICT, "package.conflict", 0, "package '%s' %s conflicts with '%s', and %s would be installed (they cannot be installed together)",
				planned->name, planned->version, oak_package_relation_text(arena, clash), other->version);
	if (clash)
		return oak_fail(err, OAK_CONFLICT, "package.conflict", 0, "package '%s' conflicts with '%s' %s, which is installed (uninstall it first)",
				planned->name, other->name, other->version);
	return 0;
}

int oak_package_world_conflicts(struct oak_arena *arena, const struct oak_package_world *world, struct oak_error *err)
{
	for (size_t i = 0; i < world->v.n; i++)
		for (size_t k = 0; world->v.v[i].planned && k < world->v.n; k++)
			if (i != k && check_pair(arena, &world->v.v[i], &world->v.v[k], err) < 0)
				return -1;
	return 0;
}

/* ------------------------------------------------------------------------------------------- order */

static bool listed(const oak_package_order *order, const char *name)
{
	for (size_t i = 0; i < order->n; i++)
		if (oak_streq(order->v[i], name))
			return true;
	return false;
}

static int visit(struct oak_arena *arena, const struct oak_package_world *world, const char *name, oak_package_order *open,
		 oak_package_order *ret, struct oak_error *err)
{
	const struct oak_package_member *m = find(world, name);
	if (!m || !m->planned || listed(ret, name))
		return 0;
	if (listed(open, name) || open->n >= DEPTH_MAX)
		return oak_fail(err, OAK_CONFLICT, "package.circular", 0, "package '%s' needs '%s', which needs it in turn%s: neither can be installed first (ask the publisher)",
				name, open->v[open->n - 1], open->n >= DEPTH_MAX ? " or is too deep" : "");
	*oak_push(arena, open) = name;
	for (size_t i = 0; m->traits && i < m->traits->requires.n; i++)
		if (visit(arena, world, m->traits->requires.v[i].name, open, ret, err) < 0)
			return -1;
	open->n--;
	*oak_push(arena, ret) = name;
	return 0;
}

int oak_package_world_order(struct oak_arena *arena, const struct oak_package_world *world, const char *name, oak_package_order *ret,
			    struct oak_error *err)
{
	oak_package_order open = {0};
	*ret = (oak_package_order){0};
	return visit(arena, world, name, &open, ret, err);
}

/* ------------------------------------------------------------------------------------------- one package against the store */

static int refuse(const struct oak_pkgs *pkgs, const struct oak_package_world *world, const char *name, const struct oak_package_member *who,
		  const struct oak_package_relation *need, struct oak_error *err)
{
	const char *words = oak_package_relation_text(pkgs->arena, need);
	if (oak_streq(who->name, name))
		return oak_fail(err, OAK_CONFLICT, "package.requires", 0, "package '%s' %s needs '%s', and %s (install that first)", who->name, who->version,
				words, find(world, need->name) ? "another version is installed" : "it is not installed");
	return oak_fail(err, OAK_CONFLICT, "package.needed", 0, "package '%s' %s needs '%s' (update it first)", who->name, who->version, words);
}

/* NAME goes: nobody may need it. */
static int check_gone(const struct oak_pkgs *pkgs, const struct oak_package_world *world, const char *name, struct oak_error *err)
{
	for (size_t i = 0; i < world->v.n; i++) {
		const struct oak_package_member *m = &world->v.v[i];
		for (size_t k = 0; m->traits && !oak_streq(m->name, name) && k < m->traits->requires.n; k++)
			if (oak_streq(m->traits->requires.v[k].name, name))
				return oak_fail(err, OAK_CONFLICT, "package.needed", 0, "package '%s' %s needs '%s' (uninstall it first)", m->name, m->version,
						oak_package_relation_text(pkgs->arena, &m->traits->requires.v[k]));
	}
	return 0;
}

int oak_package_relations(const struct oak_pkgs *pkgs, const char *name, const char *version, const struct oak_package_traits *traits,
			  struct oak_error *err)
{
	struct oak_package_world world;
	const struct oak_package_member *who;
	if (oak_package_world_load(pkgs, &world, err) < 0)
		return -1;
	if (!version)
		return check_gone(pkgs, &world, name, err);
	oak_package_world_put(pkgs->arena, &world, (struct oak_package_member){name, version, traits, true});
	const struct oak_package_relation *need = oak_package_world_lacks(&world, &who);
	if (need)
		return refuse(pkgs, &world, name, who, need, err);
	return oak_package_world_conflicts(pkgs->arena, &world, err);
}
