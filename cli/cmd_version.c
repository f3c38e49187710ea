/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum version: which oakum this is. */
#include "cli/cmd.h"

#ifndef OAK_VERSION
#define OAK_VERSION "0"
#endif

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.version/1");
		oak_put_string(&sink, "name", "oakum");
		oak_put_string(&sink, "version", OAK_VERSION);
		sink.ops->end_object(&sink);
	} else if (ctx->out.format == OAK_OUT_CSV) {
		oak_buf_adds(&buf, "name,version\r\noakum," OAK_VERSION "\r\n");
	} else {
		oak_buf_adds(&buf, "oakum " OAK_VERSION "\n");
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_version = {
	.name = "version",
	.args = "",
	.summary = "which oakum this is",
	.description = "Prints name and version of the program.",
	.flags = OAK_CMD_NO_CONFIG,
	.run = run,
};
