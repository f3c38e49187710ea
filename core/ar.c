/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The 60-byte header of ar(5): text fields of fixed width, padded with blanks. */
#include "core/ar.h"

#include <string.h>

#include "core/str.h"

enum { MAGIC = 8, HEADER = 60 };

/* A field of WIDTH bytes: decimal digits, then blanks only. */
static bool number(const char *field, size_t width, int64_t *ret)
{
	size_t n = 0;
	while (n < width && field[n] >= '0' && field[n] <= '9')
		n++;
	for (size_t i = n; i < width; i++)
		if (field[i] != ' ')
			return false;
	return oak_parse_int((struct oak_str){field, n}, 0, 253402300799, ret);
}

bool oak_ar_first(const void *bytes, size_t n, struct oak_ar_member *ret)
{
	const char *p = bytes, *header = p + MAGIC;
	struct oak_ar_member member = {.size = 0};
	if (n < MAGIC + HEADER || memcmp(p, "!<arch>\n", MAGIC) != 0 || header[58] != '`' || header[59] != '\n')
		return false;
	memcpy(member.name, header, 16);
	for (size_t i = 16; i && (member.name[i - 1] == ' ' || member.name[i - 1] == '/'); i--)
		member.name[i - 1] = '\0';
	if (!number(header + 16, 12, &member.mtime) || !number(header + 48, 10, &member.size))
		return false;
	*ret = member;
	return true;
}
