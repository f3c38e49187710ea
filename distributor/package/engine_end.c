/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How runs end: committed, undone, or broken; what is kept and what goes. */
#include <stdio.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/engine_impl.h"

static oak_time now(const struct oak_package_job *job)
{
	return oak_clock_now(&job->clock);
}

static int end_journal(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	const struct oak_journal_entry end = {.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_RUN, .subject = "package",
					      .status = oak_package_status_to_string(run->status), .detail = run->detail, .at = now(job)};
	run->ended_at = end.at;
	if (job->ending)
		job->ending(job->ending_arg);
	return oak_journal_append(job->journal, &end, err);
}

int oak_package_close(struct oak_package_job *job, struct oak_error *err)
{
	const char *journal = oak_pkgs_path(job->pkgs, job->run->name, "journal"), *run = oak_pkgs_path(job->pkgs, job->run->name, "run.json");
	if (job->journal && end_journal(job, err) < 0)
		return -1;
	oak_journal_close(job->journal);
	job->journal = NULL;
	if (oak_fs_exists(run) && oak_fs_remove(run, err) < 0)
		return -1;
	oak_fault_point("package.run-removed");
	return oak_fs_exists(journal) ? oak_fs_remove(journal, err) : 0;
}

/* The folder gets another name in one step, then goes; what is left in stage/ the next run removes. */
int oak_package_forget(const struct oak_pkgs *pkgs, const char *name, struct oak_error *err)
{
	const char *folder = oak_pkgs_path(pkgs, name, NULL), *gone = oak_pkgs_stage(pkgs, oak_arena_printf(pkgs->arena, "%s.gone", name));
	const char *all = oak_arena_printf(pkgs->arena, "%s/pkgs", pkgs->dir);
	if (oak_pkgs_remove(gone, err) < 0)
		return -1;
	if (rename(folder, gone) < 0)
		return oak_fail_errno(err, "store.remove", "cannot remove '%s'", folder);
	oak_fault_point("package.renamed-away");
	return oak_pkgs_sync(all, err) < 0 ? -1 : oak_pkgs_remove(gone, err);
}

/* Generations that may go: all but the current one, the one we came from, and the newest of the others. */
static int prune(struct oak_package_job *job, size_t *ret_n, struct oak_error *err)
{
	struct oak_generations gens = {0};
	int current = oak_pkgs_current(job->pkgs, job->run->name), from = job->run->from_generation;
	size_t kept = 1 + (from > 0);
	*ret_n = 0;
	if (oak_pkgs_generations(job->pkgs, job->run->name, &gens, err) < 0)
		return -1;
	for (size_t i = gens.v.n; i-- > 0;) {
		bool needed = gens.v.v[i] == current || gens.v.v[i] == from;
		if (needed || kept < OAK_PACKAGE_KEPT) {
			kept += !needed;
			continue;
		}
		if (oak_pkgs_remove(oak_pkgs_generation(job->pkgs, job->run->name, gens.v.v[i], NULL), err) < 0)
			return -1;
		++*ret_n;
	}
	return 0;
}

static void tidy(struct oak_package_job *job, bool dropped)
{
	struct oak_error ignored = {.kind = OAK_OK};
	size_t pruned = 0, collected;
	if (job->to && prune(job, &pruned, &ignored) < 0 && job->note)
		job->note(job->note_arg, ignored.cause); /* only space is lost */
	if ((pruned || dropped) && oak_cas_collect(job->pkgs, &collected, &ignored) < 0 && job->note)
		job->note(job->note_arg, ignored.cause);
}

/* ------------------------------------------------------------------------------------------- committed */

static int commit_install(struct oak_package_job *job, struct oak_error *err)
{
	const struct oak_package_run *run = job->run;
	const struct oak_package_record record = {.name = run->name, .version = run->to, .model = run->model, .state = OAK_PACKAGE_INSTALLED,
						  .generation = run->to_generation, .installed_at = now(job), .args_digest = run->args_digest,
						  .args = run->args, .manifest_sha256 = job->to->manifest_sha256};
	if (oak_record_save(job->pkgs, &record, err) < 0)
		return -1;
	oak_fault_point("package.state-saved");
	return oak_package_close(job, err);
}

