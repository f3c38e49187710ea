/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the module that reads rpm metadata. */
#include "core/module.h"
#include "repo/rpm_index.h"

int oak_rpm_index(const char *text, size_t n, const char *name, oak_rpm_take *take, void *arg, int64_t *ret_revision, struct oak_error *err)
{
	union {
		void *object;
		oak_rpm_index_parse *parse;
	} symbol = {.object = oak_module_symbol("rpmindex", "oak_rpm_index_expat", err)};
	return symbol.object ? symbol.parse(text, n, name, take, arg, ret_revision, err) : -1;
}
