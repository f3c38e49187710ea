/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluates 10,000 list entries against 5,000 packages and 20,000 updates; prints seconds: ours, and fnmatch in loops. */
#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

#include "baseline/evaluate.h"

enum { GLOBS = 10000, PACKAGES = 5000, UPDATES = 20000, SAMPLE = 100 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Half of the entries are globs with a common prefix, the rest suffixes, infixes, versions, operators and names. */
static void fill_list(struct oak_arena *arena, struct oak_baseline *baseline)
{
	static const char *const forms[] = {"lib-part%d-*", "lib-pa?t%d-*", "lib*-%d-module", "*-%d-mod*", "lib-part%d-name-[0-9]*",
					    "lib-part%d-other", "lib-p*%d-m* < 1:2.0", "CVE-2026-%d", "*part%d-*-m*", "other-%d*"};

	for (int i = 0; i < GLOBS; i++) {
		struct oak_entry *entry = oak_push(arena, i % 2 ? &baseline->approved : &baseline->rejected);

		*entry = (struct oak_entry){.expires = OAK_TIME_NONE};
		entry->pattern = oak_arena_printf(arena, forms[i % 10], 7 + i * 13 % 90000);
	}
}

static void fill_inventory(struct oak_arena *arena, struct oak_inventory *inventory)
{
	struct oak_platform *platform = &inventory->node.platform;

	inventory->node.id = "bench";
	*platform = (struct oak_platform){.family = "rhel", .id = "almalinux", .version = "9.4", .arch = "x86_64",
					  .booted_at = OAK_TIME_NONE};
	for (int i = 0; i < PACKAGES; i++) {
		struct oak_package *p = oak_push(arena, &inventory->packages);

		oak_package_init(p);
		p->name = oak_arena_printf(arena, "lib-part%d-%d-module", i, i % 97);
		p->arch = "x86_64";
		p->evr = "1:1.0-1.el9";
	}
	for (int i = 0; i < UPDATES; i++) {
		struct oak_update *u = oak_push(arena, &inventory->updates);

		oak_update_init(u);
		u->name = inventory->packages.v[i % PACKAGES].name;
		u->arch = "x86_64";
		u->evr = oak_arena_printf(arena, "1:1.%d-1.el9", 1 + i / PACKAGES);
		struct oak_advisory *a = oak_push(arena, &u->advisories);
		oak_advisory_init(a);
		a->id = oak_arena_printf(arena, "ALSA-2026:%d", i);
		a->classification = "Security";
		a->updated = 1700000000;
		*oak_push(arena, &a->cves) = oak_arena_printf(arena, "CVE-2026-%d", i);
	}
}

static double loops(const struct oak_baseline *baseline, const struct oak_inventory *inventory, size_t *ret_hits)
{
	double begin = seconds();

	for (size_t i = 0; i < inventory->updates.n; i += SAMPLE)
		for (size_t k = 0; k < baseline->approved.n; k++) {
			*ret_hits += fnmatch(baseline->approved.v[k].pattern, inventory->updates.v[i].name, 0) == 0;
			*ret_hits += fnmatch(baseline->rejected.v[k].pattern, inventory->updates.v[i].name, 0) == 0;
		}
	return (seconds() - begin) * SAMPLE;
}

int main(void)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_baseline baseline = {.name = "bench", .honour_delay = true, .metadata_max_age = 3 * OAK_DAY,
					.available_security_status = -1};
	const struct oak_evaluation input = {.inventory = inventory, .baseline = &baseline, .now = 1800000000};
	size_t hits = 0;

	fill_list(arena, &baseline);
	fill_inventory(arena, inventory);
	double begin = seconds();
	const struct oak_verdict *verdict = oak_evaluate(arena, &input);
	double ours = seconds() - begin;
	printf("%.3f %.3f %zu %lld\n", ours, loops(&baseline, inventory, &hits), verdict->patches.n,
	       (long long)verdict->summary.count[OAK_STATE_MISSING]);
	return verdict->patches.n == PACKAGES && hits ? 0 : 1;
}
