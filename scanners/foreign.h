/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inventories of Windows hosts that other programs wrote: systeminfo, and recorded runs of Ansible's win_updates. */
#ifndef OAK_SCANNERS_FOREIGN_H
#define OAK_SCANNERS_FOREIGN_H

#include "baseline/inventory.h"
#include "core/buf.h"

enum oak_foreign {
	OAK_FOREIGN_NONE,        /* a document of ours, or nothing that is known */
	OAK_FOREIGN_SYSTEMINFO,  /* systeminfo, systeminfo /fo list or /fo csv, in any language of Windows */
	OAK_FOREIGN_WIN_UPDATES, /* lines of JSON as the win_updates module writes them while it works */
	OAK_FOREIGN_COUNT
};

/* Make UTF-8 of what a Windows program wrote: UTF-16 with its mark, UTF-8 with or without one, else the code page 1252. */
void oak_foreign_to_utf8(struct oak_buf *text);

/* Which of them a text (UTF-8) is. */
enum oak_foreign oak_foreign_of(const char *text, size_t n);

/* Fill INVENTORY from the text. NAME is the file's, which a run is told by that does not say which host it was on.
 * Errors: foreign.systeminfo, foreign.win-updates (INVALID). Pure. */
int oak_foreign_systeminfo(const char *text, size_t n, const char *name, struct oak_inventory *inventory, struct oak_error *err)
	OAK_MUST_USE;
int oak_foreign_win_updates(const char *text, size_t n, const char *name, struct oak_inventory *inventory, struct oak_error *err)
	OAK_MUST_USE;

#endif
