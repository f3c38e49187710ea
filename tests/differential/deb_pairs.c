/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints N random pairs of Debian versions with our answer between them (lt eq gt), for dpkg to check. */
#include <stdio.h>
#include <stdlib.h>

#include "baseline/evaluate.h"
#include "tests/differential/pairs.h"

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
	struct pair pair;

	for (long i = 0; i < n; i++) {
		pair_next(&pair, PAIR_DEB_LETTERS);
		int order = oak_evr_compare_deb(pair.a, pair.b);
		printf("%s %s %s\n", pair.a, order < 0 ? "lt" : order > 0 ? "gt" : "eq", pair.b);
	}
	return 0;
}
