/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last answer of a backend, kept in the cache and taken again while nothing that it rests on has changed. */
#ifndef OAK_SCANNERS_SNAPSHOT_H
#define OAK_SCANNERS_SNAPSHOT_H

#include "scanners/scanner.h"

/* State of the inputs, taken in the child before anything is read. In the arena of the answer. */
struct oak_snapshot_inputs {
	const char *records; /* one per path: 8 bytes hash of its stat (and of all in it), then the path with its NUL */
	size_t size;
	bool settled; /* the newest change came before the scan began, by so much that none could hide behind its time stamp */
};

/* Now, by the clock of file times. */
int64_t oak_snapshot_clock_ms(void);

/* dev, inode, size, mtime and ctime of each path, and of each entry of a folder. BEGUN_MS: before anything was read. */
void oak_snapshot_take(struct oak_arena *arena, const struct oak_paths *paths, int64_t begun_ms, struct oak_snapshot_inputs *ret);

/* The kept answer for REQUEST; false if there is none or it is no longer true. Same ownership as oak_scan; host facts
 * (node, reboot) are not in it. */
bool oak_snapshot_load(const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret);

/* Keep INVENTORY (of a shared ARENA) for the next scan. Failure costs only time, so it is silent. */
void oak_snapshot_save(const struct oak_scan_request *request, const struct oak_arena *arena,
		       const struct oak_inventory *inventory, const struct oak_snapshot_inputs *inputs);

#endif
