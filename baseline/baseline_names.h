/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a baseline, and which filter keys an operating system has. */
#ifndef OAK_BASELINE_BASELINE_NAMES_H
#define OAK_BASELINE_BASELINE_NAMES_H

#include "baseline/baseline.h"

extern const char *const oak_os_names[OAK_OS_COUNT];
extern const char *const oak_filter_key_names[OAK_FILTER_COUNT];
extern const char *const oak_date_basis_names[OAK_DATE_COUNT];
extern const char *const oak_undated_names[OAK_UNDATED_COUNT];

/* The apt family, where AWS evaluates no delay. */
bool oak_os_is_apt(enum oak_os os);

/* May a baseline of OS filter by KEY? OURS adds what only oakum.baseline/1 allows. */
bool oak_filter_key_allowed(enum oak_os os, enum oak_filter_key key, bool ours);

/* "PRODUCT, PRIORITY, SECTION" into OUT. */
const char *oak_filter_keys_of(enum oak_os os, bool ours, char *out, size_t size);

/* Is VALUE a word that AWS documents for this key? Keys with open lists accept anything. */
bool oak_filter_value_known(enum oak_os os, enum oak_filter_key key, const char *value);

#endif
