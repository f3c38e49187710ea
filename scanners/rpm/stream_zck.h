/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zchunk: unpacked reading. */
#ifndef OAK_SCANNERS_RPM_STREAM_ZCK_H
#define OAK_SCANNERS_RPM_STREAM_ZCK_H

#include <stdio.h>

/* A stream of what the zchunk file in FD holds; FD belongs to it, also on failure (NULL). */
FILE *oak_zck_open(int fd);

#endif
