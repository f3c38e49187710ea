/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a plan: what to want, what to refuse, in which batches, how long, with which consequences. */
#include "baseline/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/map.h"
#include "core/str.h"

static const char *const batch_names[OAK_BATCHES_COUNT] = {
	[OAK_BATCHES_ONE] = "one",
	[OAK_BATCHES_TIMED] = "timed",
	[OAK_BATCHES_SMALLEST] = "smallest",
};

const char *oak_batches_to_string(enum oak_batches batches)
{
	return batch_names[batches];
}

int oak_batches_from_string(const char *text)
{
	for (int i = 0; i < OAK_BATCHES_COUNT; i++)
		if (oak_strcaseeq(batch_names[i], text))
			return i;
	return -1;
}

void oak_patch_id_split(struct oak_arena *arena, const char *id, const char **ret_name, const char **ret_arch)
{
	const char *dot = strrchr(id, '.');
	*ret_name = dot ? oak_arena_strndup(arena, id, (size_t)(dot - id)) : id;
	*ret_arch = dot ? dot + 1 : NULL;
}

static const char *id_of(struct oak_arena *arena, const char *name, const char *arch)
{
	return arch ? oak_arena_printf(arena, "%s.%s", name, arch) : name;
}

/* Reasons for which a missing patch is left alone although it is approved. */
static bool left_alone(enum oak_reason reason)
{
	static const bool table[OAK_REASON_COUNT] = {
		[OAK_REASON_HELD] = true,	[OAK_REASON_PHASED] = true,
		[OAK_REASON_VERSIONLOCK] = true, [OAK_REASON_EXCLUDED] = true,
		[OAK_REASON_PINNED] = true,	[OAK_REASON_MODULE_DISABLED] = true,
		[OAK_REASON_NEEDS_SUBSCRIPTION] = true, [OAK_REASON_SUPERSEDED_BEFORE_INSTALL] = true,
		[OAK_REASON_NO_LONGER_OFFERED] = true, [OAK_REASON_HIDDEN] = true,
		[OAK_REASON_BLOCKED_DEPENDENCY] = true,
	};
	return table[reason];
}

void oak_plan_wants(struct oak_arena *arena, const struct oak_verdict *verdict, struct oak_plan_wants *ret)
{
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		bool missing = p->state == OAK_STATE_MISSING || p->state == OAK_STATE_FAILED;
		if (missing && left_alone(p->reason))
			*oak_push(arena, &ret->refused) = (struct oak_plan_refusal){
				p->id, oak_reason_to_string(p->reason),
				p->reason_detail ? p->reason_detail : "left alone as the host is configured"};
		else if (missing && p->available && p->arch && *p->arch)
			*oak_push(arena, &ret->wants) = (struct oak_want){p->name, p->arch, p->available};
		else if (missing && p->available) /* a Windows update: its row's name is a title */
			*oak_push(arena, &ret->wants) = (struct oak_want){p->id, NULL, p->available};
	}
}

/* ------------------------------------------------------------------------------------------- what pulls what in */

struct index {
	struct oak_map by_id; /* id -> struct oak_action * */
};

static void index_transaction(struct oak_arena *arena, const struct oak_transaction *t, struct index *ret)
{
	oak_map_init(&ret->by_id, arena, t->actions.n);
	for (size_t i = 0; i < t->actions.n; i++) {
		struct oak_action *a = &t->actions.v[i];
		oak_map_put(&ret->by_id, id_of(arena, a->name, a->arch), a);
	}
}

/* pulled_by is a name or an id, as the backend writes it. */
static const struct oak_action *puller(const struct oak_transaction *t, const struct index *index, const struct oak_action *a)
{
	if (!a->pulled_by)
		return NULL;
	const struct oak_action *found = oak_map_find(&index->by_id, a->pulled_by);
	for (size_t i = 0; !found && i < t->actions.n; i++)
		if (oak_streq(t->actions.v[i].name, a->pulled_by))
			found = &t->actions.v[i];
	return found;
}

/* The asked action at the end of the chain that pulled A in; the chain goes into *ret_chain ("c <- b <- a"). */
static const struct oak_action *root_of(struct oak_arena *arena, const struct oak_transaction *t, const struct index *index,
					const struct oak_action *a, const char **ret_chain)
{
	const char *chain = id_of(arena, a->name, a->arch);
	for (size_t guard = 0; !a->asked && guard <= t->actions.n; guard++) {
		const struct oak_action *up = puller(t, index, a);
		if (!up)
			break;
		a = up;
		chain = oak_arena_printf(arena, "%s <- %s", chain, id_of(arena, a->name, a->arch));
	}
	*ret_chain = chain;
	return a;
}

