/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handling of COM objects: texts, numbers, releasing, and waiting for what the update agent does in the background. */
#ifndef OAK_SCANNERS_WUA_WUA_COM_WIN32_H
#define OAK_SCANNERS_WUA_WUA_COM_WIN32_H

#include "core/mem.h"
#include "core/time.h"
#include "scanners/wua/wua_api_win32.h"
#include "scanners/wua/wua_record.h"

/* Release *POINTER, whatever interface it is; for OAK_AUTO. */
void oak_com_release(void *pointer);

/* UTF-8 to BSTR (free with SysFreeString, or OAK_AUTO(oak_com_bstr_free)) and back; the second frees BSTR. NULL, "" give NULL. */
BSTR oak_com_bstr(const char *text);
void oak_com_bstr_free(BSTR *text);
const char *oak_com_take(struct oak_arena *arena, BSTR text);

/* Properties, with what a failing getter counts as: NULL, false, 0. */
#define OAK_COM_TEXT(arena, object, method)                                                                  \
	({                                                                                                   \
		BSTR oak_bstr_ = NULL;                                                                       \
		SUCCEEDED((object)->lpVtbl->method((object), &oak_bstr_)) ? oak_com_take((arena), oak_bstr_) : NULL; \
	})
#define OAK_COM_BOOL(object, method)                                                                         \
	({                                                                                                   \
		VARIANT_BOOL oak_bool_ = VARIANT_FALSE;                                                      \
		SUCCEEDED((object)->lpVtbl->method((object), &oak_bool_)) && oak_bool_ != VARIANT_FALSE;     \
	})
#define OAK_COM_NUMBER(type, object, method)                                                                 \
	({                                                                                                   \
		type oak_number_ = 0;                                                                        \
		SUCCEEDED((object)->lpVtbl->method((object), &oak_number_)) ? oak_number_ : (type)0;         \
	})

/* All of a collection of strings; releases it. NULL allowed. */
void oak_com_texts(struct oak_arena *arena, IStringCollection *collection, oak_wua_texts *ret);

/* The later version IID of OBJECT, or NULL where the agent is older; release it. */
void *oak_com_as(void *object, const IID *iid);

/* What the agent calls when a job has ended: sets an event that a waiter looks at. */
struct oak_com_signal;
struct oak_com_signal *oak_com_signal_new(void);
IUnknown *oak_com_signal_unknown(struct oak_com_signal *signal); /* borrowed */
void oak_com_signal_free(struct oak_com_signal *signal);
OAK_DEFINE_AUTO(oak_com_signal_free, struct oak_com_signal *);

/* Wait until the job has ended: 0, or -1 after LIMIT_MS (0 = none) or once *STOP is set. ON_TICK runs about ten times a second.
 * ENDED asks the job itself, in case the agent never calls. */
struct oak_com_wait {
	struct oak_com_signal *signal;
	void *job;
	bool (*ended)(void *job);
	int64_t limit_ms;
	const volatile int *stop;
	void (*on_tick)(void *arg);
	void *arg;
};
int oak_com_wait(const struct oak_com_wait *wait, bool *ret_stopped);

#endif
