/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes calendars through the module that lies one folder above. Spans must be in order and not empty. */
#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ical_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct oak_zone *only_utc(void *arg, const char *name, struct oak_error *err)
{
	(void)arg, (void)name, (void)err;
	return oak_zone_utc();
}

static oak_ical_read_fn *module(void)
{
	static oak_ical_read_fn *read_fn;
	char path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	if (read_fn || n <= 0)
		return read_fn;
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	*strrchr(path, '/') = '\0';
	snprintf(path + strlen(path), 16, "%s", "/ical.so");
	void *handle = dlopen(path, RTLD_NOW);
	read_fn = handle ? (oak_ical_read_fn *)dlsym(handle, "oak_ical_module_read") : NULL;
	if (!read_fn) {
		fprintf(stderr, "%s\n", dlerror());
		abort();
	}
	return read_fn;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	const struct oak_ical_options options = {oak_zone_utc(), {only_utc, NULL}, 1795435200};
	struct oak_ical ical;
	size_t n;
	const char *text = oak_ical_unfold(arena, (const char *)data, size, &n);
	if (oak_ical_check_frame(text, n, "fuzz", &err) == 0) {
		if (module()(arena, text, n, "fuzz", &options, &ical, &err) == 0) {
			for (size_t i = 0; i < ical.count; i++)
				if (ical.spans[i].end <= ical.spans[i].start || ical.spans[i].end <= options.from ||
				    (i && ical.spans[i].start < ical.spans[i - 1].start))
					abort();
		} else if (!err.id) {
			abort();
		}
	}
	oak_arena_free(arena);
	return 0;
}
