/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the module that sends. */
#include "core/post.h"

#include "core/module.h"

int oak_http_post(struct oak_post *post, struct oak_error *err)
{
	union {
		void *object;
		oak_http_poster *send;
	} symbol = {.object = oak_module_symbol("net", "oak_http_post_curl", err)};
	return symbol.object ? symbol.send(post, err) : -1;
}
