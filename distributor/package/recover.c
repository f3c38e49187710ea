/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run that did not end: what its journal leaves open is asked of the disk, never assumed. Source: distribution.md (3.7). */
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/detect.h"
#include "distributor/package/engine_impl.h"
#include "distributor/package/left.h"

bool oak_package_is_pending(const struct oak_pkgs *pkgs, const char *name)
{
	const char *path = oak_pkgs_path(pkgs, name, "journal");
	struct oak_journal_entries entries = {0};
	struct oak_package_fold fold;
	if (!oak_fs_exists(path))
		return false;
	if (oak_journal_load(pkgs->arena, path, &entries, NULL) < 0)
		return true; /* nobody can say how it ended */
	oak_package_journal_fold(&entries, &fold);
	return fold.begun; /* one that has ended is still to be tidied up */
}

/* The steps that the journal knows, for the document. */
static void recall_steps(struct oak_package_job *job, const struct oak_journal_entries *entries)
{
	for (size_t i = 0; i < entries->list.n; i++) {
		const struct oak_journal_entry *e = &entries->list.v[i];
		if (e->step == OAK_WORK_RUN || !e->subject)
			continue;
		struct oak_package_step step = {.name = e->subject, .status = e->status ? e->status : "UNKNOWN", .exit_code = -1, .detail = e->detail,
						.started_at = e->at, .ended_at = e->kind == OAK_JOURNAL_OUTCOME ? e->at : OAK_TIME_NONE};
		size_t n = job->run->steps.n;
		if (e->kind == OAK_JOURNAL_OUTCOME && n && oak_streq(job->run->steps.v[n - 1].name, e->subject) &&
		    oak_streq(job->run->steps.v[n - 1].status, "UNKNOWN"))
			job->run->steps.v[n - 1] = step;
		else
			*oak_push(job->arena, &job->run->steps) = step;
	}
}

static int load_generations(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	if (run->from_generation && oak_generation_load(job->pkgs, run->name, run->from_generation, &job->from, err) < 0)
		return -1;
	if (run->to_generation && oak_fs_exists(oak_pkgs_generation(job->pkgs, run->name, run->to_generation, "seal")) &&
	    oak_generation_load(job->pkgs, run->name, run->to_generation, &job->to, err) < 0)
		return -1;
	return 0;
}

/* ------------------------------------------------------------------------------------------- one open operation */

/* Does the package itself say that it is installed? 1 yes, 0 no, -1 it has nothing to say it with. */
static int ask_validate(struct oak_package_job *job, const struct oak_generation *g, bool old)
{
	const struct oak_package_op op = {.kind = OAK_OP_VALIDATE, .action = OAK_PACKAGE_VALIDATE, .old = old, .label = "validate"};
	const char *path = NULL;
	struct oak_op_outcome o;
	if (!g || oak_script_find(job->arena, g, OAK_PACKAGE_VALIDATE, &path, NULL) < 0 || !path)
		return -1;
	oak_op_act(job, &op, &o);
	return !o.failed;
}

/* The operation counts as done, by what was asked afterwards. */
static int settle_done(struct oak_package_job *job, const struct oak_package_op *op, size_t index, const char *why, struct oak_error *err)
{
	const struct oak_op_outcome o = {.code = -1, .detail = why};
	job->run->exit_code = 0;
	int rc = oak_op_outcome(job, oak_op_work(op->kind), index, op, &o, oak_clock_now(&job->clock), err);
	job->run->exit_code = 0;
	return rc < 0 ? -1 : oak_package_execute(job, index + 1, err);
}

static int unknown_script(struct oak_package_job *job, const struct oak_package_ops *ops, const struct oak_package_fold *f, struct oak_error *err)
{
	const struct oak_package_op *op = &ops->v.v[f->last - 1];
	struct oak_generation *g = op->old ? job->from : job->to;
	if (oak_generation_left_take(job->pkgs, g, NULL, err) < 0) /* nobody wrote down how it left its folder */
		return -1;
	if (f->resumes < OAK_PACKAGE_RESUMES) {
		int valid = op->old ? -1 : ask_validate(job, job->to, false);
		if (valid == 1)
			return settle_done(job, op, f->last, "interrupted; validate says that it is whole", err);
		if (g->manifest->traits.idempotent) {
			job->resumed = true;
			return oak_package_execute(job, f->last, err);
		}
	}
	return oak_package_undo(job, ops, f->last, OAK_PACKAGE_RUN_INTERRUPTED,
				oak_arena_printf(job->arena, "%s was interrupted, and how far it came is not known", op->label), err);
}

/* Boots are told apart by their ids. A system that has none (a bare --root) has booted when 'resume' is run for it, not when another
 * package's command comes by. */
static bool waits_for_boot(const struct oak_package_job *job, const struct oak_package_fold *f)
{
	return f->boot_id && job->boot_id ? oak_streq(f->boot_id, job->boot_id) : !job->rebooted;
}