static bool is_among(const char *id, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (oak_streq(list[i], id))
			return true;
	return false;
}

static bool move_want(struct oak_arena *arena, struct oak_plan_wants *wants, const char *id, enum oak_reason reason,
		      const char *detail)
{
	for (size_t i = 0; i < wants->wants.n; i++) {
		struct oak_want *w = &wants->wants.v[i];
		if (!oak_streq(id_of(arena, w->name, w->arch), id))
			continue;
		*oak_push(arena, &wants->refused) = (struct oak_plan_refusal){id, oak_reason_to_string(reason), detail};
		memmove(w, w + 1, (wants->wants.n - i - 1) * sizeof(*w));
		wants->wants.n--;
		return true;
	}
	return false;
}

size_t oak_plan_forbid(struct oak_arena *arena, struct oak_plan_wants *wants, const struct oak_transaction *transaction,
		       const char *const *forbidden, size_t n, enum oak_reason reason)
{
	struct index index;
	size_t moved = 0;
	index_transaction(arena, transaction, &index);
	for (size_t i = 0; i < transaction->actions.n; i++) {
		const struct oak_action *a = &transaction->actions.v[i];
		if (!is_among(id_of(arena, a->name, a->arch), forbidden, n))
			continue;
		const char *chain;
		const struct oak_action *root = root_of(arena, transaction, &index, a, &chain);
		const char *detail = oak_arena_printf(arena, "it would %s '%s' (%s)",
						      a->kind == OAK_ACTION_REMOVE ? "remove" : "bring in", a->name, chain);
		moved += move_want(arena, wants, id_of(arena, root->name, root->arch), reason, detail);
	}
	return moved;
}

/* ------------------------------------------------------------------------------------------- actions */

static const struct oak_patch *patch_of(const struct oak_verdict *verdict, const char *id)
{
	for (size_t i = 0; i < verdict->patches.n; i++)
		if (oak_streq(verdict->patches.v[i].id, id))
			return &verdict->patches.v[i];
	return NULL;
}

static const char *reason_of(struct oak_arena *arena, const struct oak_plan_input *input, const struct oak_action *a,
			     const char *id)
{
	if (!a->asked)
		return a->pulled_by ? oak_arena_printf(arena, "needed by %s", a->pulled_by) : "needed by another action";
	const struct oak_patch *p = patch_of(input->verdict, id);
	if (!p)
		return "asked for by name";
	const char *what = p->classification && *p->classification ? p->classification : "update";
	return oak_arena_printf(arena, "%s, approved by %s%s%s", what, p->rule ? p->rule : "the baseline",
				p->advisories.n ? ": " : "", p->advisories.n ? p->advisories.v[0] : "");
}

static void set_undo(const struct oak_plan_facts *facts, struct oak_plan_action *action)
{
	action->reversible = action->kind == OAK_ACTION_INSTALL;
	action->undo = action->reversible ? "remove" : "nobody looked whether the installed version can be had again";
	for (size_t i = 0; facts && i < facts->undo.n; i++)
		if (oak_streq(facts->undo.v[i].patch, action->patch)) {
			action->reversible = facts->undo.v[i].how != NULL;
			action->undo = facts->undo.v[i].how ? facts->undo.v[i].how : facts->undo.v[i].why;
		}
}

static void add_actions(struct oak_arena *arena, const struct oak_plan_input *input, struct oak_plan *plan)
{
	for (size_t i = 0; i < input->transaction->actions.n; i++) {
		const struct oak_action *a = &input->transaction->actions.v[i];
		struct oak_plan_action *action = oak_push(arena, &plan->actions);
		const char *id = id_of(arena, a->name, a->arch);
		*action = (struct oak_plan_action){.patch = id, .name = a->name, .arch = a->arch, .kind = a->kind,
						   .from = a->from, .to = a->to,
						   .size = a->download_bytes > 0 ? a->download_bytes : 0,
						   .disk = a->disk_bytes, .repository = a->repository, .asked = a->asked,
						   .from_repository = a->from_repository, .from_location = a->from_location,
						   .from_sha256 = a->from_sha256};
		action->reason = reason_of(arena, input, a, id);
		set_undo(input->facts, action);
		plan->download_bytes += action->size;
		plan->disk_bytes += action->disk;
	}
}

static int by_patch(const void *a, const void *b)
{
	const struct oak_plan_refusal *x = a, *y = b;
	int order = strcmp(x->patch, y->patch);
	return order ? order : strcmp(x->reason, y->reason);
}

