/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which version comparison belongs to which family of platforms. */
#include "baseline/evaluate.h"

#include "core/str.h"

static const struct {
	const char *family;
	oak_evr_compare compare;
} families[] = {
	{"debian", oak_evr_compare_deb},   {"ubuntu", oak_evr_compare_deb}, {"raspbian", oak_evr_compare_deb},
	{"windows", oak_evr_compare_windows},
};

oak_evr_compare oak_evr_for_family(const char *family)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (oak_strcaseeq(families[i].family, family))
			return families[i].compare;
	return oak_evr_compare_rpm;
}
