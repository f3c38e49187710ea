/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the module that knows tar, and which names are taken. */
#include "core/tar.h"

#include <string.h>

#include "core/module.h"
#include "core/str.h"

static const struct oak_tar_ops *operations(struct oak_error *err)
{
	return oak_module_symbol("archive", "oak_tar_operations", err);
}

/* Every tar begins with its operations. */
struct head {
	const struct oak_tar_ops *ops;
};

static const struct oak_tar_ops *of(struct oak_tar *tar)
{
	return ((struct head *)(void *)tar)->ops;
}

struct oak_tar *oak_tar_create(const char *path, struct oak_error *err)
{
	const struct oak_tar_ops *ops = operations(err);
	return ops ? ops->create(path, err) : NULL;
}

struct oak_tar *oak_tar_open(const char *path, struct oak_error *err)
{
	const struct oak_tar_ops *ops = operations(err);
	return ops ? ops->open(path, err) : NULL;
}

int oak_tar_add_bytes(struct oak_tar *tar, const char *name, const void *bytes, size_t n, struct oak_error *err)
{
	return of(tar)->add_bytes(tar, name, bytes, n, err);
}

int oak_tar_add_file(struct oak_tar *tar, const char *name, const char *file, struct oak_error *err)
{
	return of(tar)->add_file(tar, name, file, err);
}

int oak_tar_finish(struct oak_tar *tar, struct oak_error *err)
{
	return of(tar)->finish(tar, err);
}

int oak_tar_next(struct oak_tar *tar, const char **ret_name, int64_t *ret_size, struct oak_error *err)
{
	return of(tar)->next(tar, ret_name, ret_size, err);
}

int64_t oak_tar_read(struct oak_tar *tar, void *bytes, size_t n, struct oak_error *err)
{
	return of(tar)->read(tar, bytes, n, err);
}

void oak_tar_free(struct oak_tar *tar)
{
	if (tar)
		of(tar)->free(tar);
}

bool oak_tar_name_ok(const char *name)
{
	struct oak_str rest = oak_str_of(name), part;
	int parts = 0;
	if (!rest.n || rest.n > 1000 || name[rest.n - 1] == '/')
		return false;
	while (oak_str_next(&rest, '/', &part)) {
		if (!part.n || part.n > 250 || ++parts > 16 || part.p[0] == '.' || part.p[part.n - 1] == '.' || part.p[part.n - 1] == ' ')
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (part.p[i] < 0x20 || part.p[i] > 0x7e || strchr("\\:*?\"<>|", part.p[i]))
				return false;
	}
	return true;
}
