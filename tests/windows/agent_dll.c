/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DLL: a class factory for each class that can be created, registered under the agent's own class ids. */
#include <stdio.h>
#include <string.h>

#include "agent.h"
#include "published.h"

static struct object *updates_made(void)
{
	return updates_new();
}

static struct object *(*const makers[])(void) = {session_new, services_new, updates_made, system_new, automatic_new};

struct factory {
	const IClassFactoryVtbl *table;
	int class;
};

static HRESULT WINAPI query(IClassFactory *self, REFIID iid, void **ret)
{
	*ret = IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IClassFactory) ? self : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI count(IClassFactory *self)
{
	(void)self;
	return 1; /* static: never freed */
}

static HRESULT WINAPI create(IClassFactory *self, IUnknown *outer, REFIID iid, void **ret)
{
	int class = ((struct factory *)self)->class;
	*ret = NULL;
	if (outer)
		return CLASS_E_NOAGGREGATION;
	if (class == 0 && FAILED(script.session))
		return script.session;
	struct object *object = makers[class]();
	HRESULT hr = object_query(object, iid, ret);
	object_drop(object);
	return hr;
}

static HRESULT WINAPI lock(IClassFactory *self, BOOL value)
{
	(void)self;
	(void)value;
	return S_OK;
}

static const IClassFactoryVtbl table = {query, count, count, create, lock};
static struct factory factories[sizeof(makers) / sizeof(*makers)];

/* CoUninitialize unloads every library, also one whose jobs have their last instructions to go: this one stays. */
static void stay(void)
{
	HMODULE self;
	GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCWSTR)(void *)&table, &self);
}

HRESULT WINAPI DllGetClassObject(REFCLSID clsid, REFIID iid, void **ret)
{
	*ret = NULL;
	stay();
	for (int i = 0; i < (int)(sizeof(published_classes) / sizeof(*published_classes)); i++) {
		wchar_t braces[64];
		CLSID known;
		swprintf(braces, 64, L"{%hs}", published_classes[i].clsid);
		if (FAILED(CLSIDFromString(braces, &known)) || !IsEqualCLSID(&known, clsid))
			continue;
		factories[i] = (struct factory){&table, i};
		return query((IClassFactory *)&factories[i], iid, ret);
	}
	return CLASS_E_CLASSNOTAVAILABLE;
}

HRESULT WINAPI DllCanUnloadNow(void)
{
	return S_FALSE;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved)
{
	(void)self;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH)
		script_load();
	if (reason == DLL_PROCESS_DETACH)
		logf_("end, %ld objects alive", (long)objects_alive());
	return TRUE;
}
