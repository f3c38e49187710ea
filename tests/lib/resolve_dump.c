/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ask the host's solver: resolve_dump ROOT CACHE; wants as lines "name arch evr" on standard input. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/fs.h"
#include "scanners/scanner.h"

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

int main(int argc, char **argv)
{
	struct oak_scan_request request = {
		.root = argc > 1 ? argv[1] : "/", .cache_dir = argc > 2 ? argv[2] : NULL, .now = time(NULL)};
	OAK_VEC(struct oak_want) wants = {0};
	struct oak_arena *scratch = oak_arena_new(), *arena = NULL;
	char name[256], arch[64], evr[256], message[1024];
	while (scanf("%255s %63s %255s", name, arch, evr) == 3)
		*oak_push(scratch, &wants) = (struct oak_want){oak_arena_strdup(scratch, name), oak_arena_strdup(scratch, arch),
							       oak_arena_strdup(scratch, evr)};
	struct oak_error err = {.kind = OAK_OK};
	struct oak_transaction *t = NULL;
	if ((request.cache_dir && oak_fs_mkdirs(request.cache_dir, 0700, &err) < 0) ||
	    oak_resolve(&request, wants.v, wants.n, &arena, &t, &err) < 0) {
		fprintf(stderr, "%s [%s]\n", oak_error_text(&err, message, sizeof(message)), err.id);
		return oak_error_exit(&err);
	}
	static const char *const kinds[] = {"upgrade", "install", "remove", "downgrade"};
	for (size_t i = 0; i < t->actions.n; i++) {
		const struct oak_action *a = &t->actions.v[i];
		printf("%s %s %s %s %s %lld %lld %s %s %s\n", kinds[a->kind], a->name, a->arch, or_dash(a->from), or_dash(a->to),
		       (long long)a->download_bytes, (long long)a->disk_bytes, a->asked ? "asked" : "pulled",
		       or_dash(a->pulled_by), or_dash(a->repository));
	}
	for (size_t i = 0; i < t->refused.n; i++)
		printf("refused %s %s %s\n", t->refused.v[i].subject, t->refused.v[i].kind, or_dash(t->refused.v[i].detail));
	oak_arena_free(arena);
	oak_arena_free(scratch);
	return 0;
}
