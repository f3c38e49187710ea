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

/* get-inventory, list-inventory-entries (one node), describe-instance-information. Errors: report.aws (INVALID), the source's. */
int oak_aws_get_inventory(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_inventory_entries(struct oak_aws_answer *answer) OAK_MUST_USE;
int oak_aws_instances(struct oak_aws_answer *answer) OAK_MUST_USE;

#endif
