/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tar as a bundle: what is walked through has good names, each once, and as many bytes as its header says; never more than the file has. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const char *path, size_t size)
{
	struct oak_error err = {0};
	OAK_AUTO(oak_tar_free_p) struct oak_tar *tar = oak_tar_open(path, &err);
	const char *name;
	int64_t announced, total = 0;
	static char block[65536];
	while (tar && oak_tar_next(tar, &name, &announced, &err) == 0 && name) {
		int64_t got, sum = 0;
		if (!oak_tar_name_ok(name) || announced < 0)
			abort();
		while ((got = oak_tar_read(tar, block, sizeof(block), &err)) > 0)
			sum += got;
		total += sum;
		if ((got == 0 && sum != announced) || total > (int64_t)size)
			abort();
		if (got < 0)
			break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("bundle", MFD_CLOEXEC);
	if (fd < 0 || size > (1 << 20))
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size)
		walk(path, size);
	close(fd);
	return 0;
}
