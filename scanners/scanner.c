/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of scanners, and a scan: host facts here, the package manager's part in a child, joined afterwards. */
#include "scanners/scanner.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/map.h"
#include "core/module.h"
#include "core/str.h"
#include "scanners/answer.h"
#include "scanners/child.h"
#include "scanners/host.h"
#include "scanners/os_release.h"
#include "scanners/reboot.h"
#include "scanners/root.h"
#include "scanners/snapshot.h"

#ifdef _WIN32
static bool detect_wua(const char *root)
{
	return *root != '\0';
}
#else
/* os-release decides where it can: foreign package managers are often installed beside the system's own. */
static const char *family_of(const char *root)
{
	static const char *const known[] = {"debian", "rhel", "suse", "amazon"};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_os_release os;
	oak_os_release_load(arena, root, &os);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (oak_streq(os.family, known[i]))
			return known[i];
	return NULL;
}

static bool detect_dpkg(const char *root)
{
	const char *family = family_of(root);
	return family ? oak_streq(family, "debian") : oak_root_exists(root, "/var/lib/dpkg");
}

static bool detect_rpm(const char *root)
{
	const char *family = family_of(root);
	return family ? !oak_streq(family, "debian")
		      : oak_root_exists(root, "/var/lib/rpm") || oak_root_exists(root, "/usr/lib/sysimage/rpm");
}
#endif

/* A recorded inventory is named on the command line, never found (scanners/replay.h). */
static bool detect_replay(const char *root)
{
	(void)root;
	return false;
}

static const struct oak_scanner replay = {"replay", NULL, detect_replay};
#ifdef _WIN32
static const struct oak_scanner wua = {"wua", "wua", detect_wua};
const struct oak_scanner *const oak_scanners[] = {&wua, &replay, NULL};
#else
static const struct oak_scanner dpkg = {"dpkg", "dpkg", detect_dpkg};
static const struct oak_scanner rpm = {"rpm", "rpm", detect_rpm};
const struct oak_scanner *const oak_scanners[] = {&dpkg, &rpm, &replay, NULL};
#endif

const struct oak_scanner *oak_scanner_detect(const char *root, struct oak_error *err)
{
	struct stat st;
	if (stat(root, &st) < 0) {
		oak_fail_errno(err, "scan.root", "cannot examine '%s'", root);
		return NULL;
	}
	if (!S_ISDIR(st.st_mode)) {
		oak_fail(err, OAK_INVALID, "scan.root", ENOTDIR, "cannot examine '%s': it is no folder", root);
		return NULL;
	}
	for (size_t i = 0; oak_scanners[i]; i++)
		if (oak_scanners[i]->detect(root))
			return oak_scanners[i];
	if (access(root, X_OK) < 0) { /* what cannot be entered looks empty */
		oak_fail_errno(err, "scan.root", "cannot examine '%s'", root);
		return NULL;
	}
	oak_fail(err, OAK_UNSUPPORTED, "scan.no-backend", 0,
		 "cannot find a package manager below '%s': neither dpkg nor rpm keeps a database there", root);
	return NULL;
}

struct job {
	const struct oak_scanner *scanner;
	const struct oak_scan_request *request;
	const struct oak_want *wants;
	size_t want_count;
	struct oak_inventory *facts; /* made in the parent meanwhile */
};

static const struct oak_backend *backend_of(const struct job *job, struct oak_error *err)
{
	const struct oak_backend *backend = oak_module_symbol(job->scanner->module, "oak_backend", err);
	if (backend && backend->abi != OAK_BACKEND_ABI) {
		oak_fail(err, OAK_UNSUPPORTED, "module.broken", 0, "module '%s' is of another version of oakum",
			 job->scanner->name);
		return NULL;
	}
	return backend;
}

/* What the child hands over. */
struct answer {
	struct oak_inventory *inventory;
	struct oak_snapshot_inputs inputs;
};

/* Taken before the scan reads them: what changes meanwhile makes the next scan read again. What a backend read to know
 * its inputs counts as unchanged only if it was so before BEGUN_MS. */
