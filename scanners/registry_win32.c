/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 64-bit view of HKEY_LOCAL_MACHINE, through the wide functions. */
#include "scanners/registry_win32.h"

#include <stdlib.h>
#include <windows.h>

static wchar_t *wide(struct oak_arena *arena, const char *text)
{
	int n = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	wchar_t *out = oak_arena_alloc(arena, (size_t)(n > 0 ? n : 1) * sizeof(*out));
	if (n > 0)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, out, n);
	return out;
}

static HKEY open_key(struct oak_arena *arena, const char *key)
{
	HKEY handle;
	LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide(arena, key), 0, KEY_READ | KEY_WOW64_64KEY, &handle);
	return status == ERROR_SUCCESS ? handle : NULL;
}

/* The bytes of a value, two zero bytes behind them; NULL = absent. */
static void *read_value(struct oak_arena *arena, const char *key, const char *name, DWORD *ret_type, DWORD *ret_size)
{
	HKEY handle = open_key(arena, key);
	if (!handle)
		return NULL;
	void *bytes = NULL;
	DWORD size = 0;
	const wchar_t *value = wide(arena, name);
	if (RegQueryValueExW(handle, value, NULL, ret_type, NULL, &size) == ERROR_SUCCESS) {
		bytes = oak_arena_alloc(arena, (size_t)size + 4);
		if (RegQueryValueExW(handle, value, NULL, ret_type, bytes, &size) != ERROR_SUCCESS)
			bytes = NULL;
		*ret_size = size;
	}
	RegCloseKey(handle);
	return bytes;
}

const char *oak_registry_text(struct oak_arena *arena, const char *key, const char *name)
{
	DWORD type = 0, size = 0;
	const wchar_t *text = read_value(arena, key, name, &type, &size);
	if (!text || (type != REG_SZ && type != REG_EXPAND_SZ && type != REG_MULTI_SZ) || !*text)
		return NULL;
	int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
	if (n <= 0)
		return NULL;
	char *out = oak_arena_alloc(arena, (size_t)n);
	WideCharToMultiByte(CP_UTF8, 0, text, -1, out, n, NULL, NULL);
	return out;
}

int64_t oak_registry_number(const char *key, const char *name, int64_t fallback)
{
	struct oak_arena *arena = oak_arena_new();
	DWORD type = 0, size = 0;
	const DWORD *number = read_value(arena, key, name, &type, &size);
	int64_t value = number && type == REG_DWORD && size == sizeof(*number) ? (int64_t)*number : fallback;
	oak_arena_free(arena);
	return value;
}

bool oak_registry_has_key(const char *key)
{
	struct oak_arena *arena = oak_arena_new();
	HKEY handle = open_key(arena, key);
	if (handle)
		RegCloseKey(handle);
	oak_arena_free(arena);
	return handle;
}

bool oak_registry_has_value(const char *key, const char *name)
{
	struct oak_arena *arena = oak_arena_new();
	DWORD type = 0, size = 0;
	const char *bytes = read_value(arena, key, name, &type, &size);
	bool some = false;
	for (DWORD i = 0; bytes && i < size; i++)
		some |= bytes[i] != 0;
	oak_arena_free(arena);
	return some;
}
