/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an install left undone: kernels that wait for a boot, changes that memory knows to wait, attempts that failed. */
#include "baseline/evaluation.h"
#include "baseline/kernel.h"

/* The running kernel's own package was changed after the boot: Debian fixes kernels without a new ABI, too. */
static bool changed_since_boot(const struct oak_run *run, const struct oak_group *group, const char *release)
{
	const struct oak_platform *platform = &run->input->inventory->node.platform;

	return oak_streq(release, platform->kernel) && group->versions.n == 1 && platform->booted_at != OAK_TIME_NONE &&
	       group->installed->installed_at != OAK_TIME_NONE && group->installed->installed_at > platform->booted_at;
}

bool oak_kernel_waits(const struct oak_run *run, const struct oak_group *group, const char **ret_detail)
{
	const struct oak_platform *platform = &run->input->inventory->node.platform;
	char release[OAK_KERNEL_TEXT], newest[OAK_KERNEL_TEXT];

	if (!platform->kernel || !oak_kernel_release(platform->family, group->installed, release))
		return false;
	if (changed_since_boot(run, group, release)) {
		*ret_detail = oak_arena_printf(run->arena, "the running kernel %s was booted before this version was installed",
					       platform->kernel);
		return true;
	}
	if (!run->waiting_kernel || !oak_kernel_release(platform->family, run->waiting_kernel, newest) ||
	    !oak_streq(release, newest))
		return false;
	*ret_detail = oak_arena_printf(run->arena, "the running kernel is %s", platform->kernel);
	return true;
}

static bool is_kernel_package(const char *name)
{
	return oak_streq(name, "kernel") || (oak_starts_with(name, "kernel-") && !oak_starts_with(name, "kernel-livepatch"));
}

/* "kpatch-patch-5_14_0-427_13_1" mends 5.14.0-427.13.1.el9_4.x86_64: its name goes on with the release, as far as it goes,
 * all but letters and digits written alike. */
static bool mends(const char *name, const char *running)
{
	const char *p = strchr(name, '-');

	p = p ? strchr(p + 1, '-') : NULL;
	if (!p || !*++p)
		return false;
	for (; *p && *running; p++, running++) {
		bool separator = strchr("._-+", *p) != NULL;

		if (separator ? !strchr("._-+", *running) : *p != *running)
			return false;
	}
	return !*p && (!*running || strchr("._-+", *running));
}

static bool lists(const struct oak_live_patch *live, const char *cve)
{
	for (size_t i = 0; i < live->cves.n; i++)
		if (oak_strcaseeq(live->cves.v[i], cve))
			return true;
	return false;
}

static const struct oak_live_patch *remedy_of(const struct oak_run *run, const char *cve)
{
	const struct oak_inventory *inventory = run->input->inventory;

	for (size_t i = 0; i < inventory->live_patches.n; i++)
		if (mends(inventory->live_patches.v[i].name, inventory->node.platform.kernel) && lists(&inventory->live_patches.v[i], cve))
			return &inventory->live_patches.v[i];
	return NULL;
}

bool oak_kernel_live_patched(const struct oak_run *run, const struct oak_patch *patch, const char **ret_detail)
{
	const struct oak_live_patch *last = NULL;

	if (!run->input->inventory->node.platform.kernel || !is_kernel_package(patch->name))
		return false;
	for (size_t i = 0; i < patch->cves.n; i++) {
		last = remedy_of(run, patch->cves.v[i]);
		if (!last)
			return false;
	}
	if (last)
		*ret_detail = oak_arena_printf(run->arena, "live patch '%s' remedies all of its CVEs in the running kernel", last->name);
	return last != NULL;
}

bool oak_reboot_pending(const struct oak_run *run, const char *name, const char *arch, const char *evr)
{
	const struct oak_memory *memory = run->input->memory;
	oak_time booted = run->input->inventory->node.platform.booted_at;

	for (size_t i = 0; memory && i < memory->pending.n; i++) {
		const struct oak_pending_reboot *p = &memory->pending.v[i];
		oak_time since = p->installed_at != OAK_TIME_NONE ? p->installed_at : memory->last_no_reboot_install;

		if (!oak_streq(p->name, name) || (p->arch && arch && !oak_streq(p->arch, arch)) ||
		    run->judge.compare(p->evr, evr) != 0)
			continue;
		if (booted == OAK_TIME_NONE || since == OAK_TIME_NONE || booted < since)
			return true;
	}
	return false;
}

void oak_mark_missing(const struct oak_run *run, struct oak_patch *patch)
{
	const struct oak_memory *memory = run->input->memory;
	const struct oak_last_outcome *outcome = NULL;

	for (size_t i = 0; memory && i < memory->outcomes.n; i++) {
		const struct oak_last_outcome *o = &memory->outcomes.v[i];

		bool named = oak_streq(o->name, patch->name) || oak_streq(o->name, patch->id); /* a Windows row's name is a title */

		if (named && (!o->arch || !*o->arch || oak_streq(o->arch, patch->arch)))
			outcome = o;
	}
	if (outcome && oak_streq(outcome->status, "FAILED") && !patch->reason_detail && oak_streq(outcome->evr, patch->available))
		patch->reason_detail = oak_arena_printf(run->arena, "the last attempt failed: %s",
							outcome->error ? outcome->error : "no reason given");
	if (run->input->operation == OAK_INSTALL && (outcome || !run->input->limited))
		patch->state = OAK_STATE_FAILED;
}
