/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of two rows of a verdict matters more: the order of lists for people. */
#include "baseline/verdict.h"
#include "core/str.h"

/* Vendors' words, as ranks: Medium is Moderate (patch-semantics (a.3)), High is what others call Important. */
static int severity_rank(const char *severity)
{
	static const struct {
		const char *word;
		int rank;
	} words[] = {{"critical", 4}, {"important", 3}, {"high", 3}, {"moderate", 2}, {"medium", 2}, {"low", 1}};
	for (size_t i = 0; severity && i < sizeof(words) / sizeof(*words); i++)
		if (oak_strcaseeq(words[i].word, severity))
			return words[i].rank;
	return 0;
}

int oak_patch_compare_worst(const struct oak_patch *x, const struct oak_patch *y)
{
	int level = (int)y->level - (int)x->level;
	int exploited = (y->known_exploited.n > 0) - (x->known_exploited.n > 0);
	return level ? level : exploited ? exploited : severity_rank(y->severity) - severity_rank(x->severity);
}
