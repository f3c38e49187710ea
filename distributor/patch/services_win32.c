/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows keeps files that are in use and replaces them at the next boot: there is nothing to restart after an update,
 * only a reboot to ask for, and scanners/reboot finds that. */
#include "distributor/patch/services.h"

void oak_services_find(struct oak_arena *arena, const char *root, struct oak_services *ret)
{
	(void)arena;
	(void)root;
	(void)ret;
}

void oak_services_restart(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_services *services)
{
	(void)host;
	(void)arena;
	(void)services;
}

void oak_services_forecast(struct oak_arena *arena, const char *root, const char *const *files, size_t n, struct oak_plan_facts *ret)
{
	(void)arena;
	(void)root;
	(void)files;
	(void)n;
	(void)ret;
}
