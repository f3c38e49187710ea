/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk over the model; a table of members per struct. */
#include "scanners/answer.h"

#include <stdint.h>
#include <string.h>

#include "core/http.h"

struct check {
	const struct oak_arena *arena;
	const char *end; /* behind the last byte handed out */
	ptrdiff_t delta; /* by which the arena moved since its pointers were written */
	bool bad;
};

static bool inside(struct check *c, const void *p, size_t n)
{
	bool ok = oak_arena_contains(c->arena, p, n) && (const char *)p <= c->end && n <= (size_t)(c->end - (const char *)p);
	c->bad |= !ok;
	return ok;
}

/* Pointers are moved as numbers: until checked they may point anywhere. */
static void *moved(const struct check *c, const void *p)
{
	return p ? (void *)((uintptr_t)p + (uintptr_t)c->delta) : NULL;
}

static void text(struct check *c, const char **slot)
{
	const char *s = *slot = moved(c, *slot);
	if (s && inside(c, s, 1) && !memchr(s, '\0', (size_t)(c->end - s)))
		c->bad = true;
}

/* COUNT items of SIZE at V, aligned. */
static bool array(struct check *c, const void *v, size_t count, size_t size)
{
	if (count == 0)
		return false;
	if (count > SIZE_MAX / size || (uintptr_t)v % _Alignof(max_align_t)) {
		c->bad = true;
		return false;
	}
	return inside(c, v, count * size);
}

/* A vector of the model: true if it has items to look at. */
#define VEC(c, vec)                                                                                          \
	((vec)->cap = (vec)->n, (vec)->v = moved((c), (vec)->v), array((c), (vec)->v, (vec)->n, sizeof(*(vec)->v)))

static void texts(struct check *c, const char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text(c, &v[i]);
}

/* The same for a vector of texts. */
#define TEXTS(c, vec)                                                                                        \
	do {                                                                                                 \
		if (VEC((c), (vec)))                                                                         \
			texts((c), (vec)->v, (vec)->n);                                                      \
	} while (0)

/* All members of OBJECT whose offsets are listed are texts. */
static void members(struct check *c, void *object, const size_t *offsets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text(c, (const char **)((char *)object + offsets[i]));
}

#define MEMBERS(c, object, table) members((c), (object), (table), sizeof(table) / sizeof(*(table)))
#define AT(type, member) offsetof(struct type, member)

static void problems(struct check *c, struct oak_problem *v, size_t n)
{
	static const size_t at[] = {AT(oak_problem, kind), AT(oak_problem, subject), AT(oak_problem, detail),
				    AT(oak_problem, remedy)};
	for (size_t i = 0; i < n; i++)
		MEMBERS(c, &v[i], at);
}

static void repositories(struct check *c, struct oak_repository *v, size_t n)
{
	static const size_t at[] = {AT(oak_repository, id),    AT(oak_repository, uri),	      AT(oak_repository, suite),
				    AT(oak_repository, codename), AT(oak_repository, label), AT(oak_repository, component),
				    AT(oak_repository, error)};
	for (size_t i = 0; i < n; i++)
		MEMBERS(c, &v[i], at);
}

static void advisories(struct check *c, struct oak_advisory *v, size_t n)
{
	static const size_t at[] = {AT(oak_advisory, id), AT(oak_advisory, classification), AT(oak_advisory, severity),
				    AT(oak_advisory, title)};
	for (size_t i = 0; i < n; i++) {
		MEMBERS(c, &v[i], at);
		TEXTS(c, &v[i].cves);
		TEXTS(c, &v[i].bugs);
		TEXTS(c, &v[i].known_exploited);
	}
}

static void packages(struct check *c, struct oak_package *v, size_t n)
{
	static const size_t at[] = {AT(oak_package, name),   AT(oak_package, arch),	 AT(oak_package, evr),
				    AT(oak_package, source), AT(oak_package, vendor),	 AT(oak_package, hold_kind),
				    AT(oak_package, pin),    AT(oak_package, module), AT(oak_package, signature_key),
				    AT(oak_package, offered), AT(oak_package, section),  AT(oak_package, priority)};
	for (size_t i = 0; i < n; i++) {
		MEMBERS(c, &v[i], at);
		TEXTS(c, &v[i].origins);
		if (VEC(c, &v[i].advisories))
			advisories(c, v[i].advisories.v, v[i].advisories.n);
	}
}

static void updates(struct check *c, struct oak_update *v, size_t n)
{
	static const size_t at[] = {AT(oak_update, name),	    AT(oak_update, arch),
				    AT(oak_update, evr),	    AT(oak_update, source),
				    AT(oak_update, section),	    AT(oak_update, priority),
				    AT(oak_update, module),	    AT(oak_update, needs_subscription),
				    AT(oak_update, successor_of),   AT(oak_update, kb),
				    AT(oak_update, update_id),	    AT(oak_update, product),
				    AT(oak_update, product_family), AT(oak_update, title),
				    AT(oak_update, policy),
				    AT(oak_update, uri),	    AT(oak_update, sha256)};
	for (size_t i = 0; i < n; i++) {
		MEMBERS(c, &v[i], at);
		TEXTS(c, &v[i].origins);
		TEXTS(c, &v[i].supersedes);
		if (VEC(c, &v[i].advisories))
			advisories(c, v[i].advisories.v, v[i].advisories.n);
	}
}