static int commit_uninstall(struct oak_package_job *job, struct oak_error *err)
{
	if (end_journal(job, err) < 0)
		return -1;
	oak_journal_close(job->journal);
	job->journal = NULL;
	return oak_package_forget(job->pkgs, job->run->name, err);
}

int oak_package_commit(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	run->status = OAK_PACKAGE_RUN_SUCCESS;
	run->exit_code = run->exit_code < 0 ? 0 : run->exit_code;
	if (job->to && job->to->manifest->traits.reboot == OAK_PACKAGE_REBOOT_ALWAYS)
		run->reboot_required = true;
	if (!job->to)
		run->rollback = "none"; /* what is removed cannot be gone back to */
	if ((job->to ? commit_install(job, err) : commit_uninstall(job, err)) < 0)
		return -1;
	tidy(job, !job->to);
	return 0;
}

/* ------------------------------------------------------------------------------------------- not committed */

/* One more failure of the same version and arguments; an interruption is none. */
static int count_attempt(struct oak_package_job *job, struct oak_package_record *record, struct oak_error *err)
{
	const struct oak_package_run *run = job->run;
	const char *key = oak_arena_printf(job->arena, "%s %s", run->to ? run->to : "-", run->args_digest ? run->args_digest : "");
	if (run->status != OAK_PACKAGE_RUN_FAILED)
		return 0;
	record->attempts = oak_streq(record->attempted, key) ? record->attempts + 1 : 1;
	record->attempted = key;
	return oak_record_save(job->pkgs, record, err);
}

static int drop_new(struct oak_package_job *job, struct oak_error *err)
{
	const struct oak_package_run *run = job->run;
	if (!run->to_generation || run->verb == OAK_VERB_ROLLBACK)
		return 0; /* what was there before stays */
	return oak_pkgs_remove(oak_pkgs_generation(job->pkgs, run->name, run->to_generation, NULL), err);
}

int oak_package_end_undone(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_record *record = NULL;
	struct oak_package_run *run = job->run;
	bool rebuilt;
	if (oak_record_load(job->pkgs, run->name, &record, &rebuilt, err) < 0)
		return -1;
	if (!record) { /* a first install: as if it had never been */
		if (job->journal && end_journal(job, err) < 0)
			return -1;
		oak_journal_close(job->journal);
		job->journal = NULL;
		if (oak_package_forget(job->pkgs, run->name, err) < 0)
			return -1;
		tidy(job, true);
		return 0;
	}
	if (count_attempt(job, record, err) < 0 || drop_new(job, err) < 0)
		return -1;
	oak_fault_point("package.undone");
	if (oak_package_close(job, err) < 0)
		return -1;
	job->to = NULL;
	tidy(job, true);
	return 0;
}

int oak_package_end_broken(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	const struct oak_generation *g = job->from ? job->from : job->to;
	const struct oak_package_record record = {
		.name = run->name, .version = g ? g->version : run->from ? run->from : run->to, .model = run->model, .state = OAK_PACKAGE_FAILED,
		.generation = g ? g->number : 0, .installed_at = now(job), .args_digest = run->args_digest, .args = run->args,
		.manifest_sha256 = g ? g->manifest_sha256 : NULL, .detail = run->detail};
	run->rollback = "none";
	if (oak_record_save(job->pkgs, &record, err) < 0)
		return -1;
	oak_fault_point("package.broken-saved");
	return oak_package_close(job, err);
}

int oak_package_abandon(struct oak_package_job *job, enum oak_package_status status, const char *detail, const char *error_id,
			struct oak_error *err)
{
	job->run->status = status;
	job->run->detail = detail;
	job->run->error_id = error_id;
	job->run->exit_code = 1;
	if (oak_pkgs_remove(oak_pkgs_stage(job->pkgs, job->run->id), err) < 0)
		return -1;
	return oak_package_end_undone(job, err);
}