static int take_inputs(const struct job *job, const struct oak_backend *backend, struct oak_arena *arena, int64_t begun_ms,
		       struct oak_snapshot_inputs *ret, struct oak_error *err)
{
	struct oak_paths paths = {.v = {0}};
	if (!backend->inputs || !job->request->cache_dir)
		return 0;
	if (backend->inputs(job->request, arena, &paths, err) < 0)
		return -1;
	oak_snapshot_take(arena, &paths, begun_ms, ret);
	return 0;
}

static int scan_in_child(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	const struct job *job = arg;
	int64_t begun_ms = oak_snapshot_clock_ms();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	inventory->node = (struct oak_node){.platform = {.booted_at = OAK_TIME_NONE}}; /* no literals: they are not in the arena */
	struct answer *answer = OAK_NEW(arena, struct answer);
	const struct oak_backend *backend = backend_of(job, err);
	if (!backend || (job->request->refresh && backend->refresh &&
			 backend->refresh(job->request, inventory, err) < 0) ||
	    take_inputs(job, backend, arena, begun_ms, &answer->inputs, err) < 0 ||
	    backend->scan(job->request, inventory, err) < 0)
		return -1;
	answer->inventory = inventory;
	*ret_answer = answer;
	return 0;
}

static int open_answer(const struct oak_arena *arena, const struct answer *answer, struct oak_error *err)
{
	if (oak_arena_base(arena) && /* else it was made in this process (scanners/child_win32.c) */
	    (!oak_arena_contains(arena, answer, sizeof(*answer)) ||
	    (answer->inputs.size && !oak_arena_contains(arena, answer->inputs.records, answer->inputs.size))))
		return oak_fail(err, OAK_BUG, "scan.bad-answer", 0, "the backend's answer lies outside of its memory");
	return oak_answer_check_inventory(arena, answer->inventory, 0, err);
}

static void facts_meanwhile(void *arg)
{
	struct job *job = arg;
	oak_host_facts(job->request->root, job->request->now, job->facts);
	oak_reboot_state(job->request->root, job->facts);
}

static const char *keep(struct oak_arena *arena, const char *backend, const char *host)
{
	return backend ? backend : oak_arena_strdup(arena, host);
}

/* A repository that is read in place is as fresh as the scan, also where the answer is an earlier one. */
static void refresh_in_place(struct oak_inventory *inventory, oak_time now)
{
	oak_time oldest = OAK_TIME_NEVER;
	bool any = false;
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		struct oak_repository *r = &inventory->repositories.v[i];
		any |= r->in_place;
		r->fetched_at = r->in_place ? now : r->fetched_at;
		if (r->enabled && r->fetched_at < oldest)
			oldest = r->fetched_at;
	}
	if (any)
		inventory->metadata_at = oldest == OAK_TIME_NEVER ? OAK_TIME_NONE : oldest;
}

/* What the host itself knows to be installed, and the backend did not say (programs of Windows). */
static void join_packages(struct oak_arena *arena, const struct oak_inventory *from, struct oak_inventory *to)
{
	struct oak_map known;
	oak_map_init(&known, arena, to->packages.n);
	for (size_t i = 0; from->packages.n && i < to->packages.n; i++)
		oak_map_put(&known, to->packages.v[i].name, &known);
	for (size_t i = 0; i < from->packages.n; i++) {
		const struct oak_package *p = &from->packages.v[i];
		if (oak_map_has(&known, p->name))
			continue;
		struct oak_package *copy = oak_push(arena, &to->packages);
		oak_package_init(copy);
		copy->name = oak_arena_strdup(arena, p->name);
		copy->arch = oak_arena_strdup(arena, p->arch);
		copy->evr = oak_arena_strdup(arena, p->evr);
		copy->vendor = oak_arena_strdup(arena, p->vendor);
		copy->installed_at = p->installed_at;
	}
}

