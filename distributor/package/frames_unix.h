/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child that parses an archive, and what it sends: frames over a pipe, every field checked by us. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_FRAMES_UNIX_H
#define OAK_DISTRIBUTOR_PACKAGE_FRAMES_UNIX_H

#include <stdint.h>
#include <sys/types.h>

#include "distributor/package/walk.h"

struct oak_frames; /* a running child */

/* Start it on JOB's archive; DATA: the bytes of files are wanted, too. Errors: module.missing, package.unpack. */
int oak_frames_open(const struct oak_extract *job, bool data, struct oak_frames **ret, struct oak_error *err) OAK_MUST_USE;
void oak_frames_close(struct oak_frames *frames); /* NULL accepted; ends the child */
OAK_DEFINE_AUTO(oak_frames_close, struct oak_frames *);

/* Pass what it sends to VISITOR until it has ended. *ret_jail: what it had given up. Errors: those of the child (archive.*),
 * package.unpack (it died or sent nonsense), package.interrupted (*STOP became non-zero), and the visitor's. */
int oak_frames_run(struct oak_frames *frames, const struct oak_unpack_visitor *visitor, const volatile int *stop, unsigned *ret_jail,
		   struct oak_error *err) OAK_MUST_USE;

#endif
