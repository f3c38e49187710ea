/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debian's control format as Release and Packages files have it: fields of a paragraph, found by name. */
#ifndef OAK_REPO_DEB822_H
#define OAK_REPO_DEB822_H

#include <stdbool.h>

#include "core/str.h"

/* Cut the next paragraph off the front of *REST (blank lines before it are skipped). False at the end. */
bool oak_deb822_next(struct oak_str *rest, struct oak_str *ret_paragraph);

/* The value of FIELD (any case) with its continuation lines, trimmed; empty slice with p NULL = absent. */
struct oak_str oak_deb822_field(struct oak_str paragraph, const char *field);

/* Cut the next word (blanks, tabs, line ends between them) off the front. False at the end. */
bool oak_deb822_word(struct oak_str *rest, struct oak_str *ret_word);

#endif
