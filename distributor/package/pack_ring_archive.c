/* SPDX-License-Identifier: GPL-3.0-or-later */
/* States of slots under one lock. */
#include "distributor/package/pack_ring.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/mem.h"

enum { THREADS_MAX = 64 };
enum state { EMPTY, FULL, TAKEN, READY, FAILED };

struct oak_ring {
	pthread_mutex_t lock;
	pthread_cond_t work, ready;
	pthread_t threads[THREADS_MAX];
	unsigned started;
	bool stop;
	const struct oak_ring_work *does;
	char *blocks;
	size_t size, slots, next; /* next = where the workers look first */
	enum state *states;
};

static unsigned within(unsigned threads)
{
	return threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
}

size_t oak_ring_slots(unsigned threads)
{
	return 2 * (size_t)within(threads) + 2;
}

/* The oldest full slot; SLOTS = there is none. */
static size_t take(struct oak_ring *r)
{
	for (size_t i = 0; i < r->slots; i++) {
		size_t slot = (r->next + i) % r->slots;
		if (r->states[slot] == FULL) {
			r->states[slot] = TAKEN;
			return slot;
		}
	}
	return r->slots;
}

static void *worker(void *arg)
{
	struct oak_ring *r = arg;
	void *state = r->does->start();
	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		size_t slot = take(r);
		if (slot == r->slots) {
			pthread_cond_wait(&r->work, &r->lock);
			continue;
		}
		pthread_mutex_unlock(&r->lock);
		bool done = state && r->does->run(state, r->blocks + slot * r->size);
		pthread_mutex_lock(&r->lock);
		r->states[slot] = done ? READY : FAILED;
		pthread_cond_signal(&r->ready);
	}
	pthread_mutex_unlock(&r->lock);
	if (state)
		r->does->end(state);
	return NULL;
}

struct oak_ring *oak_ring_new(unsigned threads, void *blocks, size_t size, const struct oak_ring_work *work)
{
	struct oak_ring *r = oak_alloc_zero(1, sizeof(*r));
	r->does = work;
	r->blocks = blocks;
	r->size = size;
	r->slots = oak_ring_slots(threads);
	r->states = oak_alloc_zero(r->slots, sizeof(*r->states));
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	pthread_cond_init(&r->ready, NULL);
	while (r->started < within(threads) && pthread_create(&r->threads[r->started], NULL, worker, r) == 0)
		r->started++;
	if (r->started)
		return r;
	oak_ring_free(r);
	return NULL;
}

void oak_ring_free(struct oak_ring *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_broadcast(&r->work);
	pthread_mutex_unlock(&r->lock);
	for (unsigned i = 0; i < r->started; i++)
		pthread_join(r->threads[i], NULL);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->work);
	pthread_cond_destroy(&r->ready);
	free(r->states);
	free(r);
}

void oak_ring_give(struct oak_ring *r, size_t slot)
{
	pthread_mutex_lock(&r->lock);
	r->states[slot] = FULL;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
}

bool oak_ring_wait(struct oak_ring *r, size_t slot)
{
	pthread_mutex_lock(&r->lock);
	while (r->states[slot] == FULL || r->states[slot] == TAKEN)
		pthread_cond_wait(&r->ready, &r->lock);
	bool done = r->states[slot] != FAILED;
	r->states[slot] = EMPTY;
	r->next = (slot + 1) % r->slots;
	pthread_mutex_unlock(&r->lock);
	return done;
}

void oak_ring_settle(struct oak_ring *r)
{
	for (size_t i = 0; i < r->slots; i++)
		if (!oak_ring_wait(r, i))
			continue; /* whoever gave it has stopped caring */
}
