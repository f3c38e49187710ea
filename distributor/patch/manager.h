/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package manager that outlives us: a kernel lock in the run's folder that it inherits says for how long it works. */
#ifndef OAK_DISTRIBUTOR_PATCH_MANAGER_H
#define OAK_DISTRIBUTOR_PATCH_MANAGER_H

#include "distributor/patch/installer.h"

/* run_dir/manager.lock, locked and to be inherited; -1 = it cannot be had, which is no reason not to work. */
int oak_manager_hold(const char *run_dir);
/* In the child, before it becomes the package manager: its process is the holder. Async-signal-safe. */
void oak_manager_enter(int fd);
/* It has ended: let go, also for what it may have left running. -1 accepted. */
void oak_manager_release(int fd);

/* Is one that a run began in host->run_dir still at work? */
bool oak_manager_works(const struct oak_patch_host *host);
/* Wait for its end, up to host->lock_wait_s. Errors: lock.held (TRANSIENT, names the process), lock.interrupted, lock.open. */
int oak_manager_wait(const struct oak_patch_host *host, struct oak_error *err) OAK_MUST_USE;

#endif
