/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trust on Windows: who owns a file and the folders above it, and whom their access lists let change them. */
#include "core/trustfile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>

#include "core/mem.h"
#include "core/windows_text.h"

/* Of a file: to change it in any way. Of a folder above: to put another file in its place. */
static const DWORD change_file = FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;
static const DWORD change_folder = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL;

/* The system, administrators, the installer of Windows' own files, the creator of what does not exist yet. */
static const wchar_t *const trusted[] = {
	L"S-1-5-18", L"S-1-5-32-544", L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", L"S-1-3-0", L"S-1-3-4",
};

struct walk {
	const char *path; /* as asked for, for messages */
	TOKEN_USER *self;
};

static bool is_sid(PSID sid, const wchar_t *text)
{
	PSID known = NULL;
	bool same = ConvertStringSidToSidW(text, &known) && EqualSid(sid, known);
	LocalFree(known);
	return same;
}

static bool is_trusted(const struct walk *w, PSID sid)
{
	if (w->self && EqualSid(sid, w->self->User.Sid))
		return true;
	for (size_t i = 0; i < sizeof(trusted) / sizeof(*trusted); i++)
		if (is_sid(sid, trusted[i]))
			return true;
	return false;
}

/* "DOMAIN\name", else the SID; in ARENA. */
static const char *name_of(struct oak_arena *arena, PSID sid)
{
	wchar_t name[257] = L"", domain[257] = L"", *text = NULL;
	DWORD n = 257, m = 257;
	SID_NAME_USE use;
	if (LookupAccountSidW(NULL, sid, name, &n, domain, &m, &use))
		return oak_arena_printf(arena, "%s%s%s", oak_narrow(arena, domain), *domain ? "\\" : "", oak_narrow(arena, name));
	const char *shown = ConvertSidToStringSidW(sid, &text) ? oak_narrow(arena, text) : "somebody unknown";
	LocalFree(text);
	return shown;
}

/* The first entry of the list that lets somebody else change it; NULL = none. */
static PSID who_may_change(const struct walk *w, PACL list, DWORD change)
{
	for (DWORD i = 0; i < list->AceCount; i++) {
		void *entry;
		if (!GetAce(list, i, &entry))
			continue;
		const ACE_HEADER *head = entry;
		ACCESS_ALLOWED_ACE *allowed = entry;
		if (head->AceType != ACCESS_ALLOWED_ACE_TYPE || (head->AceFlags & INHERIT_ONLY_ACE))
			continue;
		if ((allowed->Mask & change) && !is_trusted(w, &allowed->SidStart))
			return &allowed->SidStart;
	}
	return NULL;
}

static int check_entry(const struct walk *w, const wchar_t *path, bool folder, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	PSECURITY_DESCRIPTOR descriptor = NULL;
	PSID owner = NULL;
	PACL list = NULL;
	const char *shown = oak_narrow(arena, path + (wcsncmp(path, L"\\\\?\\", 4) == 0 ? 4 : 0));
	DWORD code = GetNamedSecurityInfoW(path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL, &list,
					   NULL, &descriptor);
	int rc = 0;
	if (code != ERROR_SUCCESS) {
		bool absent = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
		return oak_fail(err, absent ? OAK_NOT_FOUND : OAK_DENIED, "file.open", (int)code, "cannot open '%s': %s", w->path,
				strerror(oak_errno_of_windows(code)));
	}
	PSID who = list ? who_may_change(w, list, folder ? change_folder : change_file) : NULL;
	if (!is_trusted(w, owner))
		rc = oak_fail(err, OAK_UNTRUSTED, "trust.owner", 0, "cannot trust '%s': '%s' belongs to %s (run 'takeown /a /f \"%s\"')", w->path,
			      shown, name_of(arena, owner), shown);
	else if (!list)
		rc = oak_fail(err, OAK_UNTRUSTED, "trust.writable", 0, "cannot trust '%s': '%s' has no access list, so everybody may change it",
			      w->path, shown);
	else if (who)
		rc = oak_fail(err, OAK_UNTRUSTED, "trust.writable", 0,
			      "cannot trust '%s': %s may change '%s' (run 'icacls \"%s\" /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F')",
			      w->path, name_of(arena, who), shown, shown);
	LocalFree(descriptor);
	return rc;
}

static TOKEN_USER *own_user(void)
{
	HANDLE token;
	DWORD size = 0;
	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return NULL;
	GetTokenInformation(token, TokenUser, NULL, 0, &size);
	TOKEN_USER *user = oak_alloc_zero(1, size ? size : 1);
	bool ok = size && GetTokenInformation(token, TokenUser, user, size, &size);
	CloseHandle(token);
	if (!ok) {
		free(user);
		return NULL;
	}
	return user;
}

/* Links and junctions on the way are followed by the file system itself: what is checked is where the name leads to. */
static wchar_t *final_path(const char *path, DWORD *ret_code)
{
	wchar_t *wide = oak_wide_path(path);
	HANDLE file = CreateFileW(wide, READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
				  FILE_FLAG_BACKUP_SEMANTICS, NULL);
	*ret_code = GetLastError();
	free(wide);
	if (file == INVALID_HANDLE_VALUE)
		return NULL;
	DWORD n = GetFinalPathNameByHandleW(file, NULL, 0, FILE_NAME_NORMALIZED);
	wchar_t *out = oak_alloc_zero((size_t)n + 1, sizeof(*out));
	GetFinalPathNameByHandleW(file, out, n, FILE_NAME_NORMALIZED);
	CloseHandle(file);
	return out;
}

int oak_trust_check(const char *path, struct oak_error *err)
{
	DWORD code;
	wchar_t *full = final_path(path, &code);
	if (!full) {
		bool absent = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
		return oak_fail(err, absent ? OAK_NOT_FOUND : OAK_DENIED, "file.open", (int)code, "cannot open '%s': %s", path,
				strerror(oak_errno_of_windows(code)));
	}
	struct walk w = {.path = path, .self = own_user()};
	int rc = check_entry(&w, full, false, err);
	/* up to, and with, the root of the drive: "\\?\C:\" */
	for (wchar_t *end = wcsrchr(full, L'\\'); rc == 0 && end && end > full + 4; end = wcsrchr(full, L'\\')) {
		bool drive = end[-1] == L':';
		end[drive ? 1 : 0] = L'\0';
		rc = check_entry(&w, full, true, err);
		if (drive)
			break;
	}
	free(w.self);
	free(full);
	return rc;
}
