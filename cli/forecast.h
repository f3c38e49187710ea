/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a run will take on this host, from how long the earlier ones took: STATE/forecast-NODE.json. */
#ifndef OAK_CLI_FORECAST_H
#define OAK_CLI_FORECAST_H

#include "cli/cmd.h"
#include "distributor/patch/run.h"

struct oak_forecast {
	int64_t bytes_per_second; /* 0 = never measured: baseline/plan.c has the first default */
	int64_t ms_per_action;    /* the same */
	int64_t runs;             /* that it was made from */
};

/* What is remembered of NODE; zeroes where there is nothing, or nothing that can be read. */
void oak_forecast_load(struct oak_context *ctx, const char *node_id, struct oak_forecast *ret);

/* Learn from RUN, whose logs lie in RUN_DIR: a quarter of the new figure, three quarters of the old one. A run that installed less than
 * three packages teaches nothing about time. Errors: file.*. */
int oak_forecast_learn(struct oak_context *ctx, const char *node_id, const struct oak_patch_run *run, const char *run_dir) OAK_MUST_USE;

/* Bytes a second as the package manager's own words in TEXT (one line) tell: "Fetched 13.4 MB in 2s (6,700 kB/s)", "Total   5.0 MB/s | …",
 * "Retrieving: … [done (3.1 MiB/s)]". 0 = they do not. */
int64_t oak_forecast_rate(const char *line);

#endif
