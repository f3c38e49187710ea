/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows: a row an update; superseded ones fall away, a lineage keeps its clock when its older members are withdrawn. */
#include "baseline/evaluation.h"

struct windows {
	struct oak_map by_id;     /* update id -> struct oak_update, hidden ones left out */
	struct oak_map installed; /* package name -> struct oak_package */
	struct oak_map exact;     /* package name and version -> the same, of those that an update names with both */
	struct oak_map told;      /* package names that EXACT has: another version under that name is not installed */
	struct oak_map shown;     /* package name -> an update's row speaks of it */
	struct oak_map replaced;  /* update id -> a text: superseded by what is installed or approved */
	struct oak_judgement *judgements; /* per update */
};

static const char *kb_of(struct oak_run *run, const struct oak_update *update)
{
	if (!update->kb || !*update->kb)
		return NULL;
	return oak_strcasestr(update->kb, "kb") == update->kb ? update->kb : oak_arena_printf(run->arena, "KB%s", update->kb);
}

static const char *row_id(struct oak_run *run, const struct oak_update *update)
{
	const char *kb = kb_of(run, update);

	return kb ? kb : update->name;
}

static const char *name_and_version(struct oak_run *run, const char *name, const char *evr)
{
	return oak_arena_printf(run->arena, "%s\n%s", name, evr ? evr : "");
}

/* One KB may be many updates (the daily definitions): where one of them has the installed version, only that one is installed. */
static const struct oak_package *installed_as(struct oak_run *run, const struct windows *w, const struct oak_update *update)
{
	const char *const names[] = {kb_of(run, update), update->update_id, update->name};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct oak_package *package = names[i] ? oak_map_find(&w->installed, names[i]) : NULL;

		if (package && oak_map_has(&w->told, names[i]))
			package = oak_map_find(&w->exact, name_and_version(run, names[i], update->evr));
		if (package)
			return package;
	}
	return NULL;
}

static bool better(const struct oak_judgement *a, const struct oak_judgement *b)
{
	if (a->approved != b->approved)
		return a->approved;
	if (a->approved)
		return a->level > b->level;
	bool a_pending = a->reason == OAK_REASON_PENDING_APPROVAL, b_pending = b->reason == OAK_REASON_PENDING_APPROVAL;
	if (a_pending != b_pending)
		return a_pending;
	return a_pending && a->approved_at < b->approved_at;
}

static struct oak_judgement judge_update(struct oak_run *run, const struct oak_update *update)
{
	struct oak_judgement best = {.approved = false};

	for (size_t i = 0; i < oak_candidate_count(update); i++) {
		struct oak_candidate candidate = oak_candidate_of(&run->judge, update, i);
		struct oak_judgement j = oak_judge_candidate(&run->judge, &candidate);

		if (i == 0 || better(&j, &best))
			best = j;
	}
	return best;
}

/* Earliest time at which we saw a member of the lineage that UPDATE superseded and that is neither offered any more nor
 * installed; OAK_TIME_NONE if there is none. A member still offered is judged by itself. */
static oak_time lineage_start(struct oak_run *run, const struct windows *w, const struct oak_update *update)
{
	oak_time start = OAK_TIME_NONE;

	for (size_t i = 0; i < update->supersedes.n; i++) {
		const char *id = update->supersedes.v[i];
		const struct oak_first_seen *seen = oak_map_find(&run->judge.evidence.names, id);

		if (!seen || oak_map_has(&w->by_id, id) || oak_map_has(&w->installed, id))
			continue;
		if (start == OAK_TIME_NONE || seen->at < start)
			start = seen->at;
	}
	return start;
}

/* A delay longer than the release rhythm would never end if each month's update began it anew. */
static void apply_lineage(struct oak_run *run, const struct windows *w, const struct oak_update *update, struct oak_judgement *j)
{
	oak_time start = lineage_start(run, w, update), now = run->input->now;
	char text[OAK_TIME_TEXT];

	if (j->reason != OAK_REASON_PENDING_APPROVAL || start == OAK_TIME_NONE || start >= j->release.at)
		return;
	j->approved_at -= j->release.at - start;
	j->until = j->approved_at;
	j->release = (struct oak_release){start, OAK_BASIS_FIRST_SEEN, true};
	j->detail = oak_arena_printf(run->arena, "the clock of its lineage began %s, with an update that it superseded",
				     oak_time_format(start, text));
	if (j->approved_at < now) {
		j->approved = true;
		j->reason = OAK_REASON_NONE;
		j->until = OAK_TIME_NONE;
	}
}

