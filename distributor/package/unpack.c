/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an archive to a generation: checked, judged, written in stage/, sealed, then named in one step. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/inner_manifest.h"
#include "distributor/package/install.h"
#include "distributor/package/jail.h"
#include "distributor/package/extract.h"

static const int64_t UNPACKED_CAP = (int64_t)16 << 30, RESERVE = (int64_t)16 << 20;

struct unpacking {
	struct oak_package_job *job;
	const struct oak_package_loaded *loaded;
	const char *stage; /* stage/ID */
	struct oak_extract extract;
	struct oak_prescan scan;
	struct oak_generation *generation;
	struct oak_error *err;
};

/* The descriptor that everything is read from, and what it holds. */
static int open_archive(struct unpacking *u)
{
	const struct oak_package_loaded *l = u->loaded;
	const char *copy = oak_arena_printf(u->job->arena, "%s/archive", u->stage);
	if (oak_archive_open(l->archive, copy, &u->extract.fd, u->err) < 0)
		return -1;
	oak_fault_point("unpack.opened");
	return 0;
}

static int hash_archive(void *arg, struct oak_error *err)
{
	const struct unpacking *u = arg;
	const struct oak_resolution *r = &u->loaded->resolution;
	return oak_verify_fd(u->extract.fd, r->file, r->listed->sha256, r->listed->size, err);
}

static int judge(struct unpacking *u)
{
	const struct oak_manifest_file *f = u->loaded->resolution.listed;
	struct oak_extract *x = &u->extract;
	bool tree = u->loaded->manifest->traits.model == OAK_MODEL_TREE;
	x->meanwhile = hash_archive;
	x->meanwhile_arg = u;
	if (oak_extract_container(x->fd, x->subject, &x->container, u->err) < 0)
		return -1;
	if ((x->container == OAK_CONTAINER_TAR) != tree && hash_archive(u, u->err) < 0)
		return -1;
	if ((x->container == OAK_CONTAINER_TAR) != tree)
		return oak_fail(u->err, OAK_INVALID, "archive.unsupported", 0, "'%s' is a %s, and the package is of the %s model (E_UNSUPPORTED)", x->subject,
				x->container == OAK_CONTAINER_TAR ? "tar" : "zip", oak_package_model_to_string(u->loaded->manifest->traits.model));
	x->rules = (struct oak_prescan_rules){.unpacked = f->unpacked_size >= 0 ? f->unpacked_size : UNPACKED_CAP, .links = tree,
					      .strict = u->job->strict};
	if (oak_extract_scan(x, u->job->arena, &u->scan, u->err) < 0)
		return -1;
	int64_t room = oak_pkgs_room(u->job->pkgs), need = u->scan.total + u->scan.total / 10 + RESERVE;
	if (room >= 0 && need > room)
		return oak_fail(u->err, OAK_IO, "package.no-room", 0, "'%s' needs %lld MiB below '%s', and %lld are free (free some space)", x->subject,
				(long long)(need >> 20), u->job->pkgs->dir, (long long)(room >> 20));
	return 0;
}

static int write_text(struct unpacking *u, const char *name, const char *text, size_t n)
{
	return oak_fs_write_atomic(oak_arena_printf(u->job->arena, "%s/%s", u->stage, name), text, n, 0600, u->err);
}

static int write_seal(struct unpacking *u)
{
	struct oak_generation *g = u->generation;
	char hex[OAK_SHA256_TEXT];
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_SEAL_MAX);
	oak_seal_format(&g->seal, &text);
	oak_seal_digest(&g->seal, hex);
	g->seal_sha256 = oak_arena_strdup(u->job->arena, hex);
	return write_text(u, "seal", oak_buf_text(&text), text.n);
}

/* An AWS archive's own manifest.json, where it has one; packages of ours may carry any file of that name. */
static int check_inner(struct unpacking *u, const char *tree)
{
	const struct oak_package_loaded *l = u->loaded;
	const struct oak_sealed *inner = l->manifest->ours ? NULL : oak_seal_find(&u->generation->seal, "manifest.json");
	if (!inner || inner->kind != OAK_UNPACK_FILE)
		return 0;
	return oak_inner_manifest_check(u->job->arena, oak_arena_printf(u->job->arena, "%s/manifest.json", tree), l->named ? l->name : NULL,
					l->version, u->extract.subject, u->err);
}

