/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script's end means, and its words. */
#include <string.h>

#include "core/exec.h"
#include "core/str.h"
#include "distributor/package/script.h"

#ifdef _WIN32
enum { REBOOT = OAK_SCRIPT_REBOOT_WINDOWS };
#else
enum { REBOOT = OAK_SCRIPT_REBOOT };
#endif

/* What a terminal could be harmed by, and what JSON cannot carry, becomes '?'. */
const char *oak_script_output(struct oak_arena *arena, const struct oak_buf *buf)
{
	if (!buf->n)
		return NULL;
	char *text = oak_arena_strndup(arena, buf->p, buf->n), *to = text;
	for (const char *from = text; *from; from++)
		if (from[0] != '\r' || from[1] != '\n') /* lines of Windows programs */
			*to++ = *from;
	*to = '\0';
	bool utf8 = oak_utf8_check(text, strlen(text));
	for (unsigned char *p = (unsigned char *)text; *p; p++)
		if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f || (*p >= 0x80 && !utf8))
			*p = '?';
	return text;
}

void oak_script_judge(struct oak_arena *arena, const struct oak_exec_result *r, int64_t timeout_s, struct oak_script_result *ret)
{
	ret->code = r->code;
	ret->timed_out = r->timed_out;
	ret->reboot = r->code == REBOOT && !r->timed_out;
	if (r->timed_out)
		ret->detail = oak_arena_printf(arena, "it did not end within %lld s and was ended with all its children (E_TIMEOUT)", (long long)timeout_s);
	else if (r->signal)
		ret->detail = oak_arena_printf(arena, "it was ended by signal %d (E_SIGNAL)", r->signal);
	else if (r->code != 0 && !ret->reboot)
		ret->detail = oak_arena_printf(arena, "it ended with exit code %d (E_EXIT)", r->code);
}