static void mark_replaced(struct windows *w, const struct oak_update *update, const char *by)
{
	for (size_t i = 0; i < update->supersedes.n; i++)
		oak_map_put(&w->replaced, update->supersedes.v[i], (void *)by);
}

static void index_packages(struct oak_run *run, struct windows *w)
{
	const struct oak_inventory *inventory = run->input->inventory;
	struct oak_map versions;

	oak_map_init(&versions, run->arena, inventory->packages.n);
	for (size_t i = 0; i < inventory->packages.n; i++) {
		struct oak_package *package = &inventory->packages.v[i];

		oak_map_put(&w->installed, package->name, package);
		oak_map_put(&versions, name_and_version(run, package->name, package->evr), package);
	}
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *update = &inventory->updates.v[i];
		const char *kb = kb_of(run, update), *key = kb ? name_and_version(run, kb, update->evr) : NULL;
		struct oak_package *package = key ? oak_map_find(&versions, key) : NULL;

		if (!package)
			continue;
		oak_map_put(&w->exact, key, package);
		oak_map_put(&w->told, kb, package);
	}
}

static void prepare(struct oak_run *run, struct windows *w)
{
	const struct oak_inventory *inventory = run->input->inventory;

	oak_map_init(&w->by_id, run->arena, inventory->updates.n);
	oak_map_init(&w->installed, run->arena, inventory->packages.n);
	oak_map_init(&w->shown, run->arena, inventory->packages.n);
	oak_map_init(&w->replaced, run->arena, 0);
	w->judgements = oak_arena_alloc(run->arena, (inventory->updates.n + 1) * sizeof(*w->judgements));
	oak_map_init(&w->exact, run->arena, 0);
	oak_map_init(&w->told, run->arena, 0);
	index_packages(run, w);
	for (size_t i = 0; i < inventory->updates.n; i++)
		if (inventory->updates.v[i].update_id && !inventory->updates.v[i].hidden)
			oak_map_put(&w->by_id, inventory->updates.v[i].update_id, &inventory->updates.v[i]);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *update = &inventory->updates.v[i];

		w->judgements[i] = judge_update(run, update);
		apply_lineage(run, w, update, &w->judgements[i]);
		if (installed_as(run, w, update))
			mark_replaced(w, update, "installed");
		else if (w->judgements[i].approved && !update->hidden)
			mark_replaced(w, update, "approved");
	}
}

/* Windows knows of reboots that others made necessary too. */
static bool waits_for_reboot(struct oak_run *run, const struct oak_package *package)
{
	oak_time booted = run->input->inventory->node.platform.booted_at;

	if (oak_reboot_pending(run, package->name, package->arch, package->evr))
		return true;
	return run->input->inventory->reboot_required && booted != OAK_TIME_NONE && package->installed_at != OAK_TIME_NONE &&
	       package->installed_at > booted;
}

static void finish_installed(struct oak_run *run, struct oak_patch *patch, const struct oak_package *package)
{
	enum oak_reason reason;
	const char *detail;
	oak_time until;

	patch->installed = package->evr;
	if (oak_judge_rejects_package(&run->judge, package->name, package->arch, package->evr, &reason, &detail, &until)) {
		patch->state = run->input->baseline->block_rejected ? OAK_STATE_INSTALLED_REJECTED : OAK_STATE_INSTALLED_OTHER;
		patch->reason = reason;
		patch->reason_detail = detail;
		patch->until = until;
	}
	if (waits_for_reboot(run, package)) {
		patch->state = OAK_STATE_INSTALLED_PENDING_REBOOT;
		patch->reason = OAK_REASON_NONE;
		patch->reason_detail = "installed without the reboot that it asks for";
		patch->until = OAK_TIME_NONE;
	}
}

