/* SPDX-License-Identifier: GPL-3.0-or-later */
/* .repo files, their variables, and matching of excludes. */
#include <stdint.h>
#include <string.h>

#include "scanners/rpm/locks.h"
#include "scanners/rpm/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_rpm_conf conf = {.root = "/nonexistent", .arch = "x86_64", .basearch = "x86_64", .suse = size & 1};
	struct oak_nevra nevra = {"bash", "1:5.1-2.el9", "x86_64"};
	struct oak_ini ini;
	oak_map_init(&conf.vars, arena, 4);
	oak_map_put(&conf.vars, "basearch", (void *)(uintptr_t)"x86_64");
	if (oak_ini_parse(arena, (const char *)data, size, "fuzz", &ini, NULL) < 0)
		return 0;
	oak_repos_from_ini(arena, &conf, &ini, "fuzz");
	for (size_t i = 0; i < conf.repos.n; i++) {
		const struct oak_rpm_repo *repo = &conf.repos.v[i];
		for (size_t k = 0; k < repo->baseurls.n; k++)
			(void)oak_file_url_path(arena, repo->baseurls.v[k]);
		for (size_t k = 0; k < repo->excludes.list.n && strlen(repo->excludes.list.v[k]) < 64; k++)
			(void)oak_nevra_match(repo->excludes.list.v[k], &nevra);
	}
	return 0;
}
