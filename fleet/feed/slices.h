/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of a huge JSON value one by one, as slices of its text, so that memory is bounded by the largest of them. */
#ifndef OAK_FLEET_FEED_SLICES_H
#define OAK_FLEET_FEED_SLICES_H

#include <stdbool.h>

#include "core/str.h"

/* Walk over an object's members or an array's items. Only the structure between them is looked at; a slice is parsed
 * strictly by the one who gets it. */
struct oak_slices {
	struct oak_str rest; /* what is not yet looked at */
	char close;          /* '}' or ']' */
	bool first;
	const char *broken;  /* what is wrong with the text, NULL = nothing so far */
};

/* TEXT begins (after blanks) with '{' or '['; false otherwise. */
bool oak_slices_begin(struct oak_slices *slices, struct oak_str text);

/* The next member: KEY without its quotes and escapes as written ({NULL, 0} in an array), VALUE as text.
 * False at the end, and when the text is broken. */
bool oak_slices_next(struct oak_slices *slices, struct oak_str *ret_key, struct oak_str *ret_value);

/* True if nothing but blanks is behind the last member (call it after next said false). */
bool oak_slices_ended(const struct oak_slices *slices);

#endif
