/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "tool >= 1.2, < 2": which versions of another package are wanted or not borne. */
#include <string.h>

#include "baseline/evaluate.h"
#include "core/buf.h"
#include "core/str.h"
#include "distributor/package/traits.h"

/* Longest first, so that "<" does not take "<=" apart. */
static const struct {
	const char *text;
	enum oak_package_operator operator;
} operators[] = {
	{"<=", OAK_VERSION_LE}, {">=", OAK_VERSION_GE}, {"==", OAK_VERSION_EQ}, {"<<", OAK_VERSION_LT},
	{">>", OAK_VERSION_GT}, {"<", OAK_VERSION_LT},	{">", OAK_VERSION_GT},	{"=", OAK_VERSION_EQ},
};
enum { OPERATORS = sizeof(operators) / sizeof(*operators) };
static const char *const signs[OAK_VERSION_COUNT] = {"", "<", "<=", "=", ">=", ">"};

static bool bound_holds(const struct oak_package_bound *bound, const char *version)
{
	int order = oak_evr_compare_deb(version, bound->version);
	switch (bound->operator) {
	case OAK_VERSION_LT:
		return order < 0;
	case OAK_VERSION_LE:
		return order <= 0;
	case OAK_VERSION_EQ:
		return order == 0;
	case OAK_VERSION_GE:
		return order >= 0;
	case OAK_VERSION_GT:
		return order > 0;
	case OAK_VERSION_ANY:
	case OAK_VERSION_COUNT:
		break;
	}
	return true;
}

bool oak_package_relation_holds(const struct oak_package_relation *relation, const char *version)
{
	for (size_t i = 0; i < relation->bounds.n; i++)
		if (!bound_holds(&relation->bounds.v[i], version))
			return false;
	return true;
}

static bool parse_bound(struct oak_arena *arena, struct oak_str text, struct oak_package_relation *to)
{
	struct oak_package_bound bound = {.operator = OAK_VERSION_EQ};
	text = oak_str_trim(text);
	for (size_t i = 0; i < OPERATORS; i++) {
		size_t n = strlen(operators[i].text);
		if (text.n < n || memcmp(text.p, operators[i].text, n) != 0)
			continue;
		bound.operator = operators[i].operator;
		text = oak_str_trim((struct oak_str){text.p + n, text.n - n});
		break;
	}
	bound.version = oak_arena_strndup(arena, text.p, text.n);
	if (!oak_package_version_check(bound.version))
		return false;
	*oak_push(arena, &to->bounds) = bound;
	return true;
}

bool oak_package_relation_parse(struct oak_arena *arena, const char *text, struct oak_package_relation *ret)
{
	struct oak_str rest = oak_str_trim(oak_str_of(text));
	size_t n = 0;
	while (n < rest.n && !strchr(" \t(<>=", rest.p[n]))
		n++;
	struct oak_package_relation relation = {.name = oak_arena_strndup(arena, rest.p ? rest.p : "", n)};
	if (!oak_package_name_check(relation.name))
		return false;
	rest = oak_str_trim((struct oak_str){rest.p + n, rest.n - n});
	if (rest.n && rest.p[0] == '(' && rest.p[rest.n - 1] == ')') /* as in a Depends line */
		rest = oak_str_trim((struct oak_str){rest.p + 1, rest.n - 2});
	if (oak_str_eq(rest, OAK_STR("*")))
		rest.n = 0;
	struct oak_str part;
	while (rest.n && oak_str_next(&rest, ',', &part))
		if (!parse_bound(arena, part, &relation))
			return false;
	*ret = relation;
	return true;
}

const char *oak_package_relation_text(struct oak_arena *arena, const struct oak_package_relation *relation)
{
	const char *text = relation->name;
	for (size_t i = 0; i < relation->bounds.n; i++)
		text = oak_arena_printf(arena, "%s%s%s %s", text, i ? ", " : " ", signs[relation->bounds.v[i].operator],
					relation->bounds.v[i].version);
	return text;
}
