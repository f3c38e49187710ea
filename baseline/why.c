/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The evaluation watched through the eyes of one item. */
#include "baseline/why.h"

struct watch {
	struct oak_why *why;
	oak_evr_compare compare;
	OAK_VEC(struct oak_judgement) judged; /* of the candidates that have to do with the item */
	struct oak_map names; /* package names, and titles on Windows, that have to do with the item */
};

static const char *const kind_names[OAK_STEP_COUNT] = {
	[OAK_STEP_RULE] = "RULE",	    [OAK_STEP_GLOBAL_FILTER] = "GLOBAL_FILTER", [OAK_STEP_APPROVED] = "APPROVED",
	[OAK_STEP_REJECTED] = "REJECTED", [OAK_STEP_EXCEPTION] = "EXCEPTION",
};

const char *oak_step_kind_to_string(enum oak_step_kind kind)
{
	return kind_names[kind];
}

/* ITEM is NAME, NAME.ARCH or NAME:ARCH. */
static bool names_package(const char *item, const char *name, const char *arch)
{
	size_t n = strlen(name);

	if (oak_strcaseeq(item, name))
		return true;
	return arch && strlen(item) > n + 1 && oak_strcasestr(item, name) == item && (item[n] == '.' || item[n] == ':') &&
	       oak_strcaseeq(item + n + 1, arch);
}

static bool names_kb(const char *item, const char *kb)
{
	if (!kb || !*kb)
		return false;
	if (oak_strcasestr(item, "kb") == item)
		item += 2;
	if (oak_strcasestr(kb, "kb") == kb)
		kb += 2;
	return oak_strcaseeq(item, kb);
}

static bool lists(const char *const *v, size_t n, const char *item)
{
	for (size_t i = 0; i < n; i++)
		if (oak_strcaseeq(v[i], item))
			return true;
	return false;
}

static bool names_advisory(const char *item, const struct oak_advisory *a)
{
	return oak_strcaseeq(item, a->id) || lists(a->cves.v, a->cves.n, item) || lists(a->bugs.v, a->bugs.n, item);
}

/* By name, all candidates of the update; by an id, those that carry it. */
static bool concerns(const char *item, const struct oak_update *u, const struct oak_advisory *only)
{
	if (names_package(item, u->name, u->arch) || names_kb(item, u->kb) || oak_strcaseeq(item, u->update_id) ||
	    (u->successor_of && names_package(item, u->successor_of, u->arch)))
		return true;
	if (only)
		return names_advisory(item, only);
	for (size_t i = 0; i < u->advisories.n; i++)
		if (names_advisory(item, &u->advisories.v[i]))
			return true;
	return false;
}

static void hear(void *arg, const struct oak_candidate *candidate, enum oak_step_kind kind, const char *ref, bool matched,
		 const char *detail)
{
	struct watch *watch = arg;
	const struct oak_update *u = candidate->update;
	struct oak_arena *arena = watch->why->arena;

	if (!concerns(watch->why->item, u, candidate->advisory))
		return;
	*oak_push(arena, &watch->why->steps) = (struct oak_why_step){
		.kind = kind,
		.ref = ref,
		.matched = matched,
		.detail = detail,
		.patch = u->kb ? u->kb : oak_arena_printf(arena, "%s%s%s", u->name, u->arch && *u->arch ? "." : "", u->arch ? u->arch : ""),
		.version = u->evr,
		.advisory = candidate->advisory ? candidate->advisory->id : NULL,
	};
}

static void hear_judged(void *arg, const struct oak_judgement *judgement)
{
	struct watch *watch = arg;

	if (concerns(watch->why->item, judgement->candidate.update, judgement->candidate.advisory))
		*oak_push(watch->why->arena, &watch->judged) = *judgement;
}

