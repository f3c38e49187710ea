/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the module that fetches, and the small helpers around it. */
#include "core/http.h"

#include "core/module.h"

struct oak_fetcher *oak_http_new(const struct oak_http_options *options, struct oak_error *err)
{
	/* A pointer to a function comes out of dlsym as one to an object; POSIX says that this conversion holds. */
	union {
		void *object;
		oak_http_make *make;
	} symbol = {.object = oak_module_symbol("net", "oak_http_curl", err)};
	return symbol.object ? symbol.make(options, err) : NULL;
}

void oak_fetcher_free(struct oak_fetcher *fetcher)
{
	if (fetcher)
		fetcher->free(fetcher);
}

int oak_fetch_one(struct oak_fetcher *fetcher, struct oak_transfer *transfer, struct oak_error *err)
{
	if (fetcher->fetch(fetcher, transfer, 1, NULL, NULL, err) < 0)
		return -1;
	if (transfer->err.kind == OAK_OK)
		return 0;
	if (err)
		*err = transfer->err;
	return -1;
}
