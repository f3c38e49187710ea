/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's entrance: hands over to the command table. */
#include "cli/cmd.h"

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <windows.h>

/* The same bytes as everywhere, on a console and in a file: UTF-8, lines that end in LF. */
static void set_up_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		_setmode(fd, O_BINARY);
	SetConsoleOutputCP(CP_UTF8);
	SetConsoleCP(CP_UTF8);
}
#endif

int main(int argc, char **argv)
{
#ifdef _WIN32
	set_up_streams();
#endif
	return oak_main(argc, argv);
}