static void add_refused(struct oak_arena *arena, const struct oak_plan_input *input, struct oak_plan *plan)
{
	for (size_t i = 0; i < input->refused_count; i++)
		*oak_push(arena, &plan->refused) = input->refused[i];
	for (size_t i = 0; i < input->transaction->refused.n; i++) {
		const struct oak_problem *p = &input->transaction->refused.v[i];
		*oak_push(arena, &plan->refused) = (struct oak_plan_refusal){p->subject, p->kind, p->detail};
	}
	if (plan->refused.n)
		qsort(plan->refused.v, plan->refused.n, sizeof(*plan->refused.v), by_patch);
}

/* ------------------------------------------------------------------------------------------- batches */

static size_t find_root(size_t *up, size_t i)
{
	while (up[i] != i)
		i = up[i] = up[up[i]];
	return i;
}

static void join(size_t *up, size_t a, size_t b)
{
	size_t x = find_root(up, a), y = find_root(up, b);
	up[x > y ? x : y] = x > y ? y : x; /* the earliest action leads, so the order of work is kept */
}

static size_t index_of(const struct oak_plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->actions.n; i++)
		if (oak_streq(plan->actions.v[i].patch, id) || oak_streq(plan->actions.v[i].name, id))
			return i;
	return SIZE_MAX;
}

static int by_batch(const void *a, const void *b)
{
	const struct oak_plan_action *x = a, *y = b;
	return (x->batch > y->batch) - (x->batch < y->batch);
}

/* Smallest sets that hold together; the actions are put in the order of their batches. */
static void split(struct oak_arena *arena, const struct oak_plan_input *input, struct oak_plan *plan)
{
	size_t n = plan->actions.n, *up = oak_arena_alloc(arena, n * sizeof(*up));
	for (size_t i = 0; i < n; i++)
		up[i] = i;
	for (size_t i = 0; i < n; i++) {
		const char *by = input->transaction->actions.v[i].pulled_by;
		size_t j = by ? index_of(plan, by) : SIZE_MAX;
		if (j != SIZE_MAX)
			join(up, i, j);
	}
	for (size_t i = 0; input->facts && i + 1 < input->facts->together.n; i += 2) {
		size_t a = index_of(plan, input->facts->together.v[i]), b = index_of(plan, input->facts->together.v[i + 1]);
		if (a != SIZE_MAX && b != SIZE_MAX)
			join(up, a, b);
	}
	int next = 1;
	for (size_t i = 0; i < n; i++) /* roots come first: the smallest index leads */
		plan->actions.v[i].batch = find_root(up, i) == i ? next++ : plan->actions.v[find_root(up, i)].batch;
	/* stable: qsort of glibc merges, but the standard does not promise it, so ties keep their order by insertion */
	for (size_t i = 1; i < n; i++) {
		struct oak_plan_action moved = plan->actions.v[i];
		size_t j = i;
		for (; j > 0 && by_batch(&plan->actions.v[j - 1], &moved) > 0; j--)
			plan->actions.v[j] = plan->actions.v[j - 1];
		plan->actions.v[j] = moved;
	}
}

/* Until a host's own runs have been measured (plan.seconds). */
enum { DEFAULT_RATE = 4 * 1024 * 1024, DEFAULT_MS = 1500, SECONDS_START = 5, UNPACK_RATE = 20 * 1024 * 1024 };

static int64_t seconds_for(const struct oak_plan_facts *facts, int64_t bytes, int64_t actions)
{
	int64_t rate = facts && facts->bytes_per_second > 0 ? facts->bytes_per_second : DEFAULT_RATE;
	bool measured = facts && facts->ms_per_action > 0; /* with unpacking in it */
	int64_t install = actions * (measured ? facts->ms_per_action : DEFAULT_MS) / 1000 + (measured ? 0 : bytes / UNPACK_RATE);
	return actions == 0 ? 0 : SECONDS_START + bytes / rate + install;
}

static void set_batches(struct oak_arena *arena, const struct oak_plan_input *input, struct oak_plan *plan)
{
	plan->seconds = seconds_for(input->facts, plan->download_bytes, (int64_t)plan->actions.n);
	bool too_long = input->seconds_left > 0 && plan->seconds > input->seconds_left;
	for (size_t i = 0; i < plan->actions.n; i++)
		plan->actions.v[i].batch = 1;
	if (input->batches == OAK_BATCHES_SMALLEST || (input->batches == OAK_BATCHES_TIMED && too_long))
		split(arena, input, plan);
}

int oak_plan_batches(const struct oak_plan *plan)
{
	int most = 0;
	for (size_t i = 0; i < plan->actions.n; i++)
		most = plan->actions.v[i].batch > most ? plan->actions.v[i].batch : most;
	return most;
}

