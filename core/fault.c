/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting fault points and ending the process at the chosen one. */
#include "core/fault.h"

#ifdef OAK_FAULTS
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/str.h"

static void note(const char *name)
{
	const char *log = getenv("OAKUM_FAULT_LOG");
	int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		return;
	ssize_t done = write(fd, name, strlen(name));
	done = write(fd, "\n", 1);
	(void)done;
	close(fd);
}

void oak_fault_point(const char *name)
{
	static int64_t reached; /* of this process: the counter is the whole purpose of the file */
	const char *text = getenv("OAKUM_FAULT");
	int64_t wanted = 0;
	reached++;
	note(name);
	if (text && oak_parse_int(oak_str_of(text), 1, INT64_MAX, &wanted) && reached == wanted)
		_exit(137);
}
#else
typedef int oak_fault_no_empty_unit;
#endif
