/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend for dpkg hosts: which files, which lists, in which order; libapt does the rest. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "scanners/apt_lists.h"
#include "scanners/dpkg/apt_shim.h"
#include "scanners/dpkg/refresh.h"
#include "scanners/dpkg/status.h"
#include "scanners/root.h"

static const char esm_tree[] = "/var/lib/ubuntu-advantage/apt-esm";

/* What a refresh before the scan, in the same process, found out. */
static struct {
	bool done;
	struct oak_apt_refreshed result;
	struct oak_apt_lists lists;
} refreshed;

/* Everything that each entry point works out first. */
struct host {
	struct oak_arena *arena;
	const struct oak_scan_request *request;
	struct oak_dpkg_status status;
	struct oak_apt_lists lists;
	struct oak_apt_setup setup;
};

/* Our folder below the cache; NULL = there is none, or it cannot be made (then nothing is kept). */
static const char *own_folder(const struct host *host, const char *name)
{
	if (!host->request->cache_dir)
		return NULL;
	const char *path = oak_root_join(host->arena, host->request->cache_dir, name);
	return oak_fs_mkdirs(path, 0700, NULL) == 0 ? path : NULL;
}

static void choose_lists(struct host *host)
{
	if (refreshed.done)
		host->lists = refreshed.lists;
	else
		oak_apt_lists_choose(host->arena, host->request->root, host->request->cache_dir, &host->lists);
}

/* Lives as long as the child: what a refresh found is read by the scan after it. */
static struct oak_arena *child_arena;

static int open_host(struct host *host, const struct oak_scan_request *request, struct oak_error *err)
{
	host->request = request;
	if (!child_arena)
		child_arena = oak_arena_new();
	host->arena = child_arena;
	if (oak_dpkg_status_check(host->arena, request->root, &host->status, err) < 0)
		return -1;
	choose_lists(host);
	bool here = oak_streq(request->root, "/");
	host->setup = (struct oak_apt_setup){
		.root = request->root,
		.dir = request->root,
		.lists = host->lists.own ? oak_arena_printf(host->arena, "%s/", host->lists.dir) : NULL,
		.own = own_folder(host, "apt"),
		.arch = here || !host->status.archs.n ? NULL : host->status.archs.v[0],
		.archs = host->status.archs.v,
		.arch_count = host->status.archs.n,
		.archives = request->archives,
		.archive_count = request->archive_count,
		.no_network = request->no_network,
		.all_versions = request->all_versions,
		.access = request->refresh && !request->no_network,
		.progress = request->progress,
	};
	return oak_apt_start(&host->setup, err);
}

/* The file that holds the code at ADDRESS: another version of it may answer otherwise. */
static void add_library(struct oak_arena *arena, const void *address, struct oak_paths *ret)
{
	Dl_info info;
	if (dladdr(address, &info) && info.dli_fname)
		*oak_push(arena, &ret->v) = oak_arena_strdup(arena, info.dli_fname);
}

/* What is read besides libapt's own files. */
static int dpkg_inputs(const struct oak_scan_request *request, struct oak_arena *arena, struct oak_paths *ret,
		       struct oak_error *err)
{
	static const char *const below_root[] = {"/var/lib/dpkg/arch",
						 "/var/lib/dpkg",
						 "/var/lib/apt/lists",
						 "/var/lib/apt/periodic",
						 "/etc/os-release",
						 "/var/lib/ubuntu-advantage/private/machine-token.json",
						 "/var/lib/ubuntu-advantage/apt-esm/etc/apt",
						 "/var/lib/ubuntu-advantage/apt-esm/etc/apt/sources.list.d",
						 "/var/lib/ubuntu-advantage/apt-esm/var/lib/apt/lists"};
	struct host host = {0};
	if (open_host(&host, request, err) < 0 || oak_apt_inputs(arena, ret, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(below_root) / sizeof(*below_root); i++)
		*oak_push(arena, &ret->v) = oak_root_join(arena, request->root, below_root[i]);
	if (request->cache_dir)
		*oak_push(arena, &ret->v) = oak_root_join(arena, request->cache_dir, "apt/refreshed");
	add_library(arena, (const void *)dpkg_inputs, ret);      /* this module */
	add_library(arena, (const void *)oak_apt_libapt(), ret); /* libapt-pkg */
	return 0;
}

static struct oak_apt_age age_of(const struct host *host)
{
	struct oak_apt_age age = {.fetched = host->lists.fetched,
				  .stamp_count = host->lists.fetches.n,
				  .failed = refreshed.result.failed.v,
				  .failed_count = refreshed.result.failed.n};
	struct oak_apt_stamp *stamps = oak_arena_alloc(host->arena, (age.stamp_count + 1) * sizeof(*stamps));
	for (size_t i = 0; i < age.stamp_count; i++)
		stamps[i] = (struct oak_apt_stamp){host->lists.fetches.v[i].release, host->lists.fetches.v[i].fetched};
	age.stamps = stamps;
	return age;
}

/* The lists that Ubuntu's client keeps on hosts without a subscription: what they miss without it. */
static void scan_esm(struct host *host, struct oak_inventory *inventory)
{
	if (!oak_root_exists(host->request->root, "/var/lib/ubuntu-advantage/apt-esm/etc/apt"))
		return;
	host->setup.dir = oak_root_join(host->arena, host->request->root, esm_tree);
	host->setup.lists = NULL;
	host->setup.own = own_folder(host, "apt/esm");
	struct oak_apt_age age = {.fetched = host->lists.fetched};
	struct oak_error err = {.kind = OAK_OK};
	if (oak_apt_start(&host->setup, &err) < 0 || oak_apt_scan_esm(inventory, &age, &err) < 0)
		*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){
			oak_arena_strdup(inventory->arena, "esm-unreadable"), oak_arena_strdup(inventory->arena, esm_tree),
			oak_arena_strdup(inventory->arena, err.cause), NULL};
}

