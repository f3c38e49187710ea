/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detection rules on Windows: files, the registry, services. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#include "core/str.h"
#include "core/windows_text.h"
#include "distributor/package/detect.h"
#include "scanners/registry_win32.h"

static bool no(const char **ret_why, const char *why)
{
	*ret_why = why;
	return false;
}

static bool detect_file(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	bool rooted = strchr("/\\", rule->path[0]) != NULL;
	const char *path = rooted && !oak_streq(root, "/") ? oak_arena_printf(arena, "%s%s", root, rule->path) : rule->path;
	return oak_detect_file(arena, path, rule, ret_why);
}

static bool detect_foreign(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	(void)root;
	return no(ret_why, oak_arena_printf(arena, "'%s': this system has neither dpkg nor rpm", rule->name));
}

/* Running, or there at all. */
static bool ask_service(const char *name, bool *ret_runs)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
	wchar_t *wide = oak_wide(name);
	SC_HANDLE service = manager ? OpenServiceW(manager, wide, SERVICE_QUERY_STATUS) : NULL;
	SERVICE_STATUS status = {0};
	*ret_runs = service && QueryServiceStatus(service, &status) && status.dwCurrentState == SERVICE_RUNNING;
	free(wide);
	if (service)
		CloseServiceHandle(service);
	if (manager)
		CloseServiceHandle(manager);
	return service;
}

static bool detect_service(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	bool runs;
	(void)root;
	if (!ask_service(rule->name, &runs))
		return no(ret_why, oak_arena_printf(arena, "there is no service '%s'", rule->name));
	if (oak_streq(rule->value, "running") && !runs)
		return no(ret_why, oak_arena_printf(arena, "service '%s' does not run", rule->name));
	return true;
}

/* "HKLM\Software\…" or "HKEY_CURRENT_USER\…"; both views of the machine are looked at. */
static const char *split(const char *path, bool *ret_user)
{
	static const struct {
		const char *hive;
		bool user;
	} hives[] = {{"HKLM\\", false}, {"HKEY_LOCAL_MACHINE\\", false}, {"HKCU\\", true}, {"HKEY_CURRENT_USER\\", true}};
	for (size_t i = 0; i < sizeof(hives) / sizeof(*hives); i++)
		if (oak_strcasestr(path, hives[i].hive) == path) {
			*ret_user = hives[i].user;
			return path + strlen(hives[i].hive);
		}
	return NULL;
}

static bool has_value(struct oak_arena *arena, struct oak_registry_key *key, const struct oak_package_detect *rule, const char **ret_why)
{
	if (!rule->name)
		return true;
	const char *text = oak_registry_text_of(key, arena, rule->name);
	int64_t number = oak_registry_number_of(key, rule->name, -1);
	if (!text && number >= 0)
		text = oak_arena_printf(arena, "%lld", (long long)number);
	if (!text)
		return no(ret_why, oak_arena_printf(arena, "'%s' has no value '%s'", rule->path, rule->name));
	if (rule->value && !oak_streq(text, rule->value))
		return no(ret_why, oak_arena_printf(arena, "value '%s' of '%s' is '%s', not '%s'", rule->name, rule->path, text, rule->value));
	return true;
}

static bool detect_registry(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	bool user = false, found = false;
	const char *path = split(rule->path, &user);
	(void)root;
	if (!path)
		return no(ret_why, oak_arena_printf(arena, "'%s' begins with neither HKLM nor HKCU", rule->path));
	for (int view = user ? OAK_REGISTRY_USER : OAK_REGISTRY_64; !found && view <= (user ? OAK_REGISTRY_USER : OAK_REGISTRY_32); view++) {
		OAK_AUTO(oak_registry_close_p) struct oak_registry_key *key = oak_registry_open((enum oak_registry_view)view, path, NULL);
		if (!key && !*ret_why)
			*ret_why = oak_arena_printf(arena, "there is no '%s'", rule->path);
		found = key && has_value(arena, key, rule, ret_why);
	}
	if (found)
		*ret_why = NULL;
	return found;
}

bool oak_detect_rule(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	static bool (*const kinds[OAK_DETECT_COUNT])(struct oak_arena *, const char *, const struct oak_package_detect *, const char **) = {
		[OAK_DETECT_FILE] = detect_file,       [OAK_DETECT_DPKG] = detect_foreign,	[OAK_DETECT_RPM] = detect_foreign,
		[OAK_DETECT_SERVICE] = detect_service, [OAK_DETECT_REGISTRY] = detect_registry,
	};
	return kinds[rule->kind](arena, root, rule, ret_why);
}