static void accesses(struct check *c, struct oak_http_access *v, size_t n)
{
	static const size_t at[] = {AT(oak_http_access, proxy),       AT(oak_http_access, user),
				    AT(oak_http_access, password),    AT(oak_http_access, ca_file),
				    AT(oak_http_access, client_cert), AT(oak_http_access, client_key)};
	for (size_t i = 0; i < n; i++)
		MEMBERS(c, &v[i], at);
}

static struct check start(const struct oak_arena *arena, const void *object, size_t size, ptrdiff_t delta)
{
	const char *first = oak_arena_base(arena);
	struct check c = {.arena = arena, .end = first + oak_arena_used(arena), .delta = delta};
	array(&c, object, 1, size);
	return c;
}

static int finish(const struct check *c, const char *what, struct oak_error *err)
{
	return c->bad ? oak_fail(err, OAK_BUG, "scan.bad-answer", 0,
				 "the backend's %s points outside of its answer (a fault in the backend: report it)", what)
		      : 0;
}

static void live_patches(struct check *c, struct oak_live_patch *v, size_t n)
{
	static const size_t at[] = {AT(oak_live_patch, name), AT(oak_live_patch, evr)};
	for (size_t i = 0; i < n; i++) {
		MEMBERS(c, &v[i], at);
		TEXTS(c, &v[i].cves);
	}
}

static void vendor_patches(struct check *c, struct oak_vendor_patch *v, size_t n)
{
	static const size_t at[] = {AT(oak_vendor_patch, repository), AT(oak_vendor_patch, status)};
	for (size_t i = 0; i < n; i++) {
		MEMBERS(c, &v[i], at);
		advisories(c, &v[i].advisory, 1);
	}
}

int oak_answer_check_inventory(const struct oak_arena *arena, struct oak_inventory *inventory, ptrdiff_t delta,
			       struct oak_error *err)
{
	static const size_t platform[] = {AT(oak_platform, family), AT(oak_platform, id),     AT(oak_platform, version),
					  AT(oak_platform, arch),   AT(oak_platform, kernel), AT(oak_platform, boot_id),
					  AT(oak_platform, product), AT(oak_platform, edition)};
	struct check c = start(arena, inventory, sizeof(*inventory), delta);
	if (!c.bad) {
		text(&c, &inventory->node.id);
		text(&c, &inventory->node.name);
		MEMBERS(&c, &inventory->node.platform, platform);
		c.bad |= inventory->node.tags.n != 0; /* tags come from the configuration, never from a backend */
		if (VEC(&c, &inventory->problems))
			problems(&c, inventory->problems.v, inventory->problems.n);
		if (VEC(&c, &inventory->repositories))
			repositories(&c, inventory->repositories.v, inventory->repositories.n);
		if (VEC(&c, &inventory->packages))
			packages(&c, inventory->packages.v, inventory->packages.n);
		if (VEC(&c, &inventory->updates))
			updates(&c, inventory->updates.v, inventory->updates.n);
		if (VEC(&c, &inventory->accesses))
			accesses(&c, inventory->accesses.v, inventory->accesses.n);
		TEXTS(&c, &inventory->reboot_reasons);
		if (VEC(&c, &inventory->live_patches))
			live_patches(&c, inventory->live_patches.v, inventory->live_patches.n);
		if (VEC(&c, &inventory->patches))
			vendor_patches(&c, inventory->patches.v, inventory->patches.n);
	}
	return finish(&c, "inventory", err);
}

int oak_answer_check_transaction(const struct oak_arena *arena, struct oak_transaction *transaction,
				 struct oak_error *err)
{
	static const size_t at[] = {AT(oak_action, name), AT(oak_action, arch),	      AT(oak_action, from),
				    AT(oak_action, to),	  AT(oak_action, repository), AT(oak_action, pulled_by),
				    AT(oak_action, from_repository), AT(oak_action, from_location), AT(oak_action, from_sha256)};
	struct check c = start(arena, transaction, sizeof(*transaction), 0);
	if (!c.bad) {
		size_t n = VEC(&c, &transaction->actions) ? transaction->actions.n : 0;
		struct oak_action *v = transaction->actions.v;
		for (size_t i = 0; i < n; i++) {
			MEMBERS(&c, &v[i], at);
			c.bad |= (unsigned)v[i].kind >= OAK_ACTION_COUNT;
		}
		if (VEC(&c, &transaction->refused))
			problems(&c, transaction->refused.v, transaction->refused.n);
	}
	return finish(&c, "transaction", err);
}
