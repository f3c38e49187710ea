/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells of CSV (RFC 4180) that no spreadsheet takes for a formula. */
#ifndef OAK_CORE_CSV_H
#define OAK_CORE_CSV_H

#include "core/buf.h"

/* One cell, quoted where needed; NULL = empty. A cell that begins with = + - @ TAB or CR gets a leading '. */
void oak_csv_cell(struct oak_buf *buf, const char *text);

#endif
