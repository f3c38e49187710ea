/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of a table does for one member; private to baseline/reader.c. */
#ifndef OAK_BASELINE_READER_FIELDS_H
#define OAK_BASELINE_READER_FIELDS_H

#include "baseline/reader.h"

/* True if VALUE has KIND; else an error that says what it is instead. */
bool oak_reader_is(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value,
		   enum oak_value_kind kind);

/* Fill what is AT by VALUE (not null); errors go to READER, and then AT keeps what it has. */
void oak_field_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_field *field,
		    const struct oak_value *value, void *at);

/* The absent value. */
void oak_field_clear(const struct oak_field *field, void *at);

#endif
