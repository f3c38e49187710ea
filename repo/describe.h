/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a new version of a role changes, in words that a reviewer can judge. */
#ifndef OAK_REPO_DESCRIBE_H
#define OAK_REPO_DESCRIBE_H

#include "core/value.h"

struct oak_words {
	struct oak_arena *arena;
	OAK_VEC(const char *) lines;
};

/* Lines for what NEW says that OLD (NULL = nothing before) does not, both signed parts of a targets role: packages with their versions,
 * files and bytes; policies with each setting that changes (DIR/targets has their files); who may sign what. */
void oak_describe_role(struct oak_words *words, const char *dir, const struct oak_value *old, const struct oak_value *new);

/* The same for two roots. */
void oak_describe_root(struct oak_words *words, const struct oak_value *old, const struct oak_value *new);

/* Lines for two documents: "NAME: rules[0].approveAfterDays: 7 becomes 3". */
void oak_describe_document(struct oak_words *words, const char *name, const struct oak_value *old, const struct oak_value *new);

#endif
