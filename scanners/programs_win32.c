/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uninstall keys and the packages of component servicing. */
#include "scanners/programs_win32.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/str.h"
#include "core/system.h"
#include "scanners/registry_win32.h"

#define UNINSTALL "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
#define SERVICING "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"

enum { INSTALLED = 0x70, INSTALL_PENDING = 0x60 }; /* CurrentState of a package of component servicing */
static const int64_t TICKS_PER_SECOND = 10000000, EPOCH_SECONDS = 11644473600;

struct find {
	struct oak_inventory *inventory;
	struct oak_map known; /* of what is in it: "name\nversion\narch" */
	const char *denied;   /* keys that may not be read */
};

static void add(struct find *f, const struct oak_package *package)
{
	struct oak_arena *arena = f->inventory->arena;
	const char *key = oak_arena_printf(arena, "%s\n%s\n%s", package->name, package->evr, package->arch);
	if (oak_map_has(&f->known, key))
		return;
	oak_map_put(&f->known, key, f);
	*oak_push(arena, &f->inventory->packages) = *package;
}

static void note_denied(struct find *f, const char *key)
{
	f->denied = f->denied ? oak_arena_printf(f->inventory->arena, "%s, %s", f->denied, key) : key;
}

/* "20261103" of InstallDate: midnight UTC of that day. */
static oak_time day_of(const char *text)
{
	int64_t n;
	if (!text || strlen(text) != 8 || !oak_parse_int(oak_str_of(text), 19700101, 99991231, &n))
		return OAK_TIME_NONE;
	struct oak_civil day = {.year = (int)(n / 10000), .month = (int)(n / 100 % 100), .day = (int)(n % 100)};
	bool real = day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= oak_month_days(day.year, day.month);
	return real ? oak_time_from_civil(&day) : OAK_TIME_NONE;
}

/* "KB5031234" out of a text; NULL = there is none. */
static const char *kb_in(struct oak_arena *arena, const char *text)
{
	for (const char *at = text; at && (at = oak_strcasestr(at, "kb")); at += 2) {
		size_t n = strspn(at + 2, "0123456789");
		bool begins = at == text || !isalnum((unsigned char)at[-1]);
		if (begins && n >= 5 && n <= 8)
			return oak_arena_printf(arena, "KB%.*s", (int)n, at + 2);
	}
	return NULL;
}

/* ------------------------------------------------------------------------------------------- uninstall keys */

static void add_program(struct find *f, struct oak_registry_key *key, enum oak_registry_view view)
{
	struct oak_arena *arena = f->inventory->arena;
	const char *name = oak_registry_text_of(key, arena, "DisplayName"), *version = oak_registry_text_of(key, arena, "DisplayVersion");
	const char *parent = oak_registry_text_of(key, arena, "ParentKeyName"), *kind = oak_registry_text_of(key, arena, "ReleaseType");
	struct oak_package package;
	if (!name || oak_registry_number_of(key, "SystemComponent", 0) == 1)
		return;
	oak_package_init(&package);
	package.installed_at = day_of(oak_registry_text_of(key, arena, "InstallDate"));
	bool update = parent || (kind && (oak_strcasestr(kind, "update") || oak_strcasestr(kind, "hotfix")));
	const char *kb = update ? kb_in(arena, name) : NULL;
	package.name = kb ? kb : name;
	package.evr = kb || !version ? "" : version;
	package.arch = kb ? "" : view == OAK_REGISTRY_32 ? "x86" : "x86_64";
	package.vendor = oak_registry_text_of(key, arena, "Publisher");
	if (kb || !update)
		add(f, &package);
}

static void add_view(struct find *f, enum oak_registry_view view)
{
	bool denied;
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *all = oak_registry_open(view, UNINSTALL, &denied);
	if (denied)
		note_denied(f, UNINSTALL);
	const char *name;
	for (uint32_t i = 0; all && (name = oak_registry_subkey(all, f->inventory->arena, i)); i++) {
		OAK_AUTO(oak_registry_close_p) struct oak_registry_key *one = oak_registry_open_below(all, name, NULL);
		if (one)
			add_program(f, one, view);
	}
}

/* ------------------------------------------------------------------------------------------- component servicing */

static oak_time installed_at(struct oak_registry_key *key)
{
	int64_t high = oak_registry_number_of(key, "InstallTimeHigh", 0), low = oak_registry_number_of(key, "InstallTimeLow", 0);
	return high > 0 ? (high << 32 | low) / TICKS_PER_SECOND - EPOCH_SECONDS : OAK_TIME_NONE;
}

static void add_update(struct find *f, struct oak_registry_key *key, const char *kb)
{
	struct oak_package package;
	int64_t state = oak_registry_number_of(key, "CurrentState", 0);
	if (state != INSTALLED && state != INSTALL_PENDING)
		return;
	oak_package_init(&package);
	package.name = kb;
	package.arch = package.evr = "";
	package.installed_at = installed_at(key);
	add(f, &package);
}

static void add_servicing(struct find *f)
{
	bool denied;
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *all = oak_registry_open(OAK_REGISTRY_64, SERVICING, &denied);
	if (denied)
		note_denied(f, SERVICING);
	const char *name;
	for (uint32_t i = 0; all && (name = oak_registry_subkey(all, f->inventory->arena, i)); i++) {
		/* "Package_for_KB5030216~31bf3856ad364e35~amd64~~10.0.1.3"; its parts, "Package_1_for_KB…", are the same update */
		const char *kb = oak_starts_with(name, "Package_") ? kb_in(f->inventory->arena, name) : NULL;
		OAK_AUTO(oak_registry_close_p) struct oak_registry_key *one = kb ? oak_registry_open_below(all, name, NULL) : NULL;
		if (one)
			add_update(f, one, kb);
	}
}

void oak_programs_add(struct oak_inventory *inventory)
{
	struct find f = {.inventory = inventory};
	oak_map_init(&f.known, inventory->arena, 256);
	for (int view = 0; view < OAK_REGISTRY_VIEW_COUNT; view++)
		add_view(&f, (enum oak_registry_view)view);
	add_servicing(&f);
	if (oak_is_privileged() && !f.denied)
		return;
	*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){
		.kind = "not-elevated", .subject = f.denied ? f.denied : "this user",
		.detail = "programs of other users, component servicing and pending file replacements may not be seen by this user",
		.remedy = "scan as an elevated administrator to see all"};
}
