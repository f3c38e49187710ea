/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 100,000 random pairs: our order is librpm's, in one process; whole EVRs and their parts. */
#include <stdio.h>

#include <rpm/rpmlib.h>
#include <rpm/rpmver.h>

#include "baseline/evaluate.h"
#include "tests/differential/pairs.h"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static int librpm_compare(const char *a, const char *b)
{
	rpmver x = rpmverParse(a), y = rpmverParse(b);
	int order = rpmverCmp(x, y);

	rpmverFree(x);
	rpmverFree(y);
	return order;
}

static int check(const char *a, const char *b, int theirs)
{
	int ours = sign(oak_evr_compare_rpm(a, b));

	if (theirs == ours)
		return 0;
	printf("'%s' and '%s': librpm says %d, we say %d\n", a, b, theirs, ours);
	return 1;
}

int main(void)
{
	struct pair pair;
	int bad = 0;

	for (int i = 0; i < 100000 && !bad; i++) {
		pair_next(&pair, PAIR_RPM_LETTERS);
		bad += check(pair.a, pair.b, sign(librpm_compare(pair.a, pair.b)));
		if (!strpbrk(pair.a, ":-") && !strpbrk(pair.b, ":-"))
			bad += check(pair.a, pair.b, sign(rpmvercmp(pair.a, pair.b)));
	}
	if (!bad)
		printf("100000 pairs agree\n");
	return bad ? 1 : 0;
}
