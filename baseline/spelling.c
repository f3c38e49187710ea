/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spellings of packages by platform, as a table of formats. */
#include "baseline/spelling.h"

#include <stdio.h>

struct parts {
	const char *name, *arch;
	const char *whole;     /* the version as it is written */
	char epoch[24];
	char version[512];     /* without epoch and release */
	char version_release[512]; /* without epoch */
};

/* In FORMAT: n name, a arch, e epoch, v version, R version-release, w whole version; anything else is itself. */
struct spelling {
	const char *format;
	bool name_only;
};

static const struct spelling rpm[] = {
	{"n", true},   {"n.a", true},  {"n-v", false},   {"n-R", false},     {"n-R.a", false},
	{"n-e:R", false}, {"n-e:R.a", false}, {"e:n-R.a", false}, {"n.a:e:R", false}, {NULL, false},
};
static const struct spelling deb[] = {
	{"n", true}, {"n.a", true}, {"n:a", true}, {"n-w", false}, {"n.a:w", false}, {NULL, false},
};
static const struct spelling windows[] = {
	{"n", true}, {NULL, false},
};
static const struct spelling *const spellings[OAK_FLAVOUR_COUNT] = {
	[OAK_FLAVOUR_RPM] = rpm,
	[OAK_FLAVOUR_SUSE] = rpm,
	[OAK_FLAVOUR_DEB] = deb,
	[OAK_FLAVOUR_WINDOWS] = windows,
};

static const struct {
	const char *family;
	enum oak_flavour flavour;
} flavours[] = {
	{"debian", OAK_FLAVOUR_DEB},     {"ubuntu", OAK_FLAVOUR_DEB}, {"raspbian", OAK_FLAVOUR_DEB},
	{"windows", OAK_FLAVOUR_WINDOWS}, {"suse", OAK_FLAVOUR_SUSE},
};

enum oak_flavour oak_flavour_of(const char *family)
{
	for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++)
		if (oak_strcaseeq(flavours[i].family, family))
			return flavours[i].flavour;
	return OAK_FLAVOUR_RPM;
}

static void split(struct parts *parts, const char *evr)
{
	size_t digits = strspn(evr, "0123456789");
	const char *rest = evr[digits] == ':' ? evr + digits + 1 : evr;
	const char *dash = strrchr(rest, '-');

	snprintf(parts->epoch, sizeof(parts->epoch), "%.*s", rest > evr && digits ? (int)digits : 1,
		 rest > evr && digits ? evr : "0");
	snprintf(parts->version_release, sizeof(parts->version_release), "%s", rest);
	snprintf(parts->version, sizeof(parts->version), "%.*s", dash ? (int)(dash - rest) : (int)strlen(rest), rest);
}

static const char *part(const struct parts *parts, char letter)
{
	switch (letter) {
	case 'n':
		return parts->name;
	case 'a':
		return parts->arch;
	case 'e':
		return parts->epoch;
	case 'v':
		return parts->version;
	case 'R':
		return parts->version_release;
	case 'w':
		return parts->whole;
	}
	return NULL;
}

/* False if it does not fit: such a name is no package's. */
static bool spell(char *out, size_t size, const char *format, const struct parts *parts)
{
	size_t used = 0;

	for (; *format; format++) {
		const char *text = part(parts, *format);
		size_t n = text ? strlen(text) : 1;

		if (used + n + 1 > size)
			return false;
		memcpy(out + used, text ? text : format, n);
		used += n;
	}
	out[used] = '\0';
	return true;
}

void oak_spell(enum oak_flavour flavour, const char *name, const char *arch, const char *evr,
	       void (*each)(void *arg, const char *spelling, bool name_only), void *arg)
{
	struct parts parts = {.name = name, .arch = arch ? arch : "", .whole = evr};
	char text[1536];

	if (evr)
		split(&parts, evr);
	for (const struct spelling *s = spellings[flavour]; s->format; s++)
		if ((evr || s->name_only) && spell(text, sizeof(text), s->format, &parts))
			each(arg, text, s->name_only);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(const char *p)
{
	return strspn(p, "0123456789");
}

/* Length of an MSyy-nnn at P; 0 if there is none. */
static size_t bulletin_length(const char *p)
{
	if ((p[0] != 'M' && p[0] != 'm') || (p[1] != 'S' && p[1] != 's') || digits_at(p + 2) != 2 || p[4] != '-' ||
	    digits_at(p + 5) != 3)
		return 0;
	return 8;
}

void oak_spell_bulletins(const char *title, void (*each)(void *arg, const char *bulletin), void *arg)
{
	char text[16];

	for (; title && *title; title++) {
		size_t n = bulletin_length(title);

		if (!n)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)n, title);
		each(arg, text);
	}
}

/* LETTERS…-YYYY:nnn or LETTERS…-YYYY-nnn: RHSA-2017:0864, ALAS2-2018-123, SUSE-SU-2022:1234-1, DSA-… has no year. */
static bool is_advisory(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p == '-' && digits_at(p + 1) == 4 && (p[5] == ':' || p[5] == '-') && is_digit(p[6]))
			return text[0] >= 'A' && text[0] <= 'Z';
	return false;
}

bool oak_spell_is_name(const char *text)
{
	static const char *const prefixes[] = {"CVE-", "DSA-", "DLA-", "USN-"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (oak_strcasestr(text, prefixes[i]) == text)
			return false;
	if (oak_strcasestr(text, "KB") == text && text[2] && !text[2 + digits_at(text + 2)])
		return false;
	if (!text[digits_at(text)] || bulletin_length(text))
		return false;
	if (is_digit(text[0]) && (strchr(text, '.') || strchr(text, ':')))
		return false; /* a bare version */
	return !is_advisory(text);
}
