/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filter keys as a table of accessors, values compared without regard to case and blanks. */
#include "baseline/filter.h"

#include "baseline/glob.h"

static const char *present(const char *text)
{
	return text && *text ? text : NULL;
}

static const char *classification(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	(void)c;
	return present(k->classification);
}

static const char *severity(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	(void)c;
	return present(k->severity);
}

static const char *product(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	return c->flavour == OAK_FLAVOUR_WINDOWS && present(k->update->product) ? k->update->product : c->product;
}

static const char *product_family(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	(void)c;
	return present(k->update->product_family);
}

/* Windows itself is the family "Windows"; what has another family is an application. */
static const char *patch_set(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	const char *family = present(k->update->product_family), *of = product(c, k);

	if (family)
		return oak_strcaseeq(family, "Windows") ? "OS" : "APPLICATION";
	return !of || oak_strcasestr(of, "Windows") == of || oak_strcasestr(of, "Microsoft Server Operating System") == of
		       ? "OS"
		       : "APPLICATION";
}

static const char *priority(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	(void)c;
	return present(k->update->priority);
}

static const char *section(const struct oak_filter_context *c, const struct oak_candidate *k)
{
	(void)c;
	return present(k->update->section);
}

static const char *(*const accessors[OAK_FILTER_COUNT])(const struct oak_filter_context *, const struct oak_candidate *) = {
	[OAK_FILTER_PATCH_SET] = patch_set,
	[OAK_FILTER_PRODUCT] = product,
	[OAK_FILTER_PRODUCT_FAMILY] = product_family,
	[OAK_FILTER_CLASSIFICATION] = classification,
	[OAK_FILTER_MSRC_SEVERITY] = severity,
	[OAK_FILTER_SEVERITY] = severity,
	[OAK_FILTER_PRIORITY] = priority,
	[OAK_FILTER_SECTION] = section,
};

const char *oak_filter_value(const struct oak_filter_context *context, enum oak_filter_key key,
			     const struct oak_candidate *candidate)
{
	return accessors[key](context, candidate);
}

static char folded(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* "Security Updates" as Windows says it and "SecurityUpdates" as AWS writes it are one. */
static bool same_word(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ')
			a++;
		while (*b == ' ')
			b++;
		if (folded(*a) != folded(*b))
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

static bool same_severity(const char *wanted, const char *value)
{
	if (!value)
		return same_word(wanted, "None") || same_word(wanted, "Unspecified");
	if (same_word(wanted, "Medium") || same_word(wanted, "Moderate"))
		return same_word(value, "Medium") || same_word(value, "Moderate");
	return same_word(wanted, value);
}

static bool same_product(const char *wanted, const char *value)
{
	size_t n = strlen(wanted);

	if (oak_glob_is_pattern(wanted) && oak_glob_match(wanted, value))
		return true;
	if (n > 2 && oak_streq(wanted + n - 2, ".*") && strlen(value) == n - 2)
		return oak_strcasestr(wanted, value) == wanted;
	return same_word(wanted, value);
}

bool oak_filter_match(const struct oak_filter_context *context, const struct oak_filter *filter,
		      const struct oak_candidate *candidate)
{
	const char *value = oak_filter_value(context, filter->key, candidate);
	bool severity_key = filter->key == OAK_FILTER_SEVERITY || filter->key == OAK_FILTER_MSRC_SEVERITY;

	for (size_t i = 0; i < filter->values.n; i++) {
		const char *wanted = filter->values.v[i];

		if (oak_streq(wanted, "*"))
			return true;
		if (severity_key ? same_severity(wanted, value)
				 : value && (filter->key == OAK_FILTER_PRODUCT ? same_product(wanted, value)
									       : same_word(wanted, value)))
			return true;
	}
	return false;
}

static bool names_products(const struct oak_rule *rule)
{
	for (size_t i = 0; i < rule->filters.n; i++) {
		const struct oak_filter *filter = &rule->filters.v[i];

		if (filter->key == OAK_FILTER_PATCH_SET || filter->key == OAK_FILTER_PRODUCT_FAMILY ||
		    (filter->key == OAK_FILTER_PRODUCT && filter->values.n && !oak_streq(filter->values.v[0], "*")))
			return true;
	}
	return false;
}

bool oak_filter_match_rule(const struct oak_filter_context *context, const struct oak_rule *rule,
			   const struct oak_candidate *candidate)
{
	for (size_t i = 0; i < rule->filters.n; i++)
		if (!oak_filter_match(context, &rule->filters.v[i], candidate))
			return false;
	return context->flavour != OAK_FLAVOUR_WINDOWS || names_products(rule) ||
	       oak_streq(patch_set(context, candidate), "OS");
}
