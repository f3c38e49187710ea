/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names folded by Unicode's rules: case and composition away. */
#include <stdlib.h>
#include <string.h>

#include "core/module.h"
#include "core/unpack.h"

#ifdef OAK_WITH_UNISTRING
#include <unicase.h>
#include <uninorm.h>
#endif

extern OAK_EXPORT oak_unicode_fold_run oak_unicode_fold;

bool oak_unicode_fold(const char *text, char *out, size_t size)
{
#ifdef OAK_WITH_UNISTRING
	size_t n = size;
	uint8_t *folded = u8_casefold((const uint8_t *)text, strlen(text), NULL, UNINORM_NFC, NULL, &n);
	bool fits = folded && n < size;
	if (fits) {
		memcpy(out, folded, n);
		out[n] = '\0';
	}
	free(folded);
	return fits;
#else
	(void)text;
	(void)out;
	(void)size;
	return false;
#endif
}