/* The oldest of the repositories: what the verdict as a whole rests on. One without metadata: not known. */
static oak_time oldest(const struct oak_inventory *inventory)
{
	oak_time at = OAK_TIME_NONE;
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const struct oak_repository *r = &inventory->repositories.v[i];
		if (r->fetched_at == OAK_TIME_NONE && !r->error)
			return OAK_TIME_NONE;
		if (r->fetched_at != OAK_TIME_NONE && (at == OAK_TIME_NONE || r->fetched_at < at))
			at = r->fetched_at;
	}
	return at;
}

static void tell_unfinished(const struct host *host, struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	for (size_t i = 0; i < host->status.unfinished.n; i++) {
		const struct oak_dpkg_unfinished *u = &host->status.unfinished.v[i];
		*oak_push(arena, &inventory->problems) = (struct oak_problem){
			oak_arena_strdup(arena, "package-unfinished"), oak_arena_strdup(arena, u->id),
			oak_arena_printf(arena, "dpkg has it as %s: the version is there, but it may not work", u->state),
			oak_arena_strdup(arena, "run 'dpkg --configure -a', or let 'oakum patch' try")};
	}
}

static int dpkg_scan(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err)
{
	struct host host = {0};
	if (open_host(&host, request, err) < 0)
		return -1;
	inventory->node.platform.family = oak_arena_strdup(inventory->arena, "debian");
	inventory->node.platform.arch = oak_arena_strdup(inventory->arena, oak_apt_native_arch());
	const struct oak_apt_age age = age_of(&host);
	if (oak_apt_scan(inventory, &age, err) < 0)
		return -1;
	tell_unfinished(&host, inventory);
	scan_esm(&host, inventory);
	if (!inventory->repositories.n)
		*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){
			oak_arena_strdup(inventory->arena, "no-repositories"),
			oak_arena_strdup(inventory->arena, "/etc/apt/sources.list"),
			oak_arena_strdup(inventory->arena, "no package repository is configured: what is missing cannot be known"),
			oak_arena_strdup(inventory->arena, "name one in /etc/apt/sources.list or /etc/apt/sources.list.d")};
	inventory->metadata_at = oldest(inventory);
	return 0;
}

enum { REFRESH_SECONDS = 300 };

/* Nothing came and nothing was there: the scan would only say that it knows nothing. */
static int refuse_if_useless(const struct host *host, struct oak_error *err)
{
	const struct oak_apt_refreshed *r = &refreshed.result;
	bool had_some = r->good.n || refreshed.lists.fetched != OAK_TIME_NONE;
	for (size_t i = 0; i < refreshed.lists.fetches.n; i++)
		had_some = true;
	const struct oak_problem *first = NULL;
	for (size_t i = 0; i < r->failed.n; i++)
		if (!oak_streq(r->failed.v[i].kind, "not-refreshed") &&
		    (!first || oak_streq(r->failed.v[i].kind, "repository-untrusted")))
			first = &r->failed.v[i];
	if (had_some || !first)
		return 0;
	bool distrust = oak_streq(first->kind, "repository-untrusted");
	return oak_fail(err, distrust ? OAK_UNTRUSTED : OAK_TRANSIENT, distrust ? "dpkg.untrusted" : "dpkg.refresh", 0,
			"cannot refresh any repository of '%s': %s: %s%s", host->request->root, first->subject, first->detail,
			distrust ? "" : " (try again later, or check network and proxy)");
}

static void report_failures(struct oak_inventory *inventory)
{
	for (size_t i = 0; i < refreshed.result.failed.n; i++) {
		const struct oak_problem *p = &refreshed.result.failed.v[i];
		*oak_push(inventory->arena, &inventory->problems) =
			(struct oak_problem){oak_arena_strdup(inventory->arena, p->kind),
					     oak_arena_strdup(inventory->arena, p->subject),
					     oak_arena_strdup(inventory->arena, p->detail), NULL};
	}
}

static int dpkg_refresh(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err)
{
	struct host host = {0};
	int64_t seconds = request->timeout_s > 0 ? request->timeout_s / 2 : REFRESH_SECONDS;
	if (open_host(&host, request, err) < 0 || !request->cache_dir || oak_dpkg_seed_lists(host.arena, request, err) < 0)
		return -1;
	host.setup.lists = oak_root_join(host.arena, request->cache_dir, "apt/lists/");
	if (oak_apt_start(&host.setup, err) < 0 || oak_apt_refresh(host.arena, seconds, &refreshed.result, err) < 0 ||
	    oak_dpkg_record_refresh(host.arena, request, &refreshed.result, &refreshed.lists, err) < 0 ||
	    refuse_if_useless(&host, err) < 0)
		return -1;
	refreshed.done = true;
	report_failures(inventory);
	return 0;
}

static int dpkg_resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n,
			struct oak_arena *arena, struct oak_transaction *ret, struct oak_error *err)
{
	struct host host = {0};
	return open_host(&host, request, err) < 0 ? -1 : oak_apt_resolve(wants, n, arena, ret, err);
}

OAK_EXPORT const struct oak_backend oak_backend = {OAK_BACKEND_ABI, dpkg_scan, dpkg_refresh, dpkg_resolve, dpkg_inputs};
