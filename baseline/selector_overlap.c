/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two selectors could match one node: their disjunctive forms, term against term. */
#include "baseline/selector_tree.h"
#include "core/str.h"

struct literal {
	const struct oak_selector_test *test;
	bool negated;
};

/* A term is a list of literals that must all hold; shared tails, so that expanding copies little. */
struct term {
	struct literal literal;
	const struct term *rest;
};

struct terms {
	OAK_VEC(const struct term *) list; /* NULL = holds always */
	bool never;
};

static struct terms expand(struct oak_arena *arena, const struct oak_selector *s, bool negated);

static const struct term *joined(struct oak_arena *arena, const struct term *a, const struct term *b)
{
	for (; a; a = a->rest) {
		struct term *t = OAK_NEW(arena, struct term);
		*t = (struct term){a->literal, b};
		b = t;
	}
	return b;
}

static struct terms product(struct oak_arena *arena, const struct terms *a, const struct terms *b)
{
	struct terms ret = {.never = a->never || b->never};
	for (size_t i = 0; !ret.never && i < a->list.n; i++)
		for (size_t j = 0; j < b->list.n; j++)
			*oak_push(arena, &ret.list) = joined(arena, a->list.v[i], b->list.v[j]);
	return ret;
}

static struct terms sum(struct oak_arena *arena, const struct terms *a, const struct terms *b)
{
	struct terms ret = {.never = a->never && b->never};
	for (size_t i = 0; !a->never && i < a->list.n; i++)
		*oak_push(arena, &ret.list) = a->list.v[i];
	for (size_t i = 0; !b->never && i < b->list.n; i++)
		*oak_push(arena, &ret.list) = b->list.v[i];
	return ret;
}

static struct terms expand(struct oak_arena *arena, const struct oak_selector *s, bool negated)
{
	struct terms ret = {0};
	if (s->op == OAK_SELECT_NOT)
		return expand(arena, s->left, !negated);
	if (s->op == OAK_SELECT_AND || s->op == OAK_SELECT_OR) {
		struct terms left = expand(arena, s->left, negated), right = expand(arena, s->right, negated);
		return (s->op == OAK_SELECT_AND) != negated ? product(arena, &left, &right) : sum(arena, &left, &right);
	}
	struct term *t = NULL;
	if (s->op == OAK_SELECT_TEST) {
		t = OAK_NEW(arena, struct term);
		*t = (struct term){{&s->test, s->unequal != negated}, NULL};
	}
	ret.never = s->op == OAK_SELECT_ALL && negated;
	*oak_push(arena, &ret.list) = t;
	return ret;
}

static bool same_key(const struct oak_selector_test *a, const struct oak_selector_test *b)
{
	return a->kind == b->kind && (a->kind != OAK_KEY_TAG || oak_streq(a->key, b->key));
}

/* True if a node with VALUE for this key passes every literal of the term that asks for it. */
static bool value_passes(const struct term *term, const struct oak_selector_test *key, const char *value)
{
	for (const struct term *t = term; t; t = t->rest) {
		const struct oak_selector_test *test = t->literal.test;
		bool covered = test->values.n == 0;
		if (!same_key(test, key))
			continue;
		for (size_t i = 0; i < test->values.n && !covered; i++)
			covered = oak_selector_covers(test->kind, test->values.v[i], value);
		if (covered == t->literal.negated)
			return false;
	}
	return true;
}

/* True if a node can have, or lack, this key so that all literals about it hold. */
static bool key_possible(const struct term *term, const struct oak_selector_test *key)
{
	bool present = key->kind != OAK_KEY_TAG, absent = false, limited = false;
	for (const struct term *t = term; t; t = t->rest) {
		const struct literal *l = &t->literal;
		if (!same_key(l->test, key))
			continue;
		present = present || !l->negated;
		absent = absent || (l->negated && l->test->values.n == 0);
		limited = limited || (!l->negated && l->test->values.n > 0);
	}
	if (present && absent)
		return false;
	if (!limited) /* absent, or a value that nobody names */
		return true;
	/* the narrowest values that are asked for are the only ones worth trying: with versions 8 and 8.10 that is 8.10; a version
	 * that is excluded in part only (8 without 8.10) still has others below it */
	for (const struct term *t = term; t; t = t->rest)
		for (size_t i = 0; !t->literal.negated && same_key(t->literal.test, key) && i < t->literal.test->values.n; i++)
			if (value_passes(term, key, t->literal.test->values.v[i]))
				return true;
	return false;
}

static bool possible(const struct term *term)
{
	for (const struct term *t = term; t; t = t->rest)
		if (!key_possible(term, t->literal.test))
			return false;
	return true;
}

bool oak_selectors_overlap(struct oak_arena *arena, const struct oak_selector *a, const struct oak_selector *b)
{
	struct terms left = expand(arena, a, false), right = expand(arena, b, false);
	for (size_t i = 0; !left.never && i < left.list.n; i++) {
		if (!possible(left.list.v[i]))
			continue;
		for (size_t j = 0; !right.never && j < right.list.n; j++)
			if (possible(joined(arena, right.list.v[j], left.list.v[i])))
				return true;
	}
	return false;
}