static int after_boot(struct oak_package_job *job, const struct oak_package_ops *ops, const struct oak_package_fold *f, struct oak_error *err)
{
	const struct oak_package_op *op = &ops->v.v[f->last - 1];
	const char *why;
	if (waits_for_boot(job, f)) {
		job->run->status = OAK_PACKAGE_RUN_PENDING_REBOOT;
		job->run->reboot_required = true;
		job->run->detail = "waits for a reboot that has not happened yet";
		return 0;
	}
	if (!job->to) { /* an uninstall said that it was done but for the boot */
		bool rules = job->from->manifest->traits.detect.n > 0;
		if (!rules || !oak_detect(job->arena, job->pkgs->root, job->host.platform, &job->from->manifest->traits, &why))
			return settle_done(job, op, f->last, "booted", err);
	} else if (ask_validate(job, job->to, false) == 1) {
		return settle_done(job, op, f->last, "booted; validate says that it is whole", err);
	} else if (job->to->manifest->traits.reboot == OAK_PACKAGE_REBOOT_ALWAYS) {
		return settle_done(job, op, f->last, "booted, as the package always asks for", err);
	}
	if (f->reboots >= OAK_PACKAGE_REBOOTS) {
		job->run->error_id = "package.reboot-loop";
		return oak_package_undo(job, ops, f->last, OAK_PACKAGE_RUN_FAILED,
					oak_arena_printf(job->arena, "%s asked for a reboot %d times in a row (E_REBOOT_LOOP)", op->label, f->reboots), err);
	}
	job->resumed = true;
	return oak_package_execute(job, f->last, err);
}

/* Scripts of either version may have been at work when going back was interrupted. */
static int left_by_undoing(struct oak_package_job *job, struct oak_error *err)
{
	if (job->to && oak_generation_left_take(job->pkgs, job->to, NULL, err) < 0)
		return -1;
	return job->from ? oak_generation_left_take(job->pkgs, job->from, NULL, err) : 0;
}

static int take_up(struct oak_package_job *job, const struct oak_package_fold *f, struct oak_error *err)
{
	struct oak_package_ops ops = {0};
	if (f->last == 0 || (!job->to && job->run->to_generation && !f->undoing))
		return oak_package_abandon(job, OAK_PACKAGE_RUN_INTERRUPTED, "it did not end; nothing had been changed", NULL, err);
	oak_package_plan(job, &ops);
	if (f->last > ops.v.n)
		return oak_fail(err, OAK_IO, "package.damaged", 0, "the journal of package '%s' does not fit its run", job->run->name);
	if (f->undoing && f->resumes >= 2 * OAK_PACKAGE_RESUMES) {
		job->run->status = OAK_PACKAGE_RUN_FAILED;
		job->run->detail = oak_arena_printf(job->arena, "going back was interrupted %d times", f->resumes);
		return oak_package_end_broken(job, err);
	}
	if (f->undoing && left_by_undoing(job, err) < 0)
		return -1;
	if (f->undoing || f->outcome == OAK_FOLD_FAILED)
		return oak_package_undo(job, &ops, f->reached, f->undoing ? OAK_PACKAGE_RUN_INTERRUPTED : OAK_PACKAGE_RUN_FAILED,
					f->undoing ? "going back was interrupted, and done again" : "a step failed, then it was interrupted", err);
	if (f->outcome == OAK_FOLD_DONE)
		return oak_package_execute(job, f->last + 1, err);
	if (f->outcome == OAK_FOLD_REBOOT)
		return after_boot(job, &ops, f, err);
	return ops.v.v[f->last - 1].kind == OAK_OP_SCRIPT ? unknown_script(job, &ops, f, err) : oak_package_execute(job, f->last, err);
}

/* Leftovers of a run that had not begun, or had ended. */
static int clean_up(struct oak_package_job *job, const char *name, const struct oak_package_fold *fold, struct oak_error *err)
{
	struct oak_package_record *record;
	bool rebuilt, gone = fold->ended && job->run && job->run->verb == OAK_VERB_UNINSTALL &&
			     oak_streq(fold->status, oak_package_status_to_string(OAK_PACKAGE_RUN_SUCCESS));
	const char *files[] = {oak_pkgs_path(job->pkgs, name, "run.json"), oak_pkgs_path(job->pkgs, name, "journal")};
	if (gone)
		return oak_package_forget(job->pkgs, name, err);
	if (oak_record_load(job->pkgs, name, &record, &rebuilt, err) < 0)
		return -1;
	if (!record)
		return oak_package_forget(job->pkgs, name, err);
	for (size_t i = 0; i < 2; i++)
		if (oak_fs_exists(files[i]) && oak_fs_remove(files[i], err) < 0)
			return -1;
	return 0;
}

int oak_package_recover_run(struct oak_package_job *job, const char *name, struct oak_package_run **ret_run, struct oak_error *err)
{
	const char *path = oak_pkgs_path(job->pkgs, name, "journal");
	struct oak_journal_entries entries = {0};
	struct oak_package_fold fold = {0};
	*ret_run = NULL;
	if (oak_fs_exists(path) && oak_journal_load(job->arena, path, &entries, err) < 0)
		return -1;
	oak_package_journal_fold(&entries, &fold);
	if (oak_package_run_load(job->pkgs, name, &job->run, err) < 0)
		return -1;
	if (!job->run || !fold.begun || fold.ended)
		return clean_up(job, name, &fold, err);
	job->from = job->to = NULL;
	recall_steps(job, &entries);
	if (load_generations(job, err) < 0 || oak_journal_open(path, &job->journal, err) < 0)
		return -1;
	const struct oak_journal_entry note = {.kind = OAK_JOURNAL_NOTE, .step = OAK_WORK_RUN, .detail = "taken up again", .boot_id = job->boot_id,
					       .at = oak_clock_now(&job->clock)};
	bool waits = fold.outcome == OAK_FOLD_REBOOT && waits_for_boot(job, &fold);
	int rc = waits ? 0 : oak_journal_append(job->journal, &note, err);
	rc = rc < 0 ? -1 : take_up(job, &fold, err);
	oak_journal_close(job->journal);
	job->journal = NULL;
	*ret_run = job->run;
	return rc;
}
