/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the pre-scan of archives: the zip's structure, then every entry's name, kind and link; names that pass are portable. */
#include <stdlib.h>
#include <string.h>

#include "distributor/package/prescan.h"
#include "distributor/package/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *p;
	size_t n;
};

static int read_at(void *arg, int64_t at, void *to, size_t n)
{
	const struct bytes *b = arg;
	if (at < 0 || (uint64_t)at > b->n || n > b->n - (size_t)at)
		abort(); /* the scan asks for nothing that is not there */
	memcpy(to, b->p + at, n);
	return 0;
}

/* A part of the path that is exactly "..". */
static bool climbs(const char *name)
{
	for (const char *part = name; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2]))
			return true;
	}
	return false;
}

static void check_entries(const struct oak_prescan *scan)
{
	const char *why;
	for (size_t i = 0; i < scan->entries.n; i++) {
		const struct oak_scanned *e = &scan->entries.v[i];
		if (oak_entry_name_check(e->name, &why) != OAK_ENTRY_FINE || climbs(e->name) || (e->mode & 07022))
			abort();
	}
}

static void scan_zip(struct oak_arena *arena, struct bytes *bytes)
{
	const struct oak_zip_source source = {read_at, bytes, (int64_t)bytes->n, "input"};
	struct oak_zip zip = {0};
	struct oak_error err = {.kind = OAK_OK};
	struct oak_prescan scan = {.arena = arena, .subject = "input", .rules = {.unpacked = 1 << 30, .links = true}};
	if (oak_zip_scan(arena, &source, &zip, &err) < 0)
		return;
	int64_t end = 0;
	for (size_t i = 0; i < zip.entries.n; i++) {
		const struct oak_deflated *d = &zip.entries.v[i].data;
		if (d->offset < end || d->packed < 0 || d->offset + d->packed > (int64_t)bytes->n)
			abort(); /* entries lie side by side inside the file */
		end = d->offset + d->packed;
		if (oak_prescan_add(&scan, &zip.entries.v[i].header, &err) < 0)
			return;
	}
	if (oak_prescan_end(&scan, &err) == 0)
		check_entries(&scan);
}

static char *next_line(char **rest)
{
	char *line = *rest, *end = line ? strchr(line, '\n') : NULL;
	if (end)
		*end++ = '\0';
	*rest = end;
	return line;
}

/* The same rules without a container: lines "KIND NAME TARGET". */
static void scan_lines(struct oak_arena *arena, struct bytes *bytes)
{
	char *text = oak_arena_strndup(arena, (const char *)bytes->p, bytes->n);
	struct oak_prescan scan = {.arena = arena, .subject = "input", .rules = {.unpacked = 1 << 30, .links = true}};
	struct oak_error err = {.kind = OAK_OK};
	for (char *line = next_line(&text); line; line = next_line(&text)) {
		char *name = strchr(line, ' '), *target = name ? strchr(name + 1, '\t') : NULL;
		if (!name)
			continue;
		*name++ = '\0';
		if (target)
			*target++ = '\0';
		const struct oak_unpack_header header = {.kind = (enum oak_unpack_kind)((unsigned)line[0] % OAK_UNPACK_KIND_COUNT), .name = name,
							 .target = target, .mode = 07777, .size = 1};
		if (oak_prescan_add(&scan, &header, &err) < 0)
			return;
	}
	if (oak_prescan_end(&scan, &err) == 0)
		check_entries(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	struct bytes bytes = {data, size};
	scan_zip(arena, &bytes);
	scan_lines(arena, &bytes);
	oak_arena_free(arena);
	return 0;
}
