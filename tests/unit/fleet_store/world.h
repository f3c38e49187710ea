/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small world for tests of the store: a host of N packages of which some are missing, scanned night by night. */
#ifndef OAK_TEST_WORLD_H
#define OAK_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/db.h"
#include "core/fs.h"
#include "fleet/store/history.h"
#include "fleet/store/store.h"

#define DAY0 ((oak_time)1795435200) /* 2026-11-23T12:00:00Z */

struct world {
	char dir[64];
	size_t packages, missing; /* the first MISSING packages lack version "2.0-NIGHTLY" */
	int release;              /* the version that the repository offers: 2.RELEASE */
	oak_time now, release_date;
	const char *node;
	const char *error; /* why the repository cannot be read; NULL = it can */
};

static inline void world_new(struct world *w, size_t packages, size_t missing)
{
	*w = (struct world){.packages = packages, .missing = missing, .now = DAY0, .node = "node-1"};
	w->release_date = DAY0 - 30 * OAK_DAY;
	snprintf(w->dir, sizeof(w->dir), "/tmp/oakum-store-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
}

static inline void world_done(const struct world *w)
{
	char command[96];
	snprintf(command, sizeof(command), "%s", w->dir);
	char *const argv[] = {"rm", "-rf", command, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execvp("rm", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static inline struct oak_store *world_open(const struct world *w)
{
	struct oak_error err = {0};
	struct oak_store *store = NULL;
	struct oak_store_options options = {.dir = w->dir, .now = w->now};
	if (oak_store_open(&options, &store, &err) < 0)
		{
		fprintf(stderr, "%s: %s %s\n", err.id, err.trail, err.cause);
		fail();
	}
	return store;
}

static inline struct oak_inventory *world_inventory(const struct world *w, struct oak_arena *arena)
{
	struct oak_inventory *i = oak_inventory_new(arena);
	i->node.id = w->node;
	i->node.name = "web01";
	i->node.platform.family = "debian";
	i->node.platform.id = "debian";
	i->node.platform.version = "12";
	i->node.platform.arch = "amd64";
	i->collected_at = w->now;
	i->metadata_at = w->now - 3600;
	*oak_push(arena, &i->repositories) = (struct oak_repository){
		.error = w->error,
		.id = "security", .uri = "https://example.org/debian-security", .suite = "stable-security", .trusted = true,
		.enabled = true, .advisories = true, .fetched_at = w->now - 3600, .release_date = w->release_date,
		.watched_since = OAK_TIME_NONE, .valid_until = OAK_TIME_NONE};
	for (size_t k = 0; k < w->packages; k++) {
		const char *name = oak_arena_printf(arena, "package-%04zu", k);
		*oak_push(arena, &i->packages) = (struct oak_package){.name = name, .arch = "amd64", .evr = "1.0-1",
			.build_time = OAK_TIME_NONE, .installed_at = OAK_TIME_NONE};
		if (k >= w->missing)
			continue;
		struct oak_update *u = oak_push(arena, &i->updates);
		*u = (struct oak_update){.name = name, .arch = "amd64", .evr = oak_arena_printf(arena, "2.%d-1", w->release),
			.security = true, .issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE, .built = OAK_TIME_NONE,
			.first_seen = OAK_TIME_NONE, .size = -1};
		*oak_push(arena, &u->origins) = "security";
	}
	return i;
}

/* A verdict as an evaluation would give it: MISSING where an update is, else INSTALLED_OTHER. */
static inline struct oak_verdict *world_verdict(const struct world *w, struct oak_arena *arena, struct oak_inventory *i)
{
	struct oak_verdict *v = OAK_NEW(arena, struct oak_verdict);
	*v = (struct oak_verdict){.arena = arena, .inventory = i, .baseline_id = "debian", .baseline_name = "debian",
		.baseline_digest = "00", .operation = OAK_SCAN, .evaluated_at = w->now};
	for (size_t k = 0; k < i->packages.n; k++) {
		bool missing = k < i->updates.n;
		struct oak_patch *p = oak_push(arena, &v->patches);
		*p = (struct oak_patch){.name = i->packages.v[k].name, .arch = "amd64",
			.id = oak_arena_printf(arena, "%s.amd64", i->packages.v[k].name), .installed = i->packages.v[k].evr,
			.state = missing ? OAK_STATE_MISSING : OAK_STATE_INSTALLED_OTHER, .until = OAK_TIME_NONE,
			.released = OAK_TIME_NONE, .approved_at = OAK_TIME_NONE};
		if (missing) {
			p->available = i->updates.v[k].evr;
			p->level = OAK_LEVEL_HIGH;
			p->classification = "Security";
			p->severity = "Important";
			p->released = p->approved_at = DAY0 - 10 * OAK_DAY;
			p->basis = OAK_BASIS_BUILD_TIME;
			p->repository = "security";
			p->rule = "rule 1";
			*oak_push(arena, &p->cves) = oak_arena_printf(arena, "CVE-2026-%04zu", k);
		}
		v->summary.count[p->state]++;
	}
	v->summary.status = i->updates.n ? OAK_NON_COMPLIANT : OAK_COMPLIANT;
	v->summary.security_non_compliant = (int64_t)i->updates.n;
	return v;
}

/* One night: open, recall, evaluate, save, close. Returns the scan's number. */
static inline int64_t world_scan(const struct world *w)
{
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(w);
	struct oak_inventory *i = world_inventory(w, arena);
	struct oak_memory *memory;
	int64_t scan = 0;
	if (oak_store_recall(store, i, "debian", w->now, arena, &memory, &err) < 0 ||
	    oak_store_save_scan(store, world_verdict(w, arena, i), memory, &scan, &err) < 0)
		{
		fprintf(stderr, "%s: %s %s\n", err.id, err.trail, err.cause);
		fail();
	}
	return scan;
}

static inline int64_t count_rows(const struct world *w, const char *table)
{
	struct oak_error err = {0};
	char path[96], sql[128];
	int64_t n = -1;
	snprintf(path, sizeof(path), "%s/state.db", w->dir);
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	OAK_AUTO(oak_db_close_p) struct oak_db *db = NULL;
	if (oak_db_open(&oak_db_sqlite, path, OAK_DB_READ, 1000, &db, &err) < 0)
		fail_msg("%s: %s", err.id, err.cause);
	if (oak_db_query_int(db, &n, &err, sql, "") < 0)
		fail_msg("%s: %s", err.id, err.cause);
	return n;
}

#endif
