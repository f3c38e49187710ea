/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Portable names, component by component. */
#include "distributor/package/entry_name.h"

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

static bool is_reserved(struct oak_str part)
{
	static const char *const names[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
	char stem[16];
	size_t n = 0;
	while (n < part.n && part.p[n] != '.')
		n++;
	while (n > 0 && part.p[n - 1] == ' ')
		n--; /* "CON .txt" is CON there too */
	if (n == 0 || n >= sizeof(stem))
		return false;
	memcpy(stem, part.p, n);
	stem[n] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_strcaseeq(stem, names[i]))
			return true;
	stem[3] = n == 4 ? '\0' : stem[3];
	return n == 4 && part.p[3] >= '0' && part.p[3] <= '9' && (oak_strcaseeq(stem, "COM") || oak_strcaseeq(stem, "LPT"));
}

/* The code point at P (well-formed UTF-8), *RET_N bytes long. */
static uint32_t decode(const unsigned char *p, size_t *ret_n)
{
	*ret_n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = *ret_n == 1 ? p[0] : p[0] & (0xffu >> (*ret_n + 1));
	for (size_t i = 1; i < *ret_n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static const char *letter_flaw(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return "it has a control character";
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c)
		return "it turns the direction of writing";
	if (c == 0x2028 || c == 0x2029 || c == 0xfeff || (c & 0xfffe) == 0xfffe)
		return "it has a character that cannot be seen";
	if (c < 0x80 && strchr("<>:\"|?*\\", (int)c))
		return "it has one of < > : \" | ? * \\";
	return NULL;
}

static const char *letters_flaw(struct oak_str part)
{
	for (size_t i = 0, n; i < part.n; i += n) {
		const char *why = letter_flaw(decode((const unsigned char *)part.p + i, &n));
		if (why)
			return why;
	}
	return NULL;
}

static const char *component_flaw(struct oak_str part)
{
	if (part.n == 0)
		return "a part of it is empty";
	if (oak_str_eq(part, OAK_STR(".")))
		return "it has a part '.'";
	if (part.n > OAK_ENTRY_COMPONENT_MAX)
		return "a part of it is longer than 255 bytes";
	if (part.p[part.n - 1] == '.' || part.p[part.n - 1] == ' ')
		return "a part of it ends in a dot or a blank";
	if (is_reserved(part))
		return "it is the name of a device on Windows";
	return letters_flaw(part);
}

/* ".." between separators of either kind, and roots of either kind. */
static const char *way_out(const char *name, bool parents)
{
	if (name[0] == '/' || name[0] == '\\')
		return "it is absolute";
	if (((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z') && name[1] == ':' && (!name[2] || strchr("/\\", name[2])))
		return "it names a drive";
	for (const char *p = name; *p && !parents;) {
		size_t n = strcspn(p, "/\\");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return "it leads out of the package";
		p += n + (p[n] != '\0');
	}
	return NULL;
}

static enum oak_entry_flaw check(const char *name, bool parents, const char **ret_why)
{
	size_t n = strlen(name), depth = 0;
	*ret_why = way_out(name, parents);
	if (*ret_why)
		return OAK_ENTRY_LEADS_OUT;
	*ret_why = n == 0 ? "it is empty"
		 : n > OAK_ENTRY_PATH_MAX ? "it is longer than 4096 bytes"
		 : !oak_utf8_check(name, n) ? "it is not UTF-8" : NULL;
	struct oak_str rest = {name, n - (n > 0 && name[n - 1] == '/')}, part;
	while (!*ret_why && oak_str_next(&rest, '/', &part)) {
		if (++depth > OAK_ENTRY_DEPTH_MAX)
			*ret_why = "it is deeper than 64 folders";
		else if (!parents || !(oak_str_eq(part, OAK_STR("..")) || oak_str_eq(part, OAK_STR("."))))
			*ret_why = component_flaw(part);
	}
	return *ret_why ? OAK_ENTRY_UNPORTABLE : OAK_ENTRY_FINE;
}

enum oak_entry_flaw oak_entry_name_check(const char *name, const char **ret_why)
{
	return check(name, false, ret_why);
}

enum oak_entry_flaw oak_entry_target_check(const char *target, const char **ret_why)
{
	return check(target, true, ret_why);
}
