/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 and the wide characters of Windows, and its error codes as errno. Windows only. */
#ifndef OAK_CORE_WINDOWS_TEXT_H
#define OAK_CORE_WINDOWS_TEXT_H

#include <stddef.h>

#include "core/mem.h"

/* TEXT as wide characters, to be freed; NULL gives NULL. Bytes that are no UTF-8 become U+FFFD. */
wchar_t *oak_wide(const char *text);
/* The same for a path: backslashes, and absolute with the prefix that lifts the limit of 260 characters where it is near.
 * "/" is the system's drive, whatever the current one is. */
wchar_t *oak_wide_path(const char *path);
/* Wide text as UTF-8 in ARENA; NULL gives NULL. */
char *oak_narrow(struct oak_arena *arena, const wchar_t *text);

/* The errno that means the same as this error of Windows; EIO where none does. */
int oak_errno_of_windows(unsigned long code);

#endif
