/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum version compare: how two package versions of a system relate. */
#include "baseline/evaluate.h"
#include "cli/cmd.h"
#include "core/str.h"

static const struct {
	const char *name;
	oak_evr_compare compare;
} kinds[] = {
	{"deb", oak_evr_compare_deb},
	{"rpm", oak_evr_compare_rpm},
	{"windows", oak_evr_compare_windows},
};

static oak_evr_compare find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (oak_streq(kinds[i].name, name))
			return kinds[i].compare;
	return NULL;
}

static int run(struct oak_context *ctx)
{
	const char *a = ctx->args[1], *b = ctx->args[2];
	oak_evr_compare compare = find_kind(ctx->args[0]);
	if (!compare)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0,
				"cannot compare versions of '%s' (give deb, rpm or windows)", ctx->args[0]);
	int order = compare(a, b);
	const char *sign = order < 0 ? "<" : order > 0 ? ">" : "=";
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.versionOrder/1");
		oak_put_string(&sink, "a", a);
		oak_put_string(&sink, "b", b);
		oak_put_string(&sink, "order", sign);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%s\n", sign);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_version_compare = {
	.name = "version compare",
	.args = "deb|rpm|windows A B",
	.min_args = 3,
	.max_args = 3,
	.summary = "how two package versions relate: prints <, = or >",
	.description = "Compares two versions as dpkg, rpm or Windows would: epochs, '~' and '^' included. Ends with 0 for every\n"
		       "answer. Versions that begin with a dash go behind '--'.",
	.flags = OAK_CMD_NO_CONFIG,
	.run = run,
};