static struct oak_patch *update_row(struct oak_run *run, const struct oak_update *update, const struct oak_judgement *j)
{
	struct oak_patch *patch =
		oak_run_row(run, row_id(run, update), update->title ? update->title : update->name, update->arch);

	struct oak_remedied remedied;

	oak_remedied_init(&remedied, run->arena);
	oak_row_of_judgement(patch, j);
	for (size_t i = 0; i < update->advisories.n; i++)
		oak_row_add_advisory(run->arena, patch, &remedied, &update->advisories.v[i]);
	return patch;
}

static void show_installed(struct oak_run *run, struct windows *w, const struct oak_update *update, const struct oak_judgement *j,
			   const struct oak_package *package)
{
	struct oak_patch *patch;

	if (oak_map_has(&w->shown, package->name))
		return;
	oak_map_put(&w->shown, package->name, (void *)update);
	patch = update_row(run, update, j);
	patch->state = j->approved ? OAK_STATE_INSTALLED : OAK_STATE_INSTALLED_OTHER;
	patch->level = j->approved ? j->level : OAK_LEVEL_UNSPECIFIED;
	if (!j->approved && (j->reason == OAK_REASON_REJECTED || j->reason == OAK_REASON_EXCEPTION)) {
		patch->state = run->input->baseline->block_rejected ? OAK_STATE_INSTALLED_REJECTED : OAK_STATE_INSTALLED_OTHER;
		patch->reason = j->reason;
		patch->reason_detail = j->detail;
		patch->until = j->until;
	}
	finish_installed(run, patch, package);
}

static bool is_critical_class(const char *classification)
{
	return oak_strcaseeq(classification, "CriticalUpdates") || oak_strcaseeq(classification, "Critical Updates");
}

/* Approved, or a security (or critical) update that is not: everything else that is not installed is no row. */
static void show_available(struct oak_run *run, const struct oak_update *update, const struct oak_judgement *j)
{
	const char *class = j->candidate.classification;
	bool security = update->security || oak_is_security_class(class) || is_critical_class(class);
	bool missing = j->approved && !update->hidden;
	struct oak_patch *patch;

	if (!missing && !security)
		return;
	patch = update_row(run, update, j);
	patch->available = update->evr;
	patch->level = j->level;
	if (missing) {
		patch->state = OAK_STATE_MISSING;
		patch->reason_detail = j->detail;
		oak_mark_missing(run, patch);
		return;
	}
	patch->state = OAK_STATE_AVAILABLE_SECURITY_UPDATE;
	patch->reason = update->hidden ? OAK_REASON_HIDDEN : j->reason;
	patch->reason_detail = update->hidden ? "the update is hidden on this host" : j->detail;
	patch->until = update->hidden ? OAK_TIME_NONE : j->until;
	run->verdict->summary.available_security_update++;
}

static bool is_kb(const char *name)
{
	return oak_strcasestr(name, "kb") == name && name[2] && !name[2 + strspn(name + 2, "0123456789")];
}

/* Installed updates of which the update agent says nothing; programs are no patches. */
static void show_others(struct oak_run *run, const struct windows *w)
{
	const struct oak_inventory *inventory = run->input->inventory;

	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *package = &inventory->packages.v[i];

		if (!is_kb(package->name) || oak_map_has(&w->shown, package->name))
			continue;
		struct oak_patch *patch = oak_run_row(run, package->name, package->name, package->arch);
		patch->state = OAK_STATE_INSTALLED_OTHER;
		finish_installed(run, patch, package);
	}
}

void oak_evaluate_windows(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	struct windows w;

	prepare(run, &w);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *update = &inventory->updates.v[i];
		const struct oak_package *package = installed_as(run, &w, update);

		if (package)
			show_installed(run, &w, update, &w.judgements[i], package);
		else if (update->update_id && oak_map_has(&w.replaced, update->update_id))
			run->verdict->summary.count[OAK_STATE_NOT_APPLICABLE]++;
		else
			show_available(run, update, &w.judgements[i]);
	}
	show_others(run, &w);
}
