/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects whose tables are laid out by published.h: one pointer a version, slots behind the version are traps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "published.h"

enum { DISPATCH_SLOTS = 7, TRAPS = 16, NAME = 64 };

static LONG alive;

LONG objects_alive(void)
{
	return alive;
}

BSTR wide(const char *text)
{
	int n = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	BSTR out = SysAllocStringLen(NULL, (UINT)(n - 1));
	MultiByteToWideChar(CP_UTF8, 0, text, -1, out, n);
	return out;
}

char *narrow(BSTR text, char *out, size_t size)
{
	out[0] = '\0';
	if (text)
		WideCharToMultiByte(CP_UTF8, 0, text, -1, out, (int)size, NULL, NULL);
	return out;
}

static const struct published *find(const char *name)
{
	for (int i = 0; i < PUBLISHED_COUNT; i++)
		if (strcmp(published[i].name, name) == 0)
			return &published[i];
	logf_("ERROR %s is not published", name);
	abort();
}

static bool same_iid(const char *text, const IID *iid)
{
	wchar_t braces[64];
	IID parsed;
	swprintf(braces, 64, L"{%hs}", text);
	return SUCCEEDED(IIDFromString(braces, &parsed)) && IsEqualIID(&parsed, iid);
}

/* ------------------------------------------------------------------------------------------- IUnknown, IDispatch */

static HRESULT WINAPI query(struct face *f, const IID *iid, void **ret)
{
	return object_query(f->self, iid, ret);
}

static ULONG WINAPI keep(struct face *f)
{
	return (ULONG)InterlockedIncrement(&f->self->refs);
}

static ULONG WINAPI drop(struct face *f)
{
	LONG left = f->self->refs - 1;
	object_drop(f->self);
	return (ULONG)left;
}

static HRESULT WINAPI missing(struct face *f)
{
	logf_("ERROR a method of %s that the script does not know was called", f->self->class->versions[0]);
	return E_NOTIMPL;
}

static HRESULT WINAPI trap(struct face *f)
{
	logf_("ERROR a slot behind the granted version of %s was called", f->self->class->versions[0]);
	return E_UNEXPECTED;
}

HRESULT object_query(struct object *object, const IID *iid, void **ret)
{
	int version = -1;
	*ret = NULL;
	if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IDispatch))
		version = 0;
	for (int i = 0; version < 0 && i < VERSIONS && object->class->versions[i]; i++)
		if (same_iid(find(object->class->versions[i])->iid, iid))
			version = i;
	if (version < 0 || version >= script.versions)
		return E_NOINTERFACE;
	InterlockedIncrement(&object->refs);
	*ret = &object->faces[version];
	return S_OK;
}

/* ------------------------------------------------------------------------------------------- tables */

