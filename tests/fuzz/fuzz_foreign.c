/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an inventory that another program wrote: read or refused, and always UTF-8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/xml_pull.h"
#include "scanners/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(const struct oak_buf *text, int (*read)(const char *, size_t, const char *, struct oak_inventory *, struct oak_error *))
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_error err = {0};
	if (read(oak_buf_text(text), text->n, "x", inventory, &err) == 0)
		for (size_t i = 0; i < inventory->packages.n; i++)
			if (!inventory->packages.v[i].name)
				abort();
	oak_arena_free(arena);
}

static void read_xml(const struct oak_buf *text)
{
	struct oak_xml *xml = oak_alloc(sizeof(*xml));
	struct oak_error err = {0};
	oak_xml_init(xml, oak_buf_text(text), text->n);
	while (oak_xml_next(xml, "x", &err) == 0 && xml->kind != OAK_XML_DONE)
		if (xml->depth > OAK_XML_DEPTH)
			abort();
	free(xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_buf text;
	oak_buf_init(&text, 1 << 20);
	oak_buf_add(&text, data, size);
	oak_foreign_to_utf8(&text);
	if (!oak_utf8_check(oak_buf_text(&text), text.n))
		abort();
	oak_foreign_of(oak_buf_text(&text), text.n);
	read_as(&text, oak_foreign_systeminfo);
	read_as(&text, oak_foreign_win_updates);
	read_xml(&text);
	oak_buf_done(&text);
	return 0;
}
