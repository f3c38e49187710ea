/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's entrance: hands over to the command table. */
#include "cli/cmd.h"

#ifdef _WIN32
#include <windows.h>
#include <shellapi.h>

#include "core/windows_text.h"

/* The same bytes as everywhere, on a console and in a file: UTF-8, lines that end in LF. */
static void set_up_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		_setmode(fd, O_BINARY);
	SetConsoleOutputCP(CP_UTF8);
	SetConsoleCP(CP_UTF8);
}

/* The command line as it was given: the C library's has what the old code page can say. */
static int wide_main(void)
{
	int argc = 0;
	wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &argc);
	struct oak_arena *arena = oak_arena_new();
	char **argv = oak_arena_alloc(arena, ((size_t)argc + 1) * sizeof(*argv));
	for (int i = 0; i < argc; i++)
		argv[i] = oak_narrow(arena, wide[i]);
	LocalFree(wide);
	int code = oak_main(argc, argv);
	oak_arena_free(arena);
	return code;
}
#endif

int main(int argc, char **argv)
{
#ifdef _WIN32
	(void)argc;
	(void)argv;
	set_up_streams();
	return wide_main();
#else
	return oak_main(argc, argv);
#endif
}
