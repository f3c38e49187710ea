/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which elements of primary.xml and updateinfo.xml concern the installed packages. */
#include "scanners/rpm/xmlfilter.h"

/* Is the text in [p, p+n) one of the names? What needs decoding (an entity) or is odd counts as yes. */
static bool name_known(const struct oak_map *names, const char *p, size_t n)
{
	char name[256];
	if (n == 0 || n >= sizeof(name) || memchr(p, '&', n))
		return true;
	memcpy(name, p, n);
	name[n] = '\0';
	return oak_map_has(names, name);
}

/* Does an element between P and END have an attribute name="X" with a known X? */
static bool attribute_known(const struct oak_map *names, const char *p, const char *end)
{
	while ((p = memmem(p, (size_t)(end - p), "name=", 5)) != NULL && p + 6 < end) {
		char quote = p[5];
		const char *value = p + 6;
		const char *close = quote == '"' || quote == '\'' ? memchr(value, quote, (size_t)(end - value)) : NULL;
		if (!close)
			return true;
		if (name_known(names, value, (size_t)(close - value)))
			return true;
		p = close;
	}
	return p != NULL; /* a "name=" at the very end: odd */
}

bool oak_xmlfilter_keep_primary(const void *names, struct oak_str e)
{
	const char *end = e.p + e.n, *name = memmem(e.p, e.n, "<name>", 6);
	const char *close = name ? memchr(name + 6, '<', (size_t)(end - name - 6)) : NULL;
	if (!close || name_known(names, name + 6, (size_t)(close - name - 6)))
		return true;
	const char *obsoletes = memmem(close, (size_t)(end - close), ":obsoletes>", 11);
	if (!obsoletes)
		return false;
	const char *stop = memmem(obsoletes + 11, (size_t)(end - obsoletes - 11), ":obsoletes>", 11);
	return attribute_known(names, obsoletes + 11, stop ? stop : end);
}

bool oak_xmlfilter_keep_update(const void *names, struct oak_str e)
{
	const char *end = e.p + e.n, *list = memmem(e.p, e.n, "<pkglist", 8);
	if (!list)
		return false;
	for (const char *p = list; (p = memmem(p, (size_t)(end - p), "<package", 8)) != NULL; p += 8) {
		const char *close = memchr(p, '>', (size_t)(end - p));
		if (attribute_known(names, p, close ? close : end))
			return true;
	}
	return false;
}
