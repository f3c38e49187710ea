/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baselines of every shape from any bytes: what reads is written in every shape and reads again as the same. */
#include "document.h"

#include "baseline/baseline.h"

static void write_as(const struct oak_baseline *baseline, enum oak_baseline_format format, struct oak_buf *text)
{
	struct oak_sink sink;
	oak_buf_init(text, SIZE_MAX / 2);
	oak_sink_json(&sink, text);
	oak_baseline_format(baseline, format, &sink);
}

static void round_trip(struct oak_arena *arena, const struct oak_baseline *baseline, enum oak_baseline_format format)
{
	struct oak_buf first, second;
	struct oak_baseline *back;
	struct oak_error err = {0};
	write_as(baseline, format, &first);
	if (oak_baseline_parse(arena, written_again(arena, &first), "again", &back, NULL, &err) < 0) {
		fprintf(stderr, "%s\n%s\n", err.cause, oak_buf_text(&first));
		abort();
	}
	write_as(back, format, &second);
	must_equal(&first, &second);
	oak_buf_done(&first);
	oak_buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_baseline *baseline;
	struct oak_problems problems = {0};
	struct oak_error err;
	if (doc && oak_baseline_parse(arena, doc, "fuzz", &baseline, &problems, &err) == 0) {
		round_trip(arena, baseline, OAK_FORMAT_OAKUM);
		if (oak_baseline_check_aws(arena, baseline, &problems, &err) == 0) {
			round_trip(arena, baseline, OAK_FORMAT_AWS);
			round_trip(arena, baseline, OAK_FORMAT_AWS_CREATE);
			round_trip(arena, baseline, OAK_FORMAT_AWS_SNAPSHOT);
		}
		(void)oak_baseline_digest(arena, baseline);
	}
	if (doc && oak_baseline_parse_override(arena, doc, "fuzz", OAK_OS_DEBIAN, &baseline, &problems, &err) == 0)
		round_trip(arena, baseline, OAK_FORMAT_OAKUM);
	oak_arena_free(arena);
	return 0;
}
