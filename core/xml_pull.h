/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pulling elements out of XML that a program wrote: elements, attributes, text, the five entities and numbered characters.
 * Several elements at the top are allowed. Document types are refused: nothing here needs one, and entities of one's own are a bomb. */
#ifndef OAK_CORE_XML_PULL_H
#define OAK_CORE_XML_PULL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

enum oak_xml_kind { OAK_XML_START, OAK_XML_END, OAK_XML_TEXT, OAK_XML_DONE, OAK_XML_KIND_COUNT };

enum { OAK_XML_DEPTH = 64, OAK_XML_ATTRIBUTES = 64 };

struct oak_xml {
	const char *p, *end; /* what is still to be read; UTF-8 */
	const char *begin;
	enum oak_xml_kind kind;
	struct oak_str name; /* START, END: without its prefix */
	struct oak_str text; /* TEXT: as it is written, see oak_xml_decode */
	struct {
		struct oak_str name, value;
	} attributes[OAK_XML_ATTRIBUTES]; /* START */
	size_t attribute_count;
	struct oak_str open[OAK_XML_DEPTH];
	size_t depth;
	bool self_closed; /* the END of this START comes next */
};

void oak_xml_init(struct oak_xml *xml, const char *text, size_t n);

/* The next piece; OAK_XML_DONE at the end. NAME is the document's, for messages.
 * Errors: catalog.xml (INVALID: not well-formed, too deep, a document type). */
int oak_xml_next(struct oak_xml *xml, const char *name, struct oak_error *err) OAK_MUST_USE;

/* An attribute of the START that was read, decoded, in ARENA; NULL = absent. */
const char *oak_xml_attribute(const struct oak_xml *xml, struct oak_arena *arena, const char *name);

/* References replaced; those that are none stay as they are. In ARENA. */
const char *oak_xml_decode(struct oak_arena *arena, struct oak_str text);

#endif
