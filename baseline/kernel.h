/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages are kernels, which release each brings, and whether a newer one waits for a boot. */
#ifndef OAK_BASELINE_KERNEL_H
#define OAK_BASELINE_KERNEL_H

#include <stddef.h>

#include "baseline/inventory.h"

enum { OAK_KERNEL_TEXT = 256 };

/* The release (uname -r) that PACKAGE brings on FAMILY, into OUT; NULL if it is no kernel image.
 *   debian: linux-image-6.1.0-40-amd64              -> 6.1.0-40-amd64
 *   rhel, amazon: kernel-core 5.14.0-427.el9 x86_64 -> 5.14.0-427.el9.x86_64
 *   suse: kernel-default 5.14.21-150500.55.44.1     -> 5.14.21-150500.55.44-default
 * Metapackages (linux-image-amd64), modules and debug symbols are none. */
const char *oak_kernel_release(const char *family, const struct oak_package *package, char out[OAK_KERNEL_TEXT]);

/* <0, 0, >0: order of two releases of one flavour. *ret_same is false, and the result 0, if their flavours differ
 * (amd64 and cloud-amd64): nothing can be said then. */
int oak_kernel_compare(const char *family, const char *a, const char *b, bool *ret_same);

/* The newest installed kernel newer than the running one (node.platform.kernel) and of its flavour: it is installed
 * but not booted. NULL if there is none, or if the running kernel is not known. */
const struct oak_package *oak_kernel_not_booted(const struct oak_inventory *inventory);

#endif