/* Everything that belongs to the generation, synced, in its folder in stage/. */
static int write_generation(struct unpacking *u)
{
	const struct oak_package_loaded *l = u->loaded;
	struct oak_package_job *job = u->job;
	const char *tree = oak_arena_printf(job->arena, "%s/tree", u->stage);
	if (oak_pkgs_make(tree, u->err) < 0)
		return -1;
	u->extract.keep = l->manifest->traits.model == OAK_MODEL_TREE ? oak_cas_keep : NULL;
	u->extract.keep_arg = job->pkgs;
	struct oak_generation *g = u->generation = OAK_NEW(job->arena, struct oak_generation);
	*g = (struct oak_generation){.number = job->run->to_generation, .name = l->name, .version = l->version, .model = l->manifest->traits.model,
				     .archive = l->resolution.file, .archive_sha256 = l->resolution.listed->sha256,
				     .manifest_sha256 = l->manifest_sha256, .sealed_at = oak_clock_now(&job->clock), .bytes = u->scan.total,
				     .manifest = l->manifest};
	if (oak_extract_write(&u->extract, job->arena, &u->scan, tree, &g->seal, u->err) < 0 || check_inner(u, tree) < 0)
		return -1;
	g->seal.open = l->manifest->traits.model == OAK_MODEL_SCRIPT;
	g->unpacked = oak_jail_text(u->extract.jail);
	if (chmod(tree, 0755) < 0 || chmod(u->stage, 0755) < 0)
		return oak_fail_errno(u->err, "archive.write", "cannot open '%s' to readers", tree);
	if (write_seal(u) < 0 || write_text(u, "manifest.json", l->manifest_text, l->manifest_n) < 0 ||
	    (l->envelope && write_text(u, "manifest.json.sig", l->envelope, l->envelope_n) < 0))
		return -1;
	oak_fault_point("unpack.sealed");
	return oak_generation_save(u->stage, g, u->err) < 0 || oak_pkgs_sync(tree, u->err) < 0 || oak_pkgs_sync(u->stage, u->err) < 0 ? -1 : 0;
}

static int name_generation(struct unpacking *u)
{
	struct oak_package_job *job = u->job;
	const char *name = oak_pkgs_generation(job->pkgs, job->run->name, job->run->to_generation, NULL);
	if (rename(u->stage, name) < 0)
		return oak_fail_errno(u->err, "archive.write", "cannot make '%s'", name);
	oak_fault_point("unpack.named");
	return oak_pkgs_sync(oak_pkgs_path(job->pkgs, job->run->name, NULL), u->err);
}

int oak_package_unpack(struct oak_package_job *job, const struct oak_package_loaded *loaded,
		       void (*progress)(void *arg, int64_t done, int64_t total), void *progress_arg, struct oak_error *err)
{
	struct unpacking u = {.job = job, .loaded = loaded, .stage = oak_pkgs_stage(job->pkgs, job->run->id), .err = err,
			      .extract = {.fd = -1, .subject = loaded->resolution.file, .stop = job->stop, .progress = progress,
					  .progress_arg = progress_arg}};
	struct oak_error left_over = {.kind = OAK_OK};
	if (oak_pkgs_make(u.stage, err) < 0)
		return -1;
	int rc = open_archive(&u) < 0 || judge(&u) < 0 || write_generation(&u) < 0 || name_generation(&u) < 0 ? -1 : 0;
	if (u.extract.fd >= 0)
		close(u.extract.fd);
	if (rc < 0 && oak_pkgs_remove(u.stage, &left_over) < 0 && job->note)
		job->note(job->note_arg, left_over.cause); /* the next run removes it */
	if (rc < 0)
		return -1;
	job->to = u.generation;
	return 0;
}
