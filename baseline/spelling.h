/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways in which people write a package version in a list. */
#ifndef OAK_BASELINE_SPELLING_H
#define OAK_BASELINE_SPELLING_H

#include "baseline/match.h"

/* Call EACH with every spelling of this package version; NAME_ONLY is true where no version is part of it.
 * Bare versions are never a spelling: "4.14.109" would name every package that has that version. */
void oak_spell(enum oak_flavour flavour, const char *name, const char *arch, const char *evr,
	       void (*each)(void *arg, const char *spelling, bool name_only), void *arg);

/* Call EACH with every MSyy-nnn in TITLE (NULL allowed). */
void oak_spell_bulletins(const char *title, void (*each)(void *arg, const char *bulletin), void *arg);

/* False for what is an id and no package name: CVE-…, RHSA-2017:0864, KB123, MS10-048, digits, versions. */
bool oak_spell_is_name(const char *text);

#endif
