/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of blocks: one thread fills and drains them in order, others work on them. Private to module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_RING_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_RING_H

#include <stdbool.h>
#include <stddef.h>

/* What a worker does; STATE is its own, as START made it (NULL = it cannot work, and every block of it fails). */
struct oak_ring_work {
	void *(*start)(void);
	bool (*run)(void *state, void *block);
	void (*end)(void *state);
};

struct oak_ring;

/* 2 * THREADS + 2 slots; BLOCKS has at least so many, each of SIZE bytes, borrowed. Returns NULL if no thread could be started. */
size_t oak_ring_slots(unsigned threads);
struct oak_ring *oak_ring_new(unsigned threads, void *blocks, size_t size, const struct oak_ring_work *work);
void oak_ring_free(struct oak_ring *ring); /* NULL accepted */

/* The caller has filled the block of SLOT. */
void oak_ring_give(struct oak_ring *ring, size_t slot);
/* Wait until the work on it is done; false = it failed. The block is the caller's again. */
bool oak_ring_wait(struct oak_ring *ring, size_t slot);
/* Leave no block in the workers' hands. */
void oak_ring_settle(struct oak_ring *ring);

#endif