int64_t oak_plan_batch_seconds(const struct oak_plan *plan, int number)
{
	int64_t actions = 0;
	for (size_t i = 0; i < plan->actions.n; i++)
		actions += plan->actions.v[i].batch == number;
	int64_t all = (int64_t)plan->actions.n;
	return all ? (plan->seconds * actions + all - 1) / all : 0;
}

/* ------------------------------------------------------------------------------------------- reboot forecast */

/* Packages whose new version is in use only after a boot. */
static const struct {
	const char *prefix, *why;
	bool whole; /* the name is exactly this */
} reboot_names[] = {
	{"linux-image-", "a new kernel", false},     {"kernel", "a new kernel", true},
	{"kernel-core", "a new kernel", true},	     {"kernel-default", "a new kernel", true},
	{"kernel-rt", "a new kernel", true},	     {"kernel-uek", "a new kernel", true},
	{"libc6", "the C library, mapped by every process", true},
	{"glibc", "the C library, mapped by every process", true},
	{"systemd", "the init process", true},	     {"systemd-sysv", "the init process", true},
	{"sysvinit-core", "the init process", true}, {"dbus", "the message bus cannot be restarted", true},
	{"dbus-broker", "the message bus cannot be restarted", true},
	{"intel-microcode", "processor microcode", true}, {"amd64-microcode", "processor microcode", true},
	{"microcode_ctl", "processor microcode", true},	  {"linux-firmware", "firmware", true},
};

static void forecast_by_name(struct oak_arena *arena, struct oak_plan *plan, const struct oak_plan_action *action)
{
	for (size_t i = 0; i < sizeof(reboot_names) / sizeof(*reboot_names); i++) {
		bool hit = reboot_names[i].whole ? oak_streq(action->name, reboot_names[i].prefix)
						 : oak_starts_with(action->name, reboot_names[i].prefix);
		if (hit)
			*oak_push(arena, &plan->reboot_reasons) =
				oak_arena_printf(arena, "%s: %s", action->patch, reboot_names[i].why);
	}
}

static void forecast_by_advisory(struct oak_arena *arena, const struct oak_inventory *inventory, struct oak_plan *plan,
				 const struct oak_plan_action *action)
{
	for (size_t i = 0; inventory && i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		if ((!oak_streq(u->name, action->name) && !oak_streq(u->kb, action->name)) || !oak_streq(u->evr, action->to))
			continue;
		for (size_t j = 0; j < u->advisories.n; j++)
			if (u->advisories.v[j].reboot_suggested)
				*oak_push(arena, &plan->reboot_reasons) = oak_arena_printf(
					arena, "%s: advisory %s suggests it", action->patch, u->advisories.v[j].id);
	}
}

static void forecast_reboot(struct oak_arena *arena, const struct oak_plan_input *input, struct oak_plan *plan)
{
	const struct oak_inventory *inventory = input->verdict->inventory;
	for (size_t i = 0; i < plan->actions.n; i++) {
		forecast_by_name(arena, plan, &plan->actions.v[i]);
		forecast_by_advisory(arena, inventory, plan, &plan->actions.v[i]);
	}
	if (inventory && inventory->reboot_required)
		*oak_push(arena, &plan->reboot_reasons) = inventory->reboot_reasons.n
								  ? inventory->reboot_reasons.v[0]
								  : "the host needs one already";
	plan->reboot_forecast = plan->reboot_reasons.n > 0;
}

struct oak_plan *oak_plan_make(struct oak_arena *arena, const struct oak_plan_input *input)
{
	struct oak_plan *plan = OAK_NEW(arena, struct oak_plan);
	const struct oak_verdict *v = input->verdict;
	plan->arena = arena;
	plan->node_id = v->inventory ? v->inventory->node.id : NULL;
	plan->node_name = v->inventory ? v->inventory->node.name : NULL;
	plan->metadata_at = v->inventory ? v->inventory->metadata_at : OAK_TIME_NONE;
	plan->baseline_id = v->baseline_id;
	plan->baseline_name = v->baseline_name;
	plan->baseline_digest = v->baseline_digest;
	plan->snapshot = input->snapshot;
	plan->window = input->window;
	plan->created_at = input->now;
	add_actions(arena, input, plan);
	add_refused(arena, input, plan);
	set_batches(arena, input, plan);
	forecast_reboot(arena, input, plan);
	for (size_t i = 0; input->facts && i < input->facts->disk.n; i++)
		*oak_push(arena, &plan->disk) = input->facts->disk.v[i];
	for (size_t i = 0; input->facts && i < input->facts->restarts.n; i++)
		*oak_push(arena, &plan->restarts) = input->facts->restarts.v[i];
	plan->digest = oak_plan_digest(arena, plan);
	return plan;
}
