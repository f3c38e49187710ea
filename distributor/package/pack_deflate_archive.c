/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of raw deflate, each with what comes before it as dictionary. */
#include "distributor/package/pack_deflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "distributor/package/pack_ring.h"

enum { BLOCK = 256 * 1024, WINDOW = 32 * 1024, LEVEL = 6, MEMORY = 8, SPARE = 1024 };

struct block {
	bool last;
	size_t n, dictionary_n, packed_n, out_size;
	uint32_t crc;
	unsigned char *in, *dictionary, *out;
};

struct oak_deflater {
	struct oak_ring *ring; /* NULL = no thread could be started */
	struct block *blocks;
	size_t slots;
};

/* One block of raw deflate; all but the last end on a byte by an empty stored block. */
static bool squeeze(void *state, void *block)
{
	z_stream *z = state;
	struct block *b = block;
	if (deflateReset(z) != Z_OK)
		return false;
	if (b->dictionary_n && deflateSetDictionary(z, b->dictionary, (uInt)b->dictionary_n) != Z_OK)
		return false;
	z->next_in = b->in;
	z->avail_in = (uInt)b->n;
	z->next_out = b->out;
	z->avail_out = (uInt)b->out_size;
	int rc = deflate(z, b->last ? Z_FINISH : Z_SYNC_FLUSH);
	b->packed_n = b->out_size - z->avail_out;
	b->crc = (uint32_t)crc32(0, b->in, (uInt)b->n);
	return b->last ? rc == Z_STREAM_END : rc == Z_OK && z->avail_out > 0;
}

static void *worker_start(void)
{
	z_stream *z = oak_alloc_zero(1, sizeof(*z));
	if (deflateInit2(z, LEVEL, Z_DEFLATED, -15, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static void worker_end(void *state)
{
	deflateEnd(state);
	free(state);
}

struct oak_deflater *oak_deflater_new(unsigned threads)
{
	static const struct oak_ring_work work = {worker_start, squeeze, worker_end};
	struct oak_deflater *d = oak_alloc_zero(1, sizeof(*d));
	d->slots = oak_ring_slots(threads);
	d->blocks = oak_alloc_zero(d->slots, sizeof(*d->blocks));
	for (size_t i = 0; i < d->slots; i++) {
		d->blocks[i].in = oak_alloc(BLOCK);
		d->blocks[i].dictionary = oak_alloc(WINDOW);
		d->blocks[i].out_size = deflateBound(NULL, BLOCK) + SPARE;
		d->blocks[i].out = oak_alloc(d->blocks[i].out_size);
	}
	d->ring = oak_ring_new(threads, d->blocks, sizeof(*d->blocks), &work);
	return d;
}

void oak_deflater_free(struct oak_deflater *d)
{
	oak_ring_free(d->ring);
	for (size_t i = 0; i < d->slots; i++) {
		free(d->blocks[i].in);
		free(d->blocks[i].dictionary);
		free(d->blocks[i].out);
	}
	free(d->blocks);
	free(d);
}

/* Wait for the block at SLOT to be compressed, write it, and give it back. */
static int drain(struct oak_deflater *d, size_t slot, int fd, struct oak_deflated *ret, struct oak_error *err)
{
	struct block *b = &d->blocks[slot];
	if (!oak_ring_wait(d->ring, slot))
		return oak_fail(err, OAK_IO, "pack.library", 0, "cannot compress: zlib failed");
	ret->crc = (uint32_t)crc32_combine(ret->crc, b->crc, (z_off_t)b->n);
	ret->packed += (int64_t)b->packed_n;
	return oak_pack_put(fd, b->out, b->packed_n, err);
}

static int fill(struct oak_deflater *d, size_t slot, const struct block *before, struct oak_pack_source *source, struct oak_error *err)
{
	struct block *b = &d->blocks[slot];
	if (oak_pack_source_read(source, b->in, BLOCK, &b->n, err) < 0)
		return -1;
	b->dictionary_n = before ? WINDOW : 0; /* what comes before is always a whole block */
	if (before)
		memcpy(b->dictionary, before->in + BLOCK - WINDOW, WINDOW);
	b->last = source->done >= source->entry->size;
	oak_ring_give(d->ring, slot);
	return 0;
}

static int run(struct oak_deflater *d, int fd, const struct oak_pack *pack, struct oak_pack_source *source, struct oak_deflated *ret,
	       struct oak_error *err)
{
	size_t head = 0, tail = 0; /* blocks filled, blocks written */
	while (source->done < source->entry->size) {
		int64_t from = source->done;
		/* one slot stays free: the block before the newest is its dictionary */
		if (head - tail >= d->slots - 1 && drain(d, tail++ % d->slots, fd, ret, err) < 0)
			return -1;
		if (fill(d, head % d->slots, head ? &d->blocks[(head - 1) % d->slots] : NULL, source, err) < 0)
			return -1;
		if (source->done == from)
			break; /* shorter than it was: oak_pack_source_end says so */
		head++;
		ret->done += source->done - from;
		if (pack->progress && pack->progress(pack->progress_arg, ret->done, err) < 0)
			return -1;
	}
	while (tail < head)
		if (drain(d, tail++ % d->slots, fd, ret, err) < 0)
			return -1;
	return 0;
}

int oak_deflater_run(struct oak_deflater *d, int fd, const struct oak_pack *pack, struct oak_pack_entry *entry, struct oak_deflated *ret,
		     struct oak_error *err)
{
	struct oak_pack_source source;
	if (!d->ring)
		return oak_fail(err, OAK_IO, "pack.library", 0, "cannot start a thread");
	int result = oak_pack_source_open(&source, pack, entry, err);
	if (result == 0)
		result = run(d, fd, pack, &source, ret, err);
	oak_ring_settle(d->ring);
	if (result == 0)
		result = oak_pack_source_end(&source, err);
	oak_pack_source_done(&source);
	return result;
}
