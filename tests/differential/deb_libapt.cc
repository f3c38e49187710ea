/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 100,000 random pairs: our order is libapt's, in one process. */
#include <apt-pkg/debversion.h>

#include <cstdio>
#include <cstring>

extern "C" {
int oak_evr_compare_deb(const char *a, const char *b);
}
#include "tests/differential/pairs.h"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

int main()
{
	struct pair pair;
	int equal = 0;

	for (int i = 0; i < 100000; i++) {
		pair_next(&pair, PAIR_DEB_LETTERS);
		int theirs = sign(debVS.CmpVersion(pair.a, pair.b)), ours = sign(oak_evr_compare_deb(pair.a, pair.b));
		if (theirs != ours) {
			std::printf("'%s' and '%s': libapt says %d, we say %d\n", pair.a, pair.b, theirs, ours);
			return 1;
		}
		equal += ours == 0;
	}
	std::printf("100000 pairs agree, %d of them equal\n", equal);
	return 0;
}
