/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry through the wide functions. */
#include "scanners/registry_win32.h"

#include <stdlib.h>
#include <windows.h>

#include "core/windows_text.h"

enum { NAME_MAX_CHARS = 256, VALUE_MAX_BYTES = 1024 * 1024 };

/* HKEY is a pointer to a struct of its own; ours is never defined. */
static HKEY handle_of(struct oak_registry_key *key)
{
	return (HKEY)(void *)key;
}

static struct oak_registry_key *open_key(HKEY above, const char *key, REGSAM view, bool *ret_denied)
{
	HKEY handle = NULL;
	wchar_t *wide = oak_wide(key);
	LSTATUS status = RegOpenKeyExW(above, wide, 0, KEY_READ | view, &handle);
	free(wide);
	if (ret_denied)
		*ret_denied = status == ERROR_ACCESS_DENIED;
	return status == ERROR_SUCCESS ? (struct oak_registry_key *)(void *)handle : NULL;
}

struct oak_registry_key *oak_registry_open(enum oak_registry_view view, const char *key, bool *ret_denied)
{
	if (view == OAK_REGISTRY_USER)
		return open_key(HKEY_CURRENT_USER, key, 0, ret_denied);
	return open_key(HKEY_LOCAL_MACHINE, key, view == OAK_REGISTRY_32 ? KEY_WOW64_32KEY : KEY_WOW64_64KEY, ret_denied);
}

struct oak_registry_key *oak_registry_open_below(struct oak_registry_key *above, const char *name, bool *ret_denied)
{
	return open_key(handle_of(above), name, 0, ret_denied);
}

void oak_registry_close(struct oak_registry_key *key)
{
	if (key)
		RegCloseKey(handle_of(key));
}

const char *oak_registry_subkey(struct oak_registry_key *key, struct oak_arena *arena, uint32_t index)
{
	wchar_t name[NAME_MAX_CHARS];
	DWORD n = NAME_MAX_CHARS;
	return RegEnumKeyExW(handle_of(key), index, name, &n, NULL, NULL, NULL, NULL) == ERROR_SUCCESS ? oak_narrow(arena, name) : NULL;
}

/* The bytes of a value, two wide zeros behind them; NULL = absent. */
static void *read_value(struct oak_registry_key *key, struct oak_arena *arena, const char *name, DWORD *ret_type, DWORD *ret_size)
{
	wchar_t *value = oak_wide(name);
	void *bytes = NULL;
	DWORD size = 0;
	if (RegQueryValueExW(handle_of(key), value, NULL, ret_type, NULL, &size) == ERROR_SUCCESS && size <= VALUE_MAX_BYTES) {
		bytes = oak_arena_alloc(arena, (size_t)size + 2 * sizeof(wchar_t));
		if (RegQueryValueExW(handle_of(key), value, NULL, ret_type, bytes, &size) != ERROR_SUCCESS)
			bytes = NULL;
		*ret_size = size;
	}
	free(value);
	return bytes;
}

const char *oak_registry_text_of(struct oak_registry_key *key, struct oak_arena *arena, const char *name)
{
	DWORD type = 0, size = 0;
	const wchar_t *text = read_value(key, arena, name, &type, &size);
	bool good = text && (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ) && *text;
	return good ? oak_narrow(arena, text) : NULL;
}

int64_t oak_registry_number_of(struct oak_registry_key *key, const char *name, int64_t fallback)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	DWORD type = 0, size = 0;
	const DWORD *number = read_value(key, arena, name, &type, &size);
	return number && type == REG_DWORD && size == sizeof(*number) ? (int64_t)*number : fallback;
}

const char *oak_registry_text(struct oak_arena *arena, const char *key, const char *name)
{
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *handle = oak_registry_open(OAK_REGISTRY_64, key, NULL);
	return handle ? oak_registry_text_of(handle, arena, name) : NULL;
}

int64_t oak_registry_number(const char *key, const char *name, int64_t fallback)
{
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *handle = oak_registry_open(OAK_REGISTRY_64, key, NULL);
	return handle ? oak_registry_number_of(handle, name, fallback) : fallback;
}

bool oak_registry_has_key(const char *key)
{
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *handle = oak_registry_open(OAK_REGISTRY_64, key, NULL);
	return handle;
}

bool oak_registry_has_value(const char *key, const char *name)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_registry_close_p) struct oak_registry_key *handle = oak_registry_open(OAK_REGISTRY_64, key, NULL);
	DWORD type = 0, size = 0;
	const char *bytes = handle ? read_value(handle, arena, name, &type, &size) : NULL;
	bool some = false;
	for (DWORD i = 0; bytes && i < size; i++)
		some |= bytes[i] != 0;
	return some;
}
