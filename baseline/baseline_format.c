/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a baseline in each of its shapes, what an export to AWS loses, and the digest. */
#include <stdlib.h>

#include "baseline/baseline_names.h"
#include "baseline/baseline_tables.h"
#include "core/hash.h"
#include "core/str.h"

static const char *const format_names[OAK_BASELINE_FORMAT_COUNT] = {
	[OAK_FORMAT_OAKUM] = "oakum",
	[OAK_FORMAT_AWS] = "aws",
	[OAK_FORMAT_AWS_CREATE] = "aws-create",
	[OAK_FORMAT_AWS_SNAPSHOT] = "aws-snapshot",
};

static const struct oak_shape *const shapes[OAK_BASELINE_FORMAT_COUNT] = {
	[OAK_FORMAT_OAKUM] = &oak_shape_baseline_oakum,
	[OAK_FORMAT_AWS] = &oak_shape_baseline_aws,
	[OAK_FORMAT_AWS_CREATE] = &oak_shape_baseline_create,
	[OAK_FORMAT_AWS_SNAPSHOT] = &oak_shape_snapshot,
};

int oak_baseline_format_from_string(const char *text)
{
	for (int i = 0; i < OAK_BASELINE_FORMAT_COUNT; i++)
		if (oak_streq(format_names[i], text))
			return i;
	return -1;
}

void oak_baseline_format(const struct oak_baseline *baseline, enum oak_baseline_format format, struct oak_sink *sink)
{
	oak_shape_write(shapes[format], baseline, NULL, sink);
}

static void to_text(const struct oak_baseline *baseline, enum oak_baseline_format format, struct oak_buf *text)
{
	struct oak_sink sink;
	oak_buf_init(text, SIZE_MAX / 2);
	oak_sink_json_compact(&sink, text);
	oak_baseline_format(baseline, format, &sink);
}

const char *oak_baseline_digest(struct oak_arena *arena, const struct oak_baseline *baseline)
{
	struct oak_baseline canonical = *baseline;
	struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	char *hex = oak_arena_alloc(arena, OAK_SHA256_TEXT);
	canonical.kept = NULL;
	to_text(&canonical, OAK_FORMAT_OAKUM, &text);
	oak_sha256(text.p, text.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	oak_buf_done(&text);
	return hex;
}

static void lose(struct oak_arena *arena, struct oak_problems *lost, const char *subject, const char *detail)
{
	*oak_push(arena, &lost->list) = (struct oak_problem){.kind = "not-in-aws", .subject = subject, .detail = detail};
}

static void lose_entries(struct oak_arena *arena, struct oak_problems *lost, const char *list,
			 const struct oak_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].owner || entries[i].reason || entries[i].expires != OAK_TIME_NONE)
			lose(arena, lost, oak_arena_printf(arena, "%s[%zu]", list, i),
			     "AWS keeps the pattern only: owner, reason and end are left out");
}

static void collect_lost(struct oak_arena *arena, const struct oak_baseline *baseline, struct oak_problems *lost)
{
	lose_entries(arena, lost, "approvedPatches", baseline->approved.v, baseline->approved.n);
	lose_entries(arena, lost, "rejectedPatches", baseline->rejected.v, baseline->rejected.n);
	if (baseline->honour_delay && oak_os_is_apt(baseline->os))
		lose(arena, lost, "honourDelay", "AWS evaluates no approval delay on this operating system");
	if (!baseline->honour_delay && !oak_os_is_apt(baseline->os))
		lose(arena, lost, "honourDelay", "AWS always evaluates the approval delay on this operating system");
	if (baseline->date_basis != OAK_DATE_UPDATED)
		lose(arena, lost, "dateBasis", "AWS has no such choice");
	if (baseline->undated != OAK_UNDATED_EVIDENCE)
		lose(arena, lost, "undatedPolicy", "AWS has no such choice");
	if (baseline->inherit_approval)
		lose(arena, lost, "inheritApproval", "AWS approves no successor before its own time");
	if (baseline->metadata_max_age != 3 * OAK_DAY)
		lose(arena, lost, "metadataMaxAge", "AWS does not look at the age of metadata");
}

/* The exported text, read as AWS's document: what its tables refuse, AWS would refuse. */
int oak_baseline_check_aws(struct oak_arena *arena, const struct oak_baseline *baseline, struct oak_problems *ret_lost,
			   struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = SIZE_MAX / 2};
	const struct oak_value *doc;
	struct oak_baseline *back;
	struct oak_buf text;
	to_text(baseline, OAK_FORMAT_AWS, &text);
	int rc = oak_json_parse(arena, text.p, text.n, baseline->name, &limits, &doc, err);
	oak_buf_done(&text);
	if (rc < 0)
		return -1;
	if (oak_baseline_parse(arena, doc, baseline->name, &back, NULL, err) < 0) {
		if (err)
			err->id = "baseline.not-aws";
		return oak_context(err, "AWS would refuse it");
	}
	if (ret_lost)
		collect_lost(arena, baseline, ret_lost);
	return 0;
}
