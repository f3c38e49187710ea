/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict as a person reads it: what is wrong in five seconds, then what is missing, worst first. */
#ifndef OAK_CLI_SHOW_H
#define OAK_CLI_SHOW_H

#include "baseline/verdict.h"
#include "cli/cmd.h"

/* The summary: status, counts ("missing N" always), baseline and why, age of the metadata. WHY may be NULL. */
void oak_show_summary(struct oak_context *ctx, const struct oak_verdict *verdict, const char *why, struct oak_buf *out);

/* What is not compliant, worst first; every patch with ctx->verbose. Nothing when there is none. */
void oak_show_patches(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out);

/* One row a patch, all of them, with the members of oakum.verdict/1 as columns. */
void oak_show_csv(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out);

/* The verdict in the format that was asked for. */
void oak_show_verdict(struct oak_context *ctx, const struct oak_verdict *verdict, const char *why, struct oak_buf *out);

/* "2h30m" or "3 days" between THEN and NOW, "an unknown time" if THEN is NONE. */
const char *oak_show_age(struct oak_arena *arena, oak_time then, oak_time now);
/* Strings joined by SEPARATOR; at most MOST of them, then "+N"; 0 = all. */
const char *oak_show_joined(struct oak_arena *arena, const char *const *v, size_t n, const char *separator, size_t most);
/* An instant as text in ARENA; NULL for NONE and NEVER. */
const char *oak_show_time(struct oak_arena *arena, oak_time t);

#endif
