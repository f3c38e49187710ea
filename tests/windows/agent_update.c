/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Updates of the scripted agent, and what hangs on them: identity, texts, categories, behaviour, collections. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

#define U (f->self->update)

static HRESULT flag(VARIANT_BOOL *ret, bool value)
{
	*ret = value ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT text(BSTR *ret, const char *value)
{
	*ret = *value ? wide(value) : NULL;
	return S_OK;
}

/* ------------------------------------------------------------------------------------------- strings: texts joined by newlines */

static HRESULT WINAPI strings_count(struct face *f, LONG *ret)
{
	*ret = f->self->count;
	return S_OK;
}

static HRESULT WINAPI strings_item(struct face *f, LONG index, BSTR *ret)
{
	if (index < 0 || index >= f->self->count)
		return (HRESULT)0x80240007;
	return text(ret, ((char(*)[TEXT])f->self->state)[index]);
}

static void strings_done(struct object *object)
{
	free(object->state);
}

static const struct method strings_methods[] = {{"get_Count", strings_count}, {"get_Item", strings_item}, {NULL, NULL}};
static struct class strings_class = {.versions = {"IStringCollection"}, .methods = strings_methods, .done = strings_done};

struct object *strings_new(void)
{
	return object_new(&strings_class);
}

void strings_add(struct object *list, const char *value)
{
	list->state = realloc(list->state, (size_t)(list->count + 1) * TEXT);
	snprintf(((char(*)[TEXT])list->state)[list->count++], TEXT, "%s", value);
}

static HRESULT give_strings(void **ret, char (*values)[TEXT], int n)
{
	struct object *list = strings_new();
	for (int i = 0; i < n; i++)
		strings_add(list, values[i]);
	return object_give(list, ret);
}

/* ------------------------------------------------------------------------------------------- identity */

static HRESULT WINAPI identity_id(struct face *f, BSTR *ret)
{
	return text(ret, U->id);
}

static HRESULT WINAPI identity_revision(struct face *f, LONG *ret)
{
	*ret = U->revision;
	return S_OK;
}

static const struct method identity_methods[] = {{"get_UpdateID", identity_id}, {"get_RevisionNumber", identity_revision}, {NULL, NULL}};
static struct class identity_class = {.versions = {"IUpdateIdentity"}, .methods = identity_methods};

struct object *identity_new(struct script_update *update)
{
	struct object *object = object_new(&identity_class);
	object->update = update;
	return object;
}

/* ------------------------------------------------------------------------------------------- categories: index 0 class, 1 product, 2 family */

static HRESULT WINAPI category_name(struct face *f, BSTR *ret)
{
	const char *const names[] = {"its name in some language", U->product, U->family};
	return text(ret, names[f->self->index]);
}

static HRESULT WINAPI category_id(struct face *f, BSTR *ret)
{
	const char *const ids[] = {U->classification, "569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5", "6964aab4-c5b5-43bd-a17d-ffb4346a8e1d"};
	return text(ret, ids[f->self->index]);
}

static HRESULT WINAPI category_type(struct face *f, BSTR *ret)
{
	static const char *const types[] = {"UpdateClassification", "Product", "ProductFamily"};
	return text(ret, types[f->self->index]);
}

static struct object *category_new(struct script_update *update, int index);

static HRESULT WINAPI category_parent(struct face *f, void **ret)
{
	*ret = NULL;
	return f->self->index == 1 && *U->family ? object_give(category_new(U, 2), ret) : S_OK;
}

static const struct method category_methods[] = {{"get_Name", category_name}, {"get_CategoryID", category_id}, {"get_Type", category_type},
						 {"get_Parent", category_parent}, {NULL, NULL}};
static struct class category_class = {.versions = {"ICategory"}, .methods = category_methods};

static struct object *category_new(struct script_update *update, int index)
{
	struct object *object = object_new(&category_class);
	object->update = update;
	object->index = index;
	return object;
}

static HRESULT WINAPI categories_count(struct face *f, LONG *ret)
{
	*ret = *U->product ? 2 : 1;
	return S_OK;
}

static HRESULT WINAPI categories_item(struct face *f, LONG index, void **ret)
{
	return object_give(category_new(U, index), ret);
}

static const struct method categories_methods[] = {{"get_Count", categories_count}, {"get_Item", categories_item}, {NULL, NULL}};
static struct class categories_class = {.versions = {"ICategoryCollection"}, .methods = categories_methods};

/* ------------------------------------------------------------------------------------------- behaviour */

static HRESULT WINAPI behaviour_asks(struct face *f, VARIANT_BOOL *ret)
{
	return flag(ret, U->asks);
}

static HRESULT WINAPI behaviour_reboot(struct face *f, int *ret)
{
	*ret = U->reboot_behaviour;
	return S_OK;
}

static const struct method behaviour_methods[] = {{"get_CanRequestUserInput", behaviour_asks}, {"get_RebootBehavior", behaviour_reboot}, {NULL, NULL}};
static struct class behaviour_class = {.versions = {"IInstallationBehavior"}, .methods = behaviour_methods};

/* ------------------------------------------------------------------------------------------- the update itself */

#define TEXT_GETTER(name, field)                                                                             \
	static HRESULT WINAPI update_##name(struct face *f, BSTR *ret) { return text(ret, U->field); }
#define FLAG_GETTER(name, value)                                                                             \
	static HRESULT WINAPI update_##name(struct face *f, VARIANT_BOOL *ret) { return flag(ret, value); }
TEXT_GETTER(title, title)
TEXT_GETTER(severity, severity)
FLAG_GETTER(installed, U->installed)
FLAG_GETTER(hidden, U->hidden)
FLAG_GETTER(downloaded, U->downloaded)
FLAG_GETTER(uninstallable, U->uninstallable)
FLAG_GETTER(eula_accepted, !U->eula || U->eula_accepted)
FLAG_GETTER(reboot_required, U->done_waiting)
FLAG_GETTER(browse_only, U->reboot_behaviour < 0)

static HRESULT WINAPI update_eula_text(struct face *f, BSTR *ret)
{
	return text(ret, U->eula ? "You may use it." : "");
}

static HRESULT WINAPI update_accept(struct face *f)
{
	logf_("AcceptEula %s", U->kb);
	U->eula_accepted = true;
	script_save_state();
	return S_OK;
}

static HRESULT WINAPI update_identity(struct face *f, void **ret)
{
	return object_give(identity_new(U), ret);
}

static HRESULT WINAPI update_date(struct face *f, DATE *ret)
{
	*ret = U->date;
	return S_OK;
}

static HRESULT WINAPI update_size(struct face *f, DECIMAL *ret)
{
	return VarDecFromI8(U->size, ret);
}

static HRESULT WINAPI update_kbs(struct face *f, void **ret)
{
	return give_strings(ret, &U->kb, *U->kb ? 1 : 0);
}

static HRESULT WINAPI update_bulletins(struct face *f, void **ret)
{
	return give_strings(ret, &U->bulletin, *U->bulletin ? 1 : 0);
}

static HRESULT WINAPI update_supersedes(struct face *f, void **ret)
{
	return give_strings(ret, U->supersedes, U->supersedes_count);
}

static HRESULT WINAPI update_cves(struct face *f, void **ret)
{
	return give_strings(ret, U->cves, U->cve_count);
}

static HRESULT WINAPI update_categories(struct face *f, void **ret)
{
	struct object *list = object_new(&categories_class);
	list->update = U;
	return object_give(list, ret);
}

static HRESULT WINAPI update_behaviour(struct face *f, void **ret)
{
	struct object *behaviour = object_new(&behaviour_class);
	behaviour->update = U;
	return object_give(behaviour, ret);
}

/* One part, which says what the bundle does not. It lives as long as the bundle's object. */
static HRESULT WINAPI update_bundled(struct face *f, void **ret)
{
	struct object *list = updates_new();
	if (*U->bundled_kb || *U->bundled_cve) {
		struct script_update *part = f->self->state = realloc(f->self->state, sizeof(*part));
		*part = (struct script_update){.cve_count = *U->bundled_cve ? 1 : 0};
		snprintf(part->kb, TEXT, "%s", U->bundled_kb);
		snprintf(part->cves[0], TEXT, "%s", U->bundled_cve);
		updates_add(list, part);
	}
	return object_give(list, ret);
}

static void update_done(struct object *object)
{
	free(object->state);
}

static const struct method update_methods[] = {
	{"get_Title", update_title},
	{"get_MsrcSeverity", update_severity},
	{"get_IsInstalled", update_installed},
	{"get_IsHidden", update_hidden},
	{"get_IsDownloaded", update_downloaded},
	{"get_IsUninstallable", update_uninstallable},
	{"get_EulaAccepted", update_eula_accepted},
	{"get_EulaText", update_eula_text},
	{"AcceptEula", update_accept},
	{"get_Identity", update_identity},
	{"get_LastDeploymentChangeTime", update_date},
	{"get_MaxDownloadSize", update_size},
	{"get_KBArticleIDs", update_kbs},
	{"get_SecurityBulletinIDs", update_bulletins},
	{"get_SupersededUpdateIDs", update_supersedes},
	{"get_Categories", update_categories},
	{"get_InstallationBehavior", update_behaviour},
	{"get_BundledUpdates", update_bundled},
	{"get_RebootRequired", update_reboot_required},
	{"get_CveIDs", update_cves},
	{"get_BrowseOnly", update_browse_only},
	{NULL, NULL},
};
static struct class update_class = {.versions = {"IUpdate", "IUpdate2", "IUpdate3", "IUpdate4", "IUpdate5"}, .methods = update_methods, .done = update_done};

struct object *update_new(struct script_update *update)
{
	struct object *object = object_new(&update_class);
	object->update = update;
	return object;
}

/* ------------------------------------------------------------------------------------------- collections of updates */

static HRESULT WINAPI updates_count(struct face *f, LONG *ret)
{
	*ret = f->self->count;
	return S_OK;
}

static HRESULT WINAPI updates_item(struct face *f, LONG index, void **ret)
{
	struct script_update **list = f->self->state;
	if (index < 0 || index >= f->self->count)
		return (HRESULT)0x80240007;
	return object_give(update_new(list[index]), ret);
}

static HRESULT WINAPI updates_add_one(struct face *f, void *update, LONG *ret)
{
	updates_add(f->self, object_of(update)->update);
	*ret = f->self->count - 1;
	return S_OK;
}

static const struct method updates_methods[] = {{"get_Count", updates_count}, {"get_Item", updates_item}, {"Add", updates_add_one}, {NULL, NULL}};
static struct class updates_class = {.versions = {"IUpdateCollection"}, .methods = updates_methods, .done = strings_done};

struct object *updates_new(void)
{
	return object_new(&updates_class);
}

void updates_add(struct object *collection, struct script_update *update)
{
	struct script_update **list = realloc(collection->state, (size_t)(collection->count + 1) * sizeof(*list));
	list[collection->count++] = update;
	collection->state = list;
}

const char *names_of(struct object *collection, char *out, size_t size)
{
	struct script_update **list = collection->state;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < collection->count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", *list[i]->kb ? list[i]->kb : list[i]->id);
	return out;
}

/* ------------------------------------------------------------------------------------------- history: what was installed here */

static struct script_update *event(int index)
{
	for (int i = 0; i < script.count; i++)
		if (script.updates[i].done_at > 0 && index-- == 0)
			return &script.updates[i];
	return NULL;
}

int history_count(void)
{
	int n = 0;
	while (event(n))
		n++;
	return n;
}

static HRESULT WINAPI entry_number(struct face *f, LONG *ret)
{
	(void)f;
	*ret = 0;
	return S_OK;
}

static HRESULT WINAPI entry_operation(struct face *f, LONG *ret)
{
	(void)f;
	*ret = 1; /* installation */
	return S_OK;
}

static HRESULT WINAPI entry_result(struct face *f, LONG *ret)
{
	(void)f;
	*ret = 2; /* succeeded */
	return S_OK;
}

static HRESULT WINAPI entry_date(struct face *f, DATE *ret)
{
	*ret = U->done_at;
	return S_OK;
}

static const struct method entry_methods[] = {{"get_Operation", entry_operation}, {"get_ResultCode", entry_result}, {"get_HResult", entry_number},
					      {"get_Date", entry_date}, {"get_UpdateIdentity", update_identity}, {NULL, NULL}};
static struct class entry_class = {.versions = {"IUpdateHistoryEntry"}, .methods = entry_methods};

static HRESULT WINAPI history_item(struct face *f, LONG index, void **ret)
{
	struct object *entry = object_new(&entry_class);
	(void)f;
	entry->update = event(index);
	return object_give(entry, ret);
}

static HRESULT WINAPI history_entries(struct face *f, LONG *ret)
{
	(void)f;
	*ret = history_count();
	return S_OK;
}

static const struct method history_methods[] = {{"get_Count", history_entries}, {"get_Item", history_item}, {NULL, NULL}};
static struct class history_class = {.versions = {"IUpdateHistoryEntryCollection"}, .methods = history_methods};

struct object *history_new(void)
{
	return object_new(&history_class);
}
