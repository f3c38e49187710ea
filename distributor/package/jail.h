/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process gives up before it parses foreign bytes. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_JAIL_H
#define OAK_DISTRIBUTOR_PACKAGE_JAIL_H

/* What could be given up; the rest is said in the run's steps. */
enum { OAK_JAIL_USER = 1, OAK_JAIL_FILES = 2, OAK_JAIL_CALLS = 4 };

/* Never to be undone: no new privileges, no core files, memory and time limits, no files (Landlock), no rights of root (another user), no
 * system calls but those of a filter (seccomp). Open descriptors stay. Returns the OAK_JAIL_ bits of what this system had. */
unsigned oak_jail_enter(void);

/* "another user, no files, few system calls"; static. */
const char *oak_jail_text(unsigned jail);

#endif
