/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the candidates of one package come to: the version to install, what covers the installed one, what is to come. */
#ifndef OAK_BASELINE_TALLY_H
#define OAK_BASELINE_TALLY_H

#include "baseline/evaluation.h"

/* What the candidates of a group come to; a judgement with a NULL update is none. */
struct oak_tally {
	struct oak_judgement chosen;  /* approved, newer than installed */
	struct oak_judgement covered; /* approved, not newer */
	struct oak_judgement pending; /* only its age is missing: the first that will be approved */
	struct oak_judgement blocked; /* newest of the others */
	OAK_VEC(struct oak_judgement) approved; /* all that are newer than installed */
};

void oak_tally_group(struct oak_run *run, const struct oak_group *group, struct oak_tally *ret);

static inline bool oak_tally_has(const struct oak_judgement *judgement)
{
	return judgement->candidate.update != NULL;
}

static inline const char *oak_tally_evr(const struct oak_judgement *judgement)
{
	return judgement->candidate.update->evr;
}

#endif
