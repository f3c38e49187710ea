/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame is what the cutter cuts, compressed on its own: no bytes before it and no number of threads show in it. */
#include "distributor/package/pack_frames.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "core/cut.h"
#include "core/mem.h"
#include "distributor/package/pack_ring.h"

enum { FRAME_MAX = 1024 * 1024, LEVEL = 3 };
/* Around 256 KiB: smaller ones would save more when little changes, and cost size always. docs/adr/0122. */
static const struct oak_cut_sizes frame_sizes = {128 * 1024, 256 * 1024, FRAME_MAX, 20, 16};

struct frame {
	size_t n, packed_n, out_size;
	unsigned char *in, *out;
};

struct oak_framer {
	struct oak_ring *ring;
	struct frame *frames;
	size_t slots, head, tail; /* frames given, frames put */
	struct oak_cutter cutter;
	oak_framer_put *put;
	void *arg;
};

static void *worker_start(void)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	if (z && !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)) &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)))
		return z;
	ZSTD_freeCCtx(z);
	return NULL;
}

static void worker_end(void *state)
{
	ZSTD_freeCCtx(state);
}

static bool squeeze(void *state, void *block)
{
	struct frame *f = block;
	f->packed_n = ZSTD_compress2(state, f->out, f->out_size, f->in, f->n);
	return !ZSTD_isError(f->packed_n);
}

struct oak_framer *oak_framer_new(unsigned threads, oak_framer_put *put, void *arg, struct oak_error *err)
{
	static const struct oak_ring_work work = {worker_start, squeeze, worker_end};
	struct oak_framer *f = oak_alloc_zero(1, sizeof(*f));
	f->put = put;
	f->arg = arg;
	f->slots = oak_ring_slots(threads);
	f->frames = oak_alloc_zero(f->slots, sizeof(*f->frames));
	for (size_t i = 0; i < f->slots; i++) {
		f->frames[i].in = oak_alloc(FRAME_MAX);
		f->frames[i].out_size = ZSTD_compressBound(FRAME_MAX);
		f->frames[i].out = oak_alloc(f->frames[i].out_size);
	}
	f->ring = oak_ring_new(threads, f->frames, sizeof(*f->frames), &work);
	if (f->ring)
		return f;
	oak_fail(err, OAK_IO, "pack.library", 0, "cannot start a thread");
	oak_framer_free(f);
	return NULL;
}

void oak_framer_free(struct oak_framer *f)
{
	if (!f)
		return;
	oak_ring_free(f->ring);
	for (size_t i = 0; i < f->slots; i++) {
		free(f->frames[i].in);
		free(f->frames[i].out);
	}
	free(f->frames);
	free(f);
}

static int drain(struct oak_framer *f, struct oak_error *err)
{
	size_t slot = f->tail++ % f->slots;
	if (!oak_ring_wait(f->ring, slot))
		return oak_fail(err, OAK_IO, "pack.library", 0, "cannot compress: zstd failed");
	return f->put(f->arg, f->frames[slot].out, f->frames[slot].packed_n, err);
}

/* The newest frame ends after its first N bytes; what is behind them begins the next one. */
static int cut(struct oak_framer *f, size_t n, struct oak_error *err)
{
	struct frame *now = &f->frames[f->head % f->slots];
	if (f->head - f->tail >= f->slots - 1 && drain(f, err) < 0)
		return -1;
	struct frame *next = &f->frames[(f->head + 1) % f->slots];
	next->n = now->n - n;
	memcpy(next->in, now->in + n, next->n);
	now->n = n;
	oak_ring_give(f->ring, f->head++ % f->slots);
	f->cutter = (struct oak_cutter){0};
	return 0;
}

int oak_framer_add(struct oak_framer *f, const void *bytes, size_t n, struct oak_error *err)
{
	const unsigned char *from = bytes;
	for (size_t done = 0, end; done < n;) {
		struct frame *now = &f->frames[f->head % f->slots];
		size_t room = FRAME_MAX - now->n, take = n - done < room ? n - done : room;
		memcpy(now->in + now->n, from + done, take);
		now->n += take;
		done += take;
		while ((end = oak_cut(&frame_sizes, &f->cutter, f->frames[f->head % f->slots].in, f->frames[f->head % f->slots].n)) > 0)
			if (cut(f, end, err) < 0)
				return -1;
	}
	return 0;
}

int oak_framer_end(struct oak_framer *f, struct oak_error *err)
{
	if ((f->frames[f->head % f->slots].n || !f->head) && cut(f, f->frames[f->head % f->slots].n, err) < 0)
		return -1;
	while (f->tail < f->head)
		if (drain(f, err) < 0)
			return -1;
	return 0;
}
