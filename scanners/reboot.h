/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the system need a reboot: marks of the package manager, the running kernel, libraries replaced under processes. */
#ifndef OAK_SCANNERS_REBOOT_H
#define OAK_SCANNERS_REBOOT_H

#include <sys/types.h>

#include "baseline/inventory.h"

/* A process of ROOT that still maps a file that is gone from the disk. */
struct oak_stale {
	pid_t pid;
	const char *command; /* comm */
	const char *file;    /* path of the deleted library or program, without " (deleted)" */
};

struct oak_stale_list {
	OAK_VEC(struct oak_stale) v;
	size_t hidden; /* processes that this user may not look into */
};

/* All such (process, file) pairs of ROOT/proc, each once; processes of another root (containers) are left out.
 * -1 if ROOT/proc cannot be read. */
int oak_reboot_stale(struct oak_arena *arena, const char *root, struct oak_stale_list *ret);

/* Fill reboot_required and reboot_reasons from ROOT/run/reboot-required (and .pkgs) and from ROOT/proc. What cannot be
 * seen becomes a problem: "processes-hidden". Absent = nothing is said here (oak_host_facts says that /proc is absent). */
void oak_reboot_state(const char *root, struct oak_inventory *inventory);

/* Live patches count only while the kernel has one switched on (ROOT/sys/kernel/livepatch/NAME/enabled is 1): else none. */
void oak_reboot_live_patches(const char *root, struct oak_inventory *inventory);

/* Add a reason when a kernel package is installed that is newer than the running one (platform.kernel).
 * or when the running one was built from another version of its package (ROOT/proc/version).
 * Needs packages, platform.kernel, platform.family. */
void oak_reboot_kernel(const char *root, struct oak_inventory *inventory);

#endif