/* Host facts into the answer; what the backend filled itself stands. */
static void join(const struct job *job, struct oak_arena *arena, struct oak_inventory *to)
{
	const struct oak_inventory *from = job->facts;
	struct oak_platform *p = &to->node.platform;
	const struct oak_platform *host = &from->node.platform;
	to->arena = arena;
	to->node.id = keep(arena, job->request->node_id ? NULL : to->node.id, job->request->node_id);
	to->node.name = keep(arena, to->node.name, from->node.name);
	p->id = keep(arena, p->id, host->id ? host->id : host->family);
	p->version = keep(arena, p->version, host->version);
	p->family = keep(arena, host->family ? NULL : p->family, host->family);
	p->id = p->id ? p->id : p->family;
	p->arch = keep(arena, p->arch, host->arch);
	p->kernel = keep(arena, p->kernel, host->kernel);
	p->boot_id = keep(arena, p->boot_id, host->boot_id);
	p->booted_at = host->booted_at;
	p->product = keep(arena, p->product, host->product);
	p->edition = keep(arena, p->edition, host->edition);
	join_packages(arena, from, to);
	to->collected_at = job->request->now;
	to->reboot_required |= from->reboot_required;
	for (size_t i = 0; i < from->reboot_reasons.n; i++)
		*oak_push(arena, &to->reboot_reasons) = oak_arena_strdup(arena, from->reboot_reasons.v[i]);
	for (size_t i = 0; i < from->problems.n; i++) {
		const struct oak_problem *problem = &from->problems.v[i];
		*oak_push(arena, &to->problems) = (struct oak_problem){
			oak_arena_strdup(arena, problem->kind), oak_arena_strdup(arena, problem->subject),
			oak_arena_strdup(arena, problem->detail), oak_arena_strdup(arena, problem->remedy)};
	}
	refresh_in_place(to, to->collected_at);
	oak_reboot_live_patches(job->request->root, to);
	oak_reboot_kernel(job->request->root, to);
}

static int scan_anew(struct job *job, struct oak_arena **ret_arena, struct oak_inventory **ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = NULL;
	const struct oak_child_work work = {scan_in_child, job, job->request, facts_meanwhile};
	void *answer;
	if (oak_child_run(&work, &arena, &answer, err) < 0 || open_answer(arena, answer, err) < 0)
		return -1;
	const struct answer *a = answer;
	/* a refresh's failures belong to this scan alone */
	if (!job->request->refresh)
		oak_snapshot_save(job->request, arena, a->inventory, &a->inputs);
	*ret = a->inventory;
	*ret_arena = oak_steal(&arena);
	return 0;
}

int oak_scan(const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret,
	     struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new(), *arena = NULL;
	struct job job = {.scanner = oak_scanner_detect(request->root, err), .request = request,
			  .facts = oak_inventory_new(scratch)};
	struct oak_inventory *inventory;
	if (!job.scanner)
		return -1;
	if (oak_snapshot_load(request, &arena, &inventory))
		facts_meanwhile(&job);
	else if (scan_anew(&job, &arena, &inventory, err) < 0)
		return -1;
	join(&job, arena, inventory);
	*ret = inventory;
	*ret_arena = oak_steal(&arena);
	return 0;
}

static int resolve_in_child(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	const struct job *job = arg;
	struct oak_transaction *transaction = OAK_NEW(arena, struct oak_transaction);
	const struct oak_backend *backend = backend_of(job, err);
	if (!backend || backend->resolve(job->request, job->wants, job->want_count, arena, transaction, err) < 0)
		return -1;
	*ret_answer = transaction;
	return 0;
}

int oak_resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n,
		struct oak_arena **ret_arena, struct oak_transaction **ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = NULL;
	struct job job = {.scanner = oak_scanner_detect(request->root, err), .request = request, .wants = wants,
			  .want_count = n};
	const struct oak_child_work work = {resolve_in_child, &job, request, NULL};
	void *answer;
	if (!job.scanner || oak_child_run(&work, &arena, &answer, err) < 0 ||
	    oak_answer_check_transaction(arena, answer, err) < 0)
		return -1;
	*ret = answer;
	*ret_arena = oak_steal(&arena);
	return 0;
}
