/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the module that writes archives. */
#include "distributor/package/pack.h"

#include "core/module.h"

int oak_pack_write(int fd, struct oak_pack *pack, struct oak_packed *ret, struct oak_error *err)
{
	union {
		void *object;
		oak_pack_fn *run;
	} symbol = {.object = oak_module_symbol("pack", pack->format == OAK_PACK_ZIP ? "oak_pack_zip" : "oak_pack_tar", err)};
	return symbol.object ? symbol.run(fd, pack, ret, err) : -1;
}

const char *const *oak_pack_libraries(struct oak_error *err)
{
	union {
		void *object;
		oak_pack_libraries_fn *run;
	} symbol = {.object = oak_module_symbol("pack", "oak_pack_versions", err)};
	return symbol.object ? symbol.run() : NULL;
}
