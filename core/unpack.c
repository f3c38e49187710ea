/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the module that reads archives. */
#include "core/unpack.h"

#include "core/module.h"

int oak_unpack(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
	       struct oak_error *err)
{
	/* A pointer to a function comes out of dlsym as one to an object; POSIX says that this conversion holds. */
	union {
		void *object;
		oak_unpack_run *run;
	} symbol = {.object = oak_module_symbol("archive", "oak_unpack_archive", err)};
	return symbol.object ? symbol.run(path, limits, entry, arg, err) : -1;
}

oak_unpack_tar_run *oak_unpack_tar_symbol(struct oak_error *err)
{
	union {
		void *object;
		oak_unpack_tar_run *run;
	} symbol = {.object = oak_module_symbol("archive", "oak_unpack_tar", err)};
	return symbol.run;
}

oak_unpack_inflate_run *oak_unpack_inflate_symbol(struct oak_error *err)
{
	union {
		void *object;
		oak_unpack_inflate_run *run;
	} symbol = {.object = oak_module_symbol("archive", "oak_unpack_inflate", err)};
	return symbol.run;
}

oak_unicode_fold_run *oak_unicode_fold_symbol(struct oak_error *err)
{
	union {
		void *object;
		oak_unicode_fold_run *run;
	} symbol = {.object = oak_module_symbol("archive", "oak_unicode_fold", err)};
	return symbol.run;
}
