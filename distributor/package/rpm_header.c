/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing rpm headers. */
#include "distributor/package/rpm_header.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY = 16, VALUE_MAX = 64 * 1024 * 1024 };

static void put32(struct oak_buf *b, uint32_t v)
{
	const unsigned char bytes[] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v};
	oak_buf_add(b, bytes, sizeof(bytes));
}

static void add(struct oak_rpm_header *h, uint32_t tag, uint32_t type, size_t count, const struct oak_buf *bytes)
{
	char *copy = oak_arena_alloc(h->arena, bytes->n);
	if (bytes->n)
		memcpy(copy, bytes->p, bytes->n);
	*oak_push(h->arena, &h->values) = (struct oak_rpm_value){tag, type, (uint32_t)count, copy, bytes->n};
}

void oak_rpm_string(struct oak_rpm_header *h, uint32_t tag, enum oak_rpm_type type, const char *text)
{
	OAK_AUTO(oak_buf_done) struct oak_buf b;
	oak_buf_init(&b, VALUE_MAX);
	if (!text)
		return;
	oak_buf_add(&b, text, strlen(text) + 1);
	add(h, tag, type, 1, &b);
}

void oak_rpm_strings(struct oak_rpm_header *h, uint32_t tag, const char *const *v, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf b;
	oak_buf_init(&b, VALUE_MAX);
	for (size_t i = 0; i < n; i++)
		oak_buf_add(&b, v[i], strlen(v[i]) + 1);
	if (n)
		add(h, tag, OAK_RPM_STRINGS, n, &b);
}

void oak_rpm_ints(struct oak_rpm_header *h, uint32_t tag, enum oak_rpm_type type, const uint32_t *v, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf b;
	oak_buf_init(&b, VALUE_MAX);
	for (size_t i = 0; i < n; i++) {
		const char half[] = {(char)(v[i] >> 8 & 0xff), (char)(v[i] & 0xff)};
		if (type == OAK_RPM_INT16)
			oak_buf_add(&b, half, sizeof(half));
		else
			put32(&b, v[i]);
	}
	if (n)
		add(h, tag, type, n, &b);
}

static int by_tag(const void *a, const void *b)
{
	uint32_t x = ((const struct oak_rpm_value *)a)->tag, y = ((const struct oak_rpm_value *)b)->tag;
	return (x > y) - (x < y);
}

static size_t alignment(uint32_t type)
{
	return type == OAK_RPM_INT16 ? 2 : type == OAK_RPM_INT32 ? 4 : 1;
}

static void put_entry(struct oak_buf *index, uint32_t tag, uint32_t type, uint32_t offset, uint32_t count)
{
	put32(index, tag);
	put32(index, type);
	put32(index, offset);
	put32(index, count);
}

void oak_rpm_format(struct oak_rpm_header *h, uint32_t region, struct oak_buf *out)
{
	static const char magic[8] = {(char)0x8e, (char)0xad, (char)0xe8, 1, 0, 0, 0, 0};
	OAK_AUTO(oak_buf_done) struct oak_buf store;
	OAK_AUTO(oak_buf_done) struct oak_buf index;
	oak_buf_init(&store, 4 * (size_t)VALUE_MAX);
	oak_buf_init(&index, VALUE_MAX);
	qsort(h->values.v, h->values.n, sizeof(*h->values.v), by_tag);
	for (size_t i = 0; i < h->values.n; i++) {
		const struct oak_rpm_value *value = &h->values.v[i];
		while (store.n % alignment(value->type))
			oak_buf_addc(&store, '\0');
		put_entry(&index, value->tag, value->type, (uint32_t)store.n, value->count);
		oak_buf_add(&store, value->bytes, value->n);
	}
	size_t entries = h->values.n + 1, trailer = store.n;
	put_entry(&store, region, OAK_RPM_BIN, (uint32_t)(0 - entries * ENTRY), ENTRY); /* how far back the region begins */
	oak_buf_add(out, magic, sizeof(magic));
	put32(out, (uint32_t)entries);
	put32(out, (uint32_t)store.n);
	put_entry(out, region, OAK_RPM_BIN, (uint32_t)trailer, ENTRY);
	oak_buf_add(out, index.p, index.n);
	oak_buf_add(out, store.p, store.n);
}
