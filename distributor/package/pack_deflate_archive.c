/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of blocks: one thread reads and writes in order, the others compress. */
#include "distributor/package/pack_deflate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024, WINDOW = 32 * 1024, LEVEL = 6, MEMORY = 8, THREADS_MAX = 64, SPARE = 1024 };

enum state { EMPTY, FULL, TAKEN, READY };

struct block {
	enum state state;
	bool last, failed;
	size_t n, dictionary_n, packed_n;
	uint32_t crc;
	unsigned char *in, *dictionary, *out;
};

struct oak_deflater {
	pthread_mutex_t lock;
	pthread_cond_t work, ready;
	pthread_t threads[THREADS_MAX];
	unsigned started;
	bool stop;
	struct block *ring;
	size_t slots, next; /* next = where the workers look first */
	size_t out_size;
};

/* One block of raw deflate; all but the last end on a byte by an empty stored block. */
static bool squeeze(z_stream *z, struct block *b, size_t out_size)
{
	if (deflateReset(z) != Z_OK)
		return false;
	if (b->dictionary_n && deflateSetDictionary(z, b->dictionary, (uInt)b->dictionary_n) != Z_OK)
		return false;
	z->next_in = b->in;
	z->avail_in = (uInt)b->n;
	z->next_out = b->out;
	z->avail_out = (uInt)out_size;
	int rc = deflate(z, b->last ? Z_FINISH : Z_SYNC_FLUSH);
	b->packed_n = out_size - z->avail_out;
	b->crc = (uint32_t)crc32(0, b->in, (uInt)b->n);
	return b->last ? rc == Z_STREAM_END : rc == Z_OK && z->avail_out > 0;
}

static struct block *take(struct oak_deflater *d)
{
	for (size_t i = 0; i < d->slots; i++) {
		struct block *b = &d->ring[(d->next + i) % d->slots];
		if (b->state == FULL) {
			b->state = TAKEN;
			return b;
		}
	}
	return NULL;
}

static void *worker(void *arg)
{
	struct oak_deflater *d = arg;
	z_stream z = {0};
	bool usable = deflateInit2(&z, LEVEL, Z_DEFLATED, -15, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
	pthread_mutex_lock(&d->lock);
	while (!d->stop) {
		struct block *b = take(d);
		if (!b) {
			pthread_cond_wait(&d->work, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		bool done = usable && squeeze(&z, b, d->out_size);
		pthread_mutex_lock(&d->lock);
		b->failed = !done;
		b->state = READY;
		pthread_cond_signal(&d->ready);
	}
	pthread_mutex_unlock(&d->lock);
	if (usable)
		deflateEnd(&z);
	return NULL;
}

struct oak_deflater *oak_deflater_new(unsigned threads)
{
	struct oak_deflater *d = oak_alloc_zero(1, sizeof(*d));
	threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
	d->slots = 2 * (size_t)threads + 2;
	d->out_size = deflateBound(NULL, BLOCK) + SPARE;
	d->ring = oak_alloc_zero(d->slots, sizeof(*d->ring));
	for (size_t i = 0; i < d->slots; i++) {
		d->ring[i].in = oak_alloc(BLOCK);
		d->ring[i].dictionary = oak_alloc(WINDOW);
		d->ring[i].out = oak_alloc(d->out_size);
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->work, NULL);
	pthread_cond_init(&d->ready, NULL);
	while (d->started < threads && pthread_create(&d->threads[d->started], NULL, worker, d) == 0)
		d->started++;
	return d;
}

void oak_deflater_free(struct oak_deflater *d)
{
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < d->started; i++)
		pthread_join(d->threads[i], NULL);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->work);
	pthread_cond_destroy(&d->ready);
	for (size_t i = 0; i < d->slots; i++) {
		free(d->ring[i].in);
		free(d->ring[i].dictionary);
		free(d->ring[i].out);
	}
	free(d->ring);
	free(d);
}

/* Wait for the block at SLOT to be compressed, write it, and give it back. */
static int drain(struct oak_deflater *d, size_t slot, int fd, struct oak_deflated *ret, struct oak_error *err)
{
	struct block *b = &d->ring[slot];
	pthread_mutex_lock(&d->lock);
	while (b->state != READY)
		pthread_cond_wait(&d->ready, &d->lock);
	b->state = EMPTY;
	pthread_mutex_unlock(&d->lock);
	if (b->failed)
		return oak_fail(err, OAK_IO, "pack.library", 0, "cannot compress: zlib failed");
	ret->crc = (uint32_t)crc32_combine(ret->crc, b->crc, (z_off_t)b->n);
	ret->packed += (int64_t)b->packed_n;
	return oak_pack_put(fd, b->out, b->packed_n, err);
}

static int fill(struct oak_deflater *d, size_t slot, const struct block *before, struct oak_pack_source *source, struct oak_error *err)
{
	struct block *b = &d->ring[slot];
	if (oak_pack_source_read(source, b->in, BLOCK, &b->n, err) < 0)
		return -1;
	b->dictionary_n = before ? WINDOW : 0; /* what comes before is always a whole block */
	if (before)
		memcpy(b->dictionary, before->in + BLOCK - WINDOW, WINDOW);
	b->last = source->done >= source->entry->size;
	pthread_mutex_lock(&d->lock);
	b->state = FULL;
	d->next = slot;
	pthread_cond_signal(&d->work);
	pthread_mutex_unlock(&d->lock);
	return 0;
}

/* Leave no block in the workers' hands. */
static void settle(struct oak_deflater *d)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->slots; i++) {
		while (d->ring[i].state == FULL || d->ring[i].state == TAKEN)
			pthread_cond_wait(&d->ready, &d->lock);
		d->ring[i].state = EMPTY;
	}
	pthread_mutex_unlock(&d->lock);
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
		if (fill(d, head % d->slots, head ? &d->ring[(head - 1) % d->slots] : NULL, source, err) < 0)
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
	if (!d->started)
		return oak_fail(err, OAK_IO, "pack.library", 0, "cannot start a thread");
	int result = oak_pack_source_open(&source, pack, entry, err);
	if (result == 0)
		result = run(d, fd, pack, &source, ret, err);
	settle(d);
	if (result == 0)
		result = oak_pack_source_end(&source, err);
	oak_pack_source_done(&source);
	return result;
}
