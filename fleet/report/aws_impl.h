/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of AWS's answers share. */
#ifndef OAK_FLEET_REPORT_AWS_IMPL_H
#define OAK_FLEET_REPORT_AWS_IMPL_H

#include "fleet/report/format.h"

struct oak_aws_answer {
	struct oak_report *report;
	struct oak_sink *sink;
	struct oak_report_out *out;
	struct oak_error *err;
};

/* The node's patch group, "" = none; its baseline's id, else name. */
const char *oak_aws_group(const struct oak_node *node);
const char *oak_aws_baseline(const struct oak_report_node *node);
/* A patch's title as AWS's own agent writes it: name.arch:version; of the offered version where BAD. */
const char *oak_aws_title(struct oak_arena *arena, const struct oak_patch *p, bool bad);

/* describe-patch-groups, describe-patch-baselines, describe-effective-patches-for-patch-baseline. Errors: the source's. */
int oak_aws_patch_groups(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_baselines(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_effective_patches(struct oak_aws_answer *answer) OAK_MUST_USE;

/* get-inventory, list-inventory-entries (one node), describe-instance-information. Errors: report.aws (INVALID), the source's. */
int oak_aws_get_inventory(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_inventory_entries(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_instances(struct oak_aws_answer *answer) OAK_MUST_USE;

#endif
