/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Junctions and hard links of Windows. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_JUNCTION_WIN32_H
#define OAK_DISTRIBUTOR_PACKAGE_JUNCTION_WIN32_H

/* Make the junction PATH lead to the folder TARGET; one that is there is turned round in one step. -1 with errno, ENOSYS where the
 * file system has no junctions: then nothing is left at PATH. */
int oak_junction_set(const char *path, const char *target);

/* TARGET becomes another name of the file SOURCE. -1 with errno. */
int oak_hard_link(const char *source, const char *target);

#endif
