/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fault points: places where a crash test ends the process; they exist in builds with OAK_FAULTS only. */
#ifndef OAK_CORE_FAULT_H
#define OAK_CORE_FAULT_H

/* A place between two steps that must survive power loss. With OAKUM_FAULT=n in the environment the n-th one
 * reached ends the process at once with 137, as SIGKILL would: no buffers flushed, no handlers run.
 * OAKUM_FAULT_LOG=FILE appends the name of each point reached, for counting. */
#ifdef OAK_FAULTS
void oak_fault_point(const char *name);
#else
#define oak_fault_point(name) ((void)0)
#endif

#endif
