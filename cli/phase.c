/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long each phase of a command took, for --verbose. */
#include <stdio.h>
#include <time.h>

#include "cli/cmd.h"

void oak_phase_end(struct oak_context *ctx, const char *phase)
{
	struct timespec now;
	if (!ctx->verbose || clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		return;
	int64_t us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	if (ctx->phase_at && phase) {
		char text[200];
		snprintf(text, sizeof(text), "%s: %.1f ms", phase, (double)(us - ctx->phase_at) / 1000.0);
		oak_message("", text);
	}
	ctx->phase_at = us;
}
