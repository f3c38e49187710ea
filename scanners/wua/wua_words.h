/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Result codes of the Windows Update Agent and of what it stands on, as words and what to do about them. */
#ifndef OAK_SCANNERS_WUA_WUA_WORDS_H
#define OAK_SCANNERS_WUA_WUA_WORDS_H

#include <stdint.h>

#include "core/error.h"

struct oak_wua_word {
	uint32_t code;
	const char *name; /* as in wuerror.h, winerror.h */
	enum oak_error_kind kind; /* TRANSIENT: worth another try later, exit 75 */
	const char *words;
	const char *remedy;
};

/* The row of a code; NULL = not among the common ones. */
const struct oak_wua_word *oak_wua_word_find(int32_t hresult);
/* All of them, for tests. */
const struct oak_wua_word *oak_wua_words(size_t *ret_n);

/* "cannot reach the update server: … (0x8024402C WU_E_…: check …)" into OUT; returns OUT. */
const char *oak_wua_word_text(int32_t hresult, char *out, size_t size);

/* oak_fail with the kind of the code and, behind WHAT ("cannot search for updates"), its words. Returns -1. */
int oak_wua_fail(struct oak_error *err, const char *id, int32_t hresult, const char *what);

#endif
