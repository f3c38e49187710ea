/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding a journal. */
#include "distributor/journal_fold.h"

#include "core/str.h"

static const bool changes_host[OAK_WORK_COUNT] = {[OAK_WORK_COMMIT] = true, [OAK_WORK_SCRIPT] = true, [OAK_WORK_SWITCH] = true, [OAK_WORK_UNDO] = true};

static void fold_intent(const struct oak_journal_entry *e, struct oak_run_state *s)
{
	s->step[e->step] = OAK_WORK_UNKNOWN;
	if (e->boot_id)
		s->boot_id = e->boot_id;
	if (changes_host[e->step])
		s->changed = true;
	if (e->step == OAK_WORK_RUN) {
		s->begun = true;
		s->kind = e->subject;
		s->begun_at = e->at;
	} else if (e->step == OAK_WORK_COMMIT) {
		s->open_batch = e->batch;
	} else if (e->step == OAK_WORK_REBOOT) {
		s->reboots++;
		s->step[OAK_WORK_PRE_REBOOT] = OAK_WORK_NOT_BEGUN; /* its hooks are of one reboot, not of the run */
	}
}

static void fold_outcome(const struct oak_journal_entry *e, struct oak_run_state *s)
{
	s->step[e->step] = oak_streq(e->status, "FAILED") ? OAK_WORK_FAILED : OAK_WORK_DONE;
	if (e->step == OAK_WORK_RUN) {
		s->ended = true;
		s->status = e->status;
		s->ended_at = e->at;
	} else if (e->step == OAK_WORK_COMMIT) {
		s->open_batch = e->batch == s->open_batch ? 0 : s->open_batch;
		s->batches_done = e->batch > s->batches_done ? e->batch : s->batches_done;
	}
}

void oak_journal_fold(const struct oak_journal_entries *entries, struct oak_run_state *ret)
{
	struct oak_run_state s = {.begun_at = OAK_TIME_NONE, .ended_at = OAK_TIME_NONE};
	for (size_t i = 0; i < entries->list.n; i++) {
		const struct oak_journal_entry *e = &entries->list.v[i];
		if (s.ended && e->step != OAK_WORK_REPAIR)
			continue;
		if (e->kind == OAK_JOURNAL_INTENT)
			fold_intent(e, &s);
		else if (e->kind == OAK_JOURNAL_OUTCOME)
			fold_outcome(e, &s);
	}
	*ret = s;
}

enum oak_recovery oak_run_recovery(const struct oak_run_state *s)
{
	bool unclean = s->step[OAK_WORK_REPAIR] == OAK_WORK_FAILED || s->step[OAK_WORK_REPAIR] == OAK_WORK_UNKNOWN;
	if (s->begun && s->ended && unclean)
		return OAK_RECOVER_UNCLEAN;
	if (!s->begun || s->ended)
		return OAK_RECOVER_NOTHING;
	if (s->step[OAK_WORK_REBOOT] == OAK_WORK_UNKNOWN)
		return OAK_RECOVER_REBOOTED;
	if (s->open_batch || s->step[OAK_WORK_REPAIR] == OAK_WORK_UNKNOWN)
		return OAK_RECOVER_REPAIR;
	return s->changed ? OAK_RECOVER_CONTINUE : OAK_RECOVER_FORGET;
}
