/* SPDX-License-Identifier: GPL-3.0-or-later */
/* COM in C: the few helpers that keep the rest readable. */
#include "scanners/wua/wua_com_win32.h"

#include <stdlib.h>

enum { TEXTS_MAX = 100000, TICK_MS = 100 };

void oak_com_release(void *pointer)
{
	IUnknown **object = pointer;
	if (*object)
		(*object)->lpVtbl->Release(*object);
	*object = NULL;
}

BSTR oak_com_bstr(const char *text)
{
	int n = text ? MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0) : 0;
	BSTR bstr = n > 0 ? SysAllocStringLen(NULL, (UINT)n - 1) : NULL;
	if (bstr)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, bstr, n);
	return bstr;
}

void oak_com_bstr_free(BSTR *text)
{
	SysFreeString(*text);
	*text = NULL;
}

const char *oak_com_take(struct oak_arena *arena, BSTR text)
{
	int wide = text ? (int)SysStringLen(text) : 0;
	int n = wide ? WideCharToMultiByte(CP_UTF8, 0, text, wide, NULL, 0, NULL, NULL) : 0;
	char *out = NULL;
	if (n > 0) {
		out = oak_arena_alloc(arena, (size_t)n + 1);
		WideCharToMultiByte(CP_UTF8, 0, text, wide, out, n, NULL, NULL);
		out[n] = '\0';
	}
	SysFreeString(text);
	return out;
}

void oak_com_texts(struct oak_arena *arena, IStringCollection *collection, oak_wua_texts *ret)
{
	LONG n = collection ? OAK_COM_NUMBER(LONG, collection, get_Count) : 0;
	for (LONG i = 0; i < n && i < TEXTS_MAX; i++) {
		BSTR item = NULL;
		if (FAILED(collection->lpVtbl->get_Item(collection, i, &item)))
			continue;
		const char *text = oak_com_take(arena, item);
		if (text)
			*oak_push(arena, ret) = text;
	}
	oak_com_release(&collection);
}

void *oak_com_as(void *object, const IID *iid)
{
	IUnknown *unknown = object;
	void *later = NULL;
	return unknown && SUCCEEDED(unknown->lpVtbl->QueryInterface(unknown, iid, &later)) ? later : NULL;
}

/* ------------------------------------------------------------------------------------------- callbacks */

struct oak_com_signal {
	const struct oak_wua_callback_vtbl *vtbl;
	LONG refs; /* the agent may keep one longer than we wait */
	HANDLE event;
};

static HRESULT STDMETHODCALLTYPE signal_query(void *self, REFIID iid, void **ret)
{
	const IID *const known[] = {&IID_IUnknown, &oak_iid_search_completed, &oak_iid_download_completed, &oak_iid_download_progress,
				    &oak_iid_installation_completed, &oak_iid_installation_progress};
	struct oak_com_signal *signal = self;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (IsEqualIID(iid, known[i])) {
			InterlockedIncrement(&signal->refs);
			*ret = self;
			return S_OK;
		}
	*ret = NULL;
	return E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE signal_add(void *self)
{
	struct oak_com_signal *signal = self;
	return (ULONG)InterlockedIncrement(&signal->refs);
}

static ULONG STDMETHODCALLTYPE signal_release(void *self)
{
	struct oak_com_signal *signal = self;
	LONG left = InterlockedDecrement(&signal->refs);
	if (left == 0) {
		if (signal->event)
			CloseHandle(signal->event);
		free(signal);
	}
	return (ULONG)left;
}

/* Progress and completion alike: the waiter asks the job what it is. */
static HRESULT STDMETHODCALLTYPE signal_invoke(void *self, void *job, void *args)
{
	struct oak_com_signal *signal = self;
	(void)job;
	(void)args;
	SetEvent(signal->event);
	return S_OK;
}

static const struct oak_wua_callback_vtbl signal_vtbl = {signal_query, signal_add, signal_release, signal_invoke};

struct oak_com_signal *oak_com_signal_new(void)
{
	struct oak_com_signal *signal = oak_alloc_zero(1, sizeof(*signal));
	*signal = (struct oak_com_signal){&signal_vtbl, 1, CreateEventW(NULL, FALSE, FALSE, NULL)};
	return signal;
}

IUnknown *oak_com_signal_unknown(struct oak_com_signal *signal)
{
	return (IUnknown *)signal;
}

void oak_com_signal_free(struct oak_com_signal *signal)
{
	if (signal)
		signal_release(signal);
}

int oak_com_wait(const struct oak_com_wait *wait, bool *ret_stopped)
{
	ULONGLONG began = GetTickCount64();
	*ret_stopped = false;
	while (!wait->ended(wait->job)) {
		*ret_stopped = wait->stop && *wait->stop;
		if (*ret_stopped || (wait->limit_ms > 0 && (int64_t)(GetTickCount64() - began) >= wait->limit_ms))
			return -1;
		WaitForSingleObject(wait->signal->event, TICK_MS);
		if (wait->on_tick)
			wait->on_tick(wait->arg);
	}
	return 0;
}
