/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streaming XML of repositories by a table of states: no document type, no entities of its own, bounded depth and size. */
#ifndef OAK_SCANNERS_RPM_XML_H
#define OAK_SCANNERS_RPM_XML_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"

/* In state FROM the element NAME (without its prefix) leads to TO; TEXT: its character data is wanted at the end.
 * The table ends with a NULL name. State 0 is the document. Elements that no row names are skipped whole. */
struct oak_xml_step {
	uint8_t from;
	const char *name;
	uint8_t to;
	bool text;
};

struct oak_xml {
	const struct oak_xml_step *steps;
	void (*start)(void *arg, uint8_t state, const char **atts);            /* NULL accepted */
	void (*end)(void *arg, uint8_t state, const char *text, size_t n);     /* NULL accepted; text is terminated */
	void *arg;
	int64_t max_bytes; /* of the decompressed text */
	const char *name;  /* subject of messages */
	const char *root;  /* name of the document's first element; anything else is refused */
};

enum { OAK_XML_DEPTH = 32, OAK_XML_TEXT_MAX = 1024 * 1024 };

/* Errors: rpm.metadata-invalid (INVALID: what and where), rpm.metadata-too-large (INVALID). */
int oak_xml_parse(const struct oak_xml *xml, FILE *in, struct oak_error *err) OAK_MUST_USE;

/* Value of attribute NAME; NULL = absent. */
const char *oak_xml_attr(const char **atts, const char *name);

#endif
