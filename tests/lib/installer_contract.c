/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of one installer: installer_contract INSTALLER ROOT RUN-DIR CALL [KIND NAME ARCH FROM TO]…; "-" = none, KIND = upgrade install
 * downgrade remove. Prints "ok" (and what was asked for), or the error's id and text. */
#include <stdio.h>
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/installer.h"

static const char *word(const char *text)
{
	return strcmp(text, "-") == 0 ? NULL : text;
}

static int fail(const struct oak_error *err)
{
	char text[1100];
	printf("%s: %s\n", err->id, oak_error_text(err, text, sizeof(text)));
	return oak_error_exit(err);
}

static int installed(const struct oak_installer *in, const struct oak_patch_host *host, struct oak_arena *arena, struct oak_error *err)
{
	struct oak_installed_list list = {0};
	if (in->installed(host, arena, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.v.n; i++)
		printf("%s %s%s\n", list.v.v[i].id, list.v.v[i].evr, list.v.v[i].broken ? " broken" : "");
	return 0;
}

static int undoable(const struct oak_installer *in, const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		    struct oak_error *err)
{
	struct oak_plan_facts facts = {0};
	if (in->undoable(host, actions, arena, &facts, err) < 0)
		return -1;
	for (size_t i = 0; i < facts.undo.n; i++)
		printf("%s %s\n", facts.undo.v[i].patch, facts.undo.v[i].how ? facts.undo.v[i].how : "no");
	return 0;
}

static int repair(const struct oak_installer *in, const struct oak_patch_host *host, struct oak_arena *arena, struct oak_error *err)
{
	oak_text_list did = {0};
	if (in->repair(host, arena, &did, err) < 0)
		return -1;
	for (size_t i = 0; i < did.n; i++)
		printf("repaired: %s\n", did.v[i]);
	return 0;
}

static int call(const char *what, const struct oak_installer *in, const struct oak_patch_host *host, struct oak_action_list actions,
		struct oak_arena *arena, struct oak_error *err)
{
	const struct {
		const char *name;
		int (*act)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);
	} rows[] = {{"check", in->check}, {"stage", in->stage}, {"secure", in->secure}, {"commit", in->commit}, {"undo", in->undo},
		    {"marks-restore", in->marks_restore}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, what) == 0)
			return rows[i].act(host, actions, err);
	if (strcmp(what, "marks-save") == 0)
		return in->marks_save(host, err);
	if (strcmp(what, "repair") == 0)
		return repair(in, host, arena, err);
	if (strcmp(what, "undoable") == 0)
		return undoable(in, host, actions, arena, err);
	return installed(in, host, arena, err);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	const struct oak_installer *in = oak_installer_find(argv[1]);
	const struct oak_patch_host host = {.root = argv[2], .run_dir = argv[3], .lock_wait_s = 60};
	OAK_VEC(const struct oak_plan_action *) list = {0};
	for (int i = 5; i + 4 < argc; i += 5) {
		struct oak_plan_action *a = OAK_NEW(arena, struct oak_plan_action);
		*a = (struct oak_plan_action){.kind = (enum oak_action_kind)oak_action_kind_from_string(argv[i]), .name = argv[i + 1], .arch = argv[i + 2],
					      .from = word(argv[i + 3]), .to = word(argv[i + 4]), .reversible = true, .batch = 1,
					      .undo = "repository", .from_repository = "made"};
		a->patch = oak_arena_printf(arena, "%s.%s", a->name, a->arch);
		a->asked = a->kind != OAK_ACTION_INSTALL; /* new ones are dependencies */
		*oak_push(arena, &list) = a;
	}
	if (!in || oak_fs_mkdirs(argv[3], 0700, &err) < 0)
		return 2;
	if (call(argv[4], in, &host, (struct oak_action_list){list.v, list.n}, arena, &err) < 0)
		return fail(&err);
	puts("ok");
	oak_arena_free(arena);
	return 0;
}