/* Names under which rows of the item appear: a CVE is found by the packages whose updates carry it. */
static void collect_names(struct watch *watch, const struct oak_inventory *inventory)
{
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];

		if (!concerns(watch->why->item, u, NULL))
			continue;
		oak_map_put(&watch->names, u->name, (void *)u);
		if (u->successor_of)
			oak_map_put(&watch->names, u->successor_of, (void *)u);
		if (u->title)
			oak_map_put(&watch->names, u->title, (void *)u);
	}
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];

		for (size_t k = 0; k < p->advisories.n; k++)
			if (names_advisory(watch->why->item, &p->advisories.v[k]))
				oak_map_put(&watch->names, p->name, (void *)p);
	}
}

/* How much a state says about what is wrong. */
static int gravity(enum oak_state state)
{
	static const int order[OAK_STATE_COUNT] = {
		[OAK_STATE_INSTALLED] = 1,		    [OAK_STATE_INSTALLED_OTHER] = 2,
		[OAK_STATE_AVAILABLE_SECURITY_UPDATE] = 3,  [OAK_STATE_INSTALLED_PENDING_REBOOT] = 4,
		[OAK_STATE_INSTALLED_REJECTED] = 5,	    [OAK_STATE_MISSING] = 6,
		[OAK_STATE_FAILED] = 7,
	};

	return order[state];
}

static bool arch_fits(const char *item, const struct oak_patch *patch)
{
	size_t n = strlen(patch->name);

	/* "openssl.i686" is not answered by openssl.x86_64; an id fits every architecture */
	if (oak_strcasestr(item, patch->name) != item || (item[n] != '.' && item[n] != ':'))
		return true;
	return names_package(item, patch->name, patch->arch);
}

static void choose_rows(struct watch *watch)
{
	struct oak_why *why = watch->why;

	for (size_t i = 0; i < why->verdict->patches.n; i++) {
		const struct oak_patch *p = &why->verdict->patches.v[i];

		if (!names_package(why->item, p->name, p->arch) && !names_kb(why->item, p->id) &&
		    !(oak_map_has(&watch->names, p->name) && arch_fits(why->item, p)))
			continue;
		*oak_push(why->arena, &why->patches) = p;
		if (!why->patch || gravity(p->state) > gravity(why->patch->state))
			why->patch = p;
	}
}

static void mark_decided(struct oak_why *why)
{
	const struct oak_patch *p = why->patch;

	for (size_t i = 0; p && i < why->steps.n; i++) {
		struct oak_why_step *step = &why->steps.v[i];
		bool refused = (p->reason == OAK_REASON_REJECTED || p->reason == OAK_REASON_EXCEPTION) && p->reason_detail &&
			       oak_starts_with(p->reason_detail, step->ref);

		step->decided = step->matched && ((p->rule && oak_streq(step->ref, p->rule) &&
						   (oak_streq(step->version, p->available) || oak_streq(step->version, p->installed))) ||
						  refused);
	}
}

/* An id answers by its row when the row's version remedies it, or when it is a package's name. */
static bool row_answers(const struct oak_why *why, const struct oak_patch *p)
{
	return names_package(why->item, p->name, p->arch) || names_kb(why->item, p->id) ||
	       lists(p->advisories.v, p->advisories.n, why->item) || lists(p->cves.v, p->cves.n, why->item);
}

static void answer(struct oak_why *why, enum oak_state decision, enum oak_reason reason, const char *detail, oak_time approved_at)
{
	why->decision = decision;
	why->reason = reason;
	why->reason_detail = detail;
	why->approved_at = approved_at;
}

/* What the versions that carry the id come to by themselves: installed already, or waiting for what. */
static void answer_by_candidates(struct watch *watch)
{
	struct oak_why *why = watch->why;
	const struct oak_judgement *best = NULL;

	for (size_t i = 0; i < watch->judged.n; i++) {
		const struct oak_judgement *j = &watch->judged.v[i];

		if (why->patch->installed && watch->compare(j->candidate.update->evr, why->patch->installed) <= 0) {
			answer(why, j->approved ? OAK_STATE_INSTALLED : OAK_STATE_INSTALLED_OTHER, OAK_REASON_NONE,
			       "the installed version has it", j->approved_at);
			return;
		}
		bool pending = j->reason == OAK_REASON_PENDING_APPROVAL;
		bool best_pending = best && best->reason == OAK_REASON_PENDING_APPROVAL;
		if (!best || (pending && (!best_pending || j->approved_at < best->approved_at)))
			best = j;
	}
	if (best)
		answer(why, OAK_STATE_INSTALLED_OTHER, best->reason, best->detail, best->approved_at);
}

