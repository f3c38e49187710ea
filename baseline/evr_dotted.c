/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows versions: numbers between dots, 10.0.20348.2113; an absent part is 0, what is no number is text. */
#include "baseline/evaluate.h"

#include "core/str.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cut the leading number off *PART, without its leading zeros. */
static struct oak_str take_number(struct oak_str *part)
{
	struct oak_str number;
	size_t n = 0;

	while (n < part->n && is_digit(part->p[n]))
		n++;
	number = (struct oak_str){part->p, n};
	part->p += n;
	part->n -= n;
	while (number.n && *number.p == '0') {
		number.p++;
		number.n--;
	}
	return number;
}

static unsigned char folded(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int compare_text(struct oak_str a, struct oak_str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (folded(a.p[i]) != folded(b.p[i]))
			return folded(a.p[i]) - folded(b.p[i]);
	return (a.n > b.n) - (a.n < b.n);
}

static int compare_part(struct oak_str a, struct oak_str b)
{
	struct oak_str x = take_number(&a), y = take_number(&b);

	if (x.n != y.n)
		return x.n > y.n ? 1 : -1;
	int result = x.n ? memcmp(x.p, y.p, x.n) : 0;
	return result ? result : compare_text(a, b);
}

int oak_evr_compare_windows(const char *a, const char *b)
{
	struct oak_str rest_a = oak_str_trim(oak_str_of(a)), rest_b = oak_str_trim(oak_str_of(b));
	bool more_a = true, more_b = true;

	while (more_a || more_b) {
		struct oak_str x = OAK_STR(""), y = OAK_STR("");

		more_a = more_a && oak_str_next(&rest_a, '.', &x);
		more_b = more_b && oak_str_next(&rest_b, '.', &y);
		int result = compare_part(x, y);
		if (result)
			return result > 0 ? 1 : -1;
	}
	return 0;
}
