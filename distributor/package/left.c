/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal after a script has run: "SHA256 of the rest" in the first line, then as the seal's own text. */
#include "distributor/package/left.h"

#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/str.h"

enum { HEX = OAK_SHA256_TEXT - 1 };

static const char *tree_path(const struct oak_pkgs *pkgs, const struct oak_generation *g, const char *path)
{
	return oak_arena_printf(pkgs->arena, "%s/%s", oak_pkgs_generation(pkgs, g->name, g->number, "tree"), path);
}

#ifdef _WIN32
static bool is_older(const struct stat *st, const struct stat *since)
{
	(void)st, (void)since;
	return false; /* no time of change that a script could not set */
}

static unsigned mode_of(const struct stat *st, const struct oak_sealed *e)
{
	(void)st;
	return e->mode; /* rights are the folder's access list there */
}
#else
static bool is_older(const struct stat *st, const struct stat *since)
{
	return since && (st->st_ctim.tv_sec < since->st_mtim.tv_sec ||
			 (st->st_ctim.tv_sec == since->st_mtim.tv_sec && st->st_ctim.tv_nsec < since->st_mtim.tv_nsec));
}

static unsigned mode_of(const struct stat *st, const struct oak_sealed *e)
{
	(void)e;
	return (unsigned)st->st_mode & 0777;
}
#endif

/* Is E there as it is now? 1 as sealed, 2 changed (E says how), 0 gone or of another kind. */
static int look(const struct oak_pkgs *pkgs, const struct oak_generation *g, const struct stat *since, struct oak_sealed *e)
{
	char hex[OAK_SHA256_TEXT];
	struct stat st;
	struct oak_error ignored = {.kind = OAK_OK};
	const char *path = tree_path(pkgs, g, e->path);
	if (lstat(path, &st) < 0)
		return 0;
	if (e->kind != OAK_UNPACK_FILE)
		return e->kind == OAK_UNPACK_FOLDER && S_ISDIR(st.st_mode) ? 1 : 0;
	if (S_ISREG(st.st_mode) && is_older(&st, since))
		return 1;
	if (!S_ISREG(st.st_mode) || oak_sha256_file(path, hex, &ignored) < 0)
		return 0;
	if (st.st_size == e->size && mode_of(&st, e) == e->mode && oak_streq(hex, e->sha256))
		return 1;
	e->size = st.st_size;
	e->mode = mode_of(&st, e);
	e->sha256 = oak_arena_strdup(pkgs->arena, hex);
	return 2;
}

static int save(const struct oak_pkgs *pkgs, const struct oak_generation *g, struct oak_error *err)
{
	char hex[OAK_SHA256_TEXT];
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_SEAL_MAX);
	oak_seal_digest(&g->seal, hex);
	oak_buf_addf(&text, "%s\n", hex);
	oak_seal_format(&g->seal, &text);
	return oak_fs_write_atomic(oak_pkgs_generation(pkgs, g->name, g->number, "left"), oak_buf_text(&text), text.n, 0600, err);
}

int oak_generation_left_take(const struct oak_pkgs *pkgs, struct oak_generation *g, const char *since, struct oak_error *err)
{
	struct oak_seal now = {.open = g->seal.open};
	struct stat st;
	bool known = since && stat(since, &st) == 0;
	bool changed = false;
	if (g->model != OAK_MODEL_SCRIPT)
		return 0;
	for (size_t i = 0; i < g->seal.v.n; i++) {
		struct oak_sealed e = g->seal.v.v[i];
		int state = look(pkgs, g, known ? &st : NULL, &e);
		changed = changed || state != 1;
		if (state)
			*oak_push(pkgs->arena, &now.v) = e;
	}
	if (!changed)
		return 0;
	g->seal = now;
	return save(pkgs, g, err);
}

int oak_generation_left_load(const struct oak_pkgs *pkgs, const char *name, struct oak_generation *g, struct oak_error *err)
{
	const char *path = oak_pkgs_generation(pkgs, name, g->number, "left");
	char hex[OAK_SHA256_TEXT];
	unsigned char digest[OAK_SHA256_SIZE];
	OAK_AUTO(oak_buf_done) struct oak_buf text = {0};
	g->seal.open = g->model == OAK_MODEL_SCRIPT;
	if (g->model != OAK_MODEL_SCRIPT || !oak_fs_exists(path))
		return 0;
	oak_buf_init(&text, OAK_SEAL_MAX);
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	const char *p = oak_buf_text(&text);
	if (text.n > HEX) {
		oak_sha256(p + HEX + 1, text.n - HEX - 1, digest);
		oak_hex(digest, sizeof(digest), hex);
	}
	if (text.n <= HEX || p[HEX] != '\n' || memcmp(p, hex, HEX) != 0)
		return oak_fail(err, OAK_UNTRUSTED, "package.tampered", 0, "'%s' was changed since it was installed (E_TAMPER)", path);
	struct oak_seal left = {.open = true};
	if (oak_seal_parse(pkgs->arena, p + HEX + 1, text.n - HEX - 1, &left, err) < 0)
		return -1;
	g->seal = left;
	return 0;
}