static void decide(struct watch *watch)
{
	struct oak_why *why = watch->why;
	const struct oak_patch *p = why->patch;

	answer(why, OAK_STATE_NOT_APPLICABLE, OAK_REASON_NONE, NULL, OAK_TIME_NONE);
	if (!p)
		return;
	answer(why, p->state, p->reason, p->reason_detail, p->approved_at);
	for (size_t i = 0; i < why->patches.n; i++)
		if (row_answers(why, why->patches.v[i]))
			return;
	answer_by_candidates(watch);
}

struct oak_why *oak_why(struct oak_arena *arena, const struct oak_evaluation *input, const char *item)
{
	struct oak_why *why = OAK_NEW(arena, struct oak_why);
	struct watch watch = {.why = why, .compare = oak_evr_for_family(input->inventory->node.platform.family)};
	const struct oak_observer observer = {.step = hear, .judged = hear_judged, .arg = &watch};

	why->arena = arena;
	why->item = item;
	oak_map_init(&watch.names, arena, 0);
	why->verdict = oak_evaluate_observed(arena, input, &observer);
	collect_names(&watch, input->inventory);
	choose_rows(&watch);
	mark_decided(why);
	decide(&watch);
	return why;
}

static void format_step(const struct oak_why_step *step, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "kind", kind_names[step->kind]);
	oak_put_string(sink, "ref", step->ref);
	oak_put_bool(sink, "matched", step->matched);
	oak_put_string(sink, "detail", step->detail);
	oak_put_bool_opt(sink, "decided", step->decided);
	oak_put_string(sink, "patch", step->patch);
	oak_put_string(sink, "version", step->version);
	oak_put_string_opt(sink, "advisory", step->advisory);
	oak_put_end_object(sink);
}

static void format_row(const struct oak_patch *p, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "id", p->id);
	oak_put_string(sink, "installed", p->installed);
	oak_put_string(sink, "available", p->available);
	oak_put_string(sink, "state", oak_state_to_string(p->state));
	if (p->reason != OAK_REASON_NONE)
		oak_put_string(sink, "reason", oak_reason_to_string(p->reason));
	oak_put_string_opt(sink, "reasonDetail", p->reason_detail);
	oak_put_time_opt(sink, "until", p->until);
	oak_put_time_opt(sink, "released", p->released);
	if (p->basis != OAK_BASIS_NONE)
		oak_put_string(sink, "releaseBasis", oak_basis_to_string(p->basis));
	oak_put_time_opt(sink, "approvedAt", p->approved_at);
	oak_put_string_opt(sink, "rule", p->rule);
	oak_put_end_object(sink);
}

void oak_why_format(const struct oak_why *why, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "schema", "oakum.why/1");
	oak_put_string(sink, "item", why->item);
	oak_put_string(sink, "decision", oak_state_to_string(why->decision));
	oak_put_time_opt(sink, "approvedAt", why->approved_at);
	oak_put_begin_array(sink, "steps");
	for (size_t i = 0; i < why->steps.n; i++)
		format_step(&why->steps.v[i], sink);
	oak_put_end_array(sink);
	if (why->reason != OAK_REASON_NONE)
		oak_put_string(sink, "reason", oak_reason_to_string(why->reason));
	oak_put_string_opt(sink, "reasonDetail", why->reason_detail);
	oak_put_begin_array(sink, "patches");
	for (size_t i = 0; i < why->patches.n; i++)
		format_row(why->patches.v[i], sink);
	oak_put_end_array(sink);
	oak_put_string(sink, "status", oak_status_to_string(why->verdict->summary.status));
	oak_put_end_object(sink);
}