static void *function_of(const struct class *class, const char *name)
{
	for (const struct method *m = class->methods; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m->function;
	return (void *)missing;
}

static int count_words(const char *text)
{
	int n = 0;
	for (const char *p = text; *p; p++)
		n += p == text || p[-1] == ' ';
	return n;
}

/* Methods of INTERFACE and of what it stands on; returns the number of slots. */
static int fill(const struct class *class, const struct published *row, void **table)
{
	char name[NAME];
	int slot = DISPATCH_SLOTS, used;
	if (strcmp(row->base, "IDispatch") != 0)
		slot = fill(class, find(row->base), table);
	for (const char *p = row->methods; sscanf(p, " %63s%n", name, &used) == 1; p += used)
		table[slot++] = function_of(class, name);
	return slot;
}

static void **build(const struct class *class, const char *version)
{
	const struct published *row = find(version);
	int slots = DISPATCH_SLOTS;
	for (const struct published *r = row;; r = find(r->base)) {
		slots += count_words(r->methods);
		if (strcmp(r->base, "IDispatch") == 0)
			break;
	}
	void **table = calloc((size_t)slots + TRAPS, sizeof(*table));
	for (int i = 0; i < slots + TRAPS; i++)
		table[i] = i < DISPATCH_SLOTS ? (void *)missing : (void *)trap;
	table[0] = (void *)query;
	table[1] = (void *)keep;
	table[2] = (void *)drop;
	if (fill(class, row, table) != slots)
		abort();
	return table;
}

struct object *object_new(struct class *class)
{
	struct object *object = calloc(1, sizeof(*object));
	for (int i = 0; i < VERSIONS && class->versions[i]; i++) {
		if (!class->tables[i])
			class->tables[i] = build(class, class->versions[i]);
		object->faces[i] = (struct face){class->tables[i], object};
	}
	object->class = class;
	object->refs = 1;
	InterlockedIncrement(&alive);
	return object;
}

struct object *object_keep(struct object *object)
{
	InterlockedIncrement(&object->refs);
	return object;
}

void object_drop(struct object *object)
{
	if (!object || InterlockedDecrement(&object->refs) > 0)
		return;
	if (object->class->done)
		object->class->done(object);
	object_drop(object->other);
	object_drop(object->list);
	if (object->callback)
		object->callback->lpVtbl->Release(object->callback);
	SysFreeString(object->text);
	free(object->items);
	free(object);
	InterlockedDecrement(&alive);
}

HRESULT object_give(struct object *object, void **ret)
{
	*ret = &object->faces[0];
	return S_OK;
}

struct object *object_of(void *interface_pointer)
{
	return interface_pointer ? ((struct face *)interface_pointer)->self : NULL;
}

/* ------------------------------------------------------------------------------------------- jobs */

struct start {
	struct object *job;
	void (*work)(struct object *job);
};

/* The callback's own interface is asked for, as the agent does; Invoke is its fourth slot. */
static void call_back(struct object *job)
{
	static const char *const names[] = {"ISearchCompletedCallback", "IDownloadCompletedCallback", "IInstallationCompletedCallback"};
	for (size_t i = 0; job->callback && i < sizeof(names) / sizeof(*names); i++) {
		wchar_t braces[64];
		IID iid;
		void *callback = NULL;
		swprintf(braces, 64, L"{%hs}", find(names[i])->iid);
		IIDFromString(braces, &iid);
		if (names[i][1] != job->class->versions[0][1] || FAILED(job->callback->lpVtbl->QueryInterface(job->callback, &iid, &callback)))
			continue;
		HRESULT(WINAPI * invoke)(void *, void *, void *) = (HRESULT(WINAPI *)(void *, void *, void *))(*(void ***)callback)[3];
		invoke(callback, &job->faces[0], NULL);
		((IUnknown *)callback)->lpVtbl->Release(callback);
	}
}

static DWORD WINAPI job_thread(void *arg)
{
	struct start *start = arg;
	start->work(start->job);
	InterlockedExchange(&start->job->ended, 1);
	call_back(start->job);
	object_drop(start->job);
	free(start);
	return 0;
}

void job_start(struct object *job, void (*work)(struct object *job))
{
	struct start *start = calloc(1, sizeof(*start));
	*start = (struct start){object_keep(job), work};
	job->thread = CreateThread(NULL, 0, job_thread, start, 0, NULL);
}

HRESULT WINAPI job_state(struct face *f, VARIANT *ret)
{
	(void)f;
	VariantInit(ret);
	return S_OK;
}

HRESULT WINAPI job_completed(struct face *f, VARIANT_BOOL *ret)
{
	*ret = f->self->ended ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

HRESULT WINAPI job_clean(struct face *f)
{
	logf_("CleanUp %s", f->self->class->versions[0]);
	return S_OK;
}

HRESULT WINAPI job_abort(struct face *f)
{
	logf_("RequestAbort %s", f->self->class->versions[0]);
	InterlockedExchange(&f->self->aborted, 1);
	return S_OK;
}

void job_done(struct object *job)
{
	if (job->thread)
		CloseHandle(job->thread);
}
