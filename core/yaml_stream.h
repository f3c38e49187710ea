/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream of many YAML documents, too large for a tree: events as they come, scalars as the texts that they are. */
#ifndef OAK_CORE_YAML_STREAM_H
#define OAK_CORE_YAML_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"

struct oak_yaml_handler {
	void (*scalar)(void *arg, const char *text); /* keys of mappings too */
	void (*open)(void *arg, bool sequence);	     /* a sequence, else a mapping */
	void (*close)(void *arg);
	void (*document_end)(void *arg);
	void *arg;
};

/* Read IN to its end. Anchors, aliases and tags have no meaning here: an alias is passed over.
 * Errors: yaml.invalid (INVALID), value.too-large (INVALID: more than MAX bytes). */
int oak_yaml_stream(const struct oak_yaml_handler *handler, FILE *in, int64_t max, const char *name, struct oak_error *err)
	OAK_MUST_USE;

#endif
