/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doctor, our own side: configuration, state folder, database, audit log. */
#include <errno.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "core/audit.h"
#include "core/fs.h"
#include "core/trustfile.h"

void oak_doctor_configuration(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_error err = {0};
	int rc = oak_config_load(ctx, &err);
	if (rc == 0) {
		oak_config_merge(ctx);
		rc = oak_context_fill(ctx, &err);
	}
	doctor->configured = rc == 0;
	if (rc < 0) {
		ctx->config = NULL;
		oak_doctor_add_error(doctor, "configuration", ctx->config_file ? ctx->config_file : "", &err);
	} else if (ctx->config_file) {
		oak_doctor_add(doctor, OAK_HEALTH_OK, "configuration", ctx->config_file, "read", NULL);
	} else {
		oak_doctor_add(doctor, OAK_HEALTH_OK, "configuration", "", "there is none: defaults are used", NULL);
	}
}

void oak_doctor_state(struct oak_doctor *doctor)
{
	const char *dir = doctor->ctx->state_dir;
	struct oak_error err = {0};
	if (!oak_fs_exists(dir))
		oak_doctor_add(doctor, OAK_HEALTH_OK, "state", dir, "not made yet: the first scan makes it", NULL);
	else if (oak_trust_check(dir, &err) < 0)
		oak_doctor_add_error(doctor, "state", dir, &err);
	else if (access(dir, W_OK) < 0)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "state", dir, "cannot be written by this user: nothing is remembered",
			       "run as root, or give --state");
	else
		oak_doctor_add(doctor, OAK_HEALTH_OK, "state", dir, "can be written", NULL);
}

void oak_doctor_database(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_problems found = {0};
	struct oak_error err = {0};
	if (oak_store_open(&options, &store, &err) < 0 || oak_store_check(store, ctx->arena, &found, &err) < 0) {
		if (err.kind == OAK_NOT_FOUND)
			oak_doctor_add(doctor, OAK_HEALTH_OK, "database", ctx->state_dir, "none yet", NULL);
		else
			oak_doctor_add_error(doctor, "database", ctx->state_dir, &err);
		return;
	}
	const char *path = oak_arena_strdup(ctx->arena, oak_store_path(store));
	for (size_t i = 0; i < found.list.n; i++)
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "database", path, found.list.v[i].detail,
			       "restore it from a backup, or move it away: the next scan makes a new one");
	if (!found.list.n)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "database", path, "sound", NULL);
}

void oak_doctor_audit(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_audit_log log;
	struct oak_error err = {0};
	const char *path = oak_arena_printf(ctx->arena, "%s/audit.log", ctx->state_dir);
	if (oak_audit_load(ctx->arena, ctx->state_dir, &log, &err) < 0) {
		oak_doctor_add_error(doctor, "audit", path, &err);
	} else if (log.broken) {
		doctor->untrusted = true;
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "audit", path,
			       oak_arena_printf(ctx->arena, "line %zu: %s", log.broken, log.why), "compare it with a backup");
	} else {
		oak_doctor_add(doctor, OAK_HEALTH_OK, "audit", path,
			       oak_arena_printf(ctx->arena, "%zu changes, the chain holds", log.list.n), NULL);
	}
}
