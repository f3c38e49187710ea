/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Windows host says is installed, without asking the update agent: programs and updates. */
#ifndef OAK_SCANNERS_PROGRAMS_WIN32_H
#define OAK_SCANNERS_PROGRAMS_WIN32_H

#include "baseline/inventory.h"

/* Add a package for each program of the uninstall keys (both views of the machine, and this user's), and one named KB… for each
 * update that component servicing or an uninstall key lists as installed. What may not be read becomes a problem. */
void oak_programs_add(struct oak_inventory *inventory);

#endif
