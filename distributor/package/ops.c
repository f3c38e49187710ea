/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which operations a run consists of, forwards and back; and what a journal says of them. Decides, touches nothing. */
#include "core/str.h"
#include "distributor/package/script.h"

static bool has(const struct oak_package_job *job, const struct oak_generation *g, enum oak_package_action action)
{
	const char *path = NULL;
	return g && !job->run->without_scripts && oak_script_find(job->arena, g, action, &path, NULL) == 0 && path;
}

static void push(const struct oak_package_job *job, struct oak_package_ops *ops, struct oak_package_op op)
{
	*oak_push(job->arena, &ops->v) = op;
}

static void push_checks(const struct oak_package_job *job, struct oak_package_ops *ops)
{
	const struct oak_package_traits *traits = &job->to->manifest->traits;
	if (has(job, job->to, OAK_PACKAGE_VALIDATE))
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_VALIDATE, .action = OAK_PACKAGE_VALIDATE, .label = "validate"});
	if (traits->detect.n)
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_DETECT, .label = "detect"});
	if (traits->health.given)
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_HEALTH, .label = "health"});
}

/* Scripts first, then the new payload is current. */
static void plan_script(const struct oak_package_job *job, struct oak_package_ops *ops)
{
	if (job->run->in_place && job->from) {
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_UPDATE, .label = "update"});
	} else {
		if (has(job, job->from, OAK_PACKAGE_UNINSTALL))
			push(job, ops, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_UNINSTALL, .old = true, .tolerated = true,
							       .label = "uninstall-old"});
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_INSTALL, .label = "install"});
	}
	push_checks(job, ops);
	push(job, ops, (struct oak_package_op){.kind = OAK_OP_SWITCH, .label = "switch"});
}

/* The tree switches at once; its scripts, if any, are hooks behind that, and the checks decide whether it stays. */
static void plan_tree(const struct oak_package_job *job, struct oak_package_ops *ops)
{
	enum oak_package_action hook = job->from && has(job, job->to, OAK_PACKAGE_UPDATE) ? OAK_PACKAGE_UPDATE : OAK_PACKAGE_INSTALL;
	push(job, ops, (struct oak_package_op){.kind = OAK_OP_SWITCH, .label = "switch"});
	if (has(job, job->to, hook))
		push(job, ops, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = hook, .label = oak_package_action_to_string(hook)});
	push_checks(job, ops);
}

void oak_package_plan(const struct oak_package_job *job, struct oak_package_ops *ret)
{
	if (!job->to) {
		if (has(job, job->from, OAK_PACKAGE_UNINSTALL))
			push(job, ret, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_UNINSTALL, .old = true, .label = "uninstall"});
		push(job, ret, (struct oak_package_op){.kind = OAK_OP_SWITCH, .label = "switch"});
		return;
	}
	if (job->run->model == OAK_MODEL_TREE)
		plan_tree(job, ret);
	else
		plan_script(job, ret);
}

static bool begun(const struct oak_package_ops *ops, size_t reached, enum oak_op_kind kind, bool old)
{
	for (size_t i = 0; i < reached && i < ops->v.n; i++)
		if (ops->v.v[i].kind == kind && ops->v.v[i].old == old)
			return true;
	return false;
}

void oak_package_plan_undo(const struct oak_package_job *job, const struct oak_package_ops *ops, size_t reached, struct oak_package_ops *ret)
{
	bool ran_new = job->to && begun(ops, reached, OAK_OP_SCRIPT, false), ran_old = begun(ops, reached, OAK_OP_SCRIPT, true);
	if (begun(ops, reached, OAK_OP_SWITCH, false))
		push(job, ret, (struct oak_package_op){.kind = OAK_OP_SWITCH, .old = true, .label = "undo-switch"});
	if (job->run->model == OAK_MODEL_TREE && job->to && job->from) { /* exact: the tree before is current again, its hook told so */
		if (ran_new && has(job, job->from, OAK_PACKAGE_INSTALL))
			push(job, ret, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_INSTALL, .old = true, .tolerated = true,
							       .label = "undo-install"});
		return;
	}
	if (ran_new && has(job, job->to, OAK_PACKAGE_UNINSTALL))
		push(job, ret, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_UNINSTALL, .tolerated = job->from != NULL,
						       .label = "undo-uninstall"});
	if (!job->from || !(ran_new || ran_old))
		return;
	if (has(job, job->from, OAK_PACKAGE_INSTALL))
		push(job, ret, (struct oak_package_op){.kind = OAK_OP_SCRIPT, .action = OAK_PACKAGE_INSTALL, .old = true, .label = "undo-install"});
	if (has(job, job->from, OAK_PACKAGE_VALIDATE))
		push(job, ret, (struct oak_package_op){.kind = OAK_OP_VALIDATE, .action = OAK_PACKAGE_VALIDATE, .old = true, .label = "undo-validate"});
}

/* ------------------------------------------------------------------------------------------- the journal */

static void fold_forward(const struct oak_journal_entry *e, struct oak_package_fold *f)
{
	if (e->kind == OAK_JOURNAL_INTENT) {
		f->last = (size_t)e->batch;
		f->outcome = OAK_FOLD_OPEN;
		return;
	}
	f->outcome = oak_streq(e->status, "DONE") ? OAK_FOLD_DONE : oak_streq(e->status, "REBOOT") ? OAK_FOLD_REBOOT : OAK_FOLD_FAILED;
	if (f->outcome == OAK_FOLD_REBOOT) {
		f->reboots++;
		f->boot_id = e->boot_id;
	}
}

void oak_package_journal_fold(const struct oak_journal_entries *entries, struct oak_package_fold *ret)
{
	*ret = (struct oak_package_fold){.begun_at = OAK_TIME_NONE};
	for (size_t i = 0; i < entries->list.n && !ret->ended; i++) {
		const struct oak_journal_entry *e = &entries->list.v[i];
		if (e->step == OAK_WORK_RUN && e->kind == OAK_JOURNAL_INTENT) {
			ret->begun = true;
			ret->begun_at = e->at;
		} else if (e->step == OAK_WORK_RUN && e->kind == OAK_JOURNAL_OUTCOME) {
			ret->ended = true;
			ret->status = e->status;
		} else if (e->step == OAK_WORK_RUN) {
			ret->resumes++;
		} else if (e->step == OAK_WORK_UNDO) {
			ret->undoing = true;
		} else if (e->batch > 0) {
			fold_forward(e, ret);
		}
	}
	ret->reached = ret->last;
}
