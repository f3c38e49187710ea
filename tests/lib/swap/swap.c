/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody who changes an archive while it is installed, for tests, by LD_PRELOAD: at the SWAP-th fork of the program (each child that parses
 * is one) the file SWAP_WITH takes the place of SWAP_FILE: under its name (SWAP_HOW=name), or byte for byte in the same file (SWAP_HOW=bytes). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void copy(const char *from, const char *to)
{
	char buf[65536];
	ssize_t n;
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (in >= 0 && out >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			_exit(99);
	if (in < 0 || out < 0)
		_exit(99);
	close(in);
	close(out);
}

static void swap(void)
{
	const char *file = getenv("SWAP_FILE"), *with = getenv("SWAP_WITH"), *how = getenv("SWAP_HOW"), *done = getenv("SWAP_DONE");
	if (how && strcmp(how, "name") == 0)
		unlink(file);
	copy(with, file);
	if (done)
		copy("/dev/null", done);
}

pid_t fork(void)
{
	static int forks;
	static pid_t (*real)(void);
	const char *at = getenv("SWAP");
	if (!real)
		real = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");
	if (at && ++forks == (int)strtol(at, NULL, 10))
		swap();
	return real();
}
