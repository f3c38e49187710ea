/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scripted Windows Update Agent for tests: its model, its objects, its log. Written from published.h alone. */
#ifndef OAK_TESTS_WINDOWS_AGENT_H
#define OAK_TESTS_WINDOWS_AGENT_H

#include <windows.h>

#include <oleauto.h>
#include <stdbool.h>

/* ---- the script: %OAKUM_TEST_AGENT% names it; FILE.log and FILE.state lie beside it ---- */

enum { TEXT = 256, LIST = 8, UPDATES = 64, NEVER_ENDS = 1 };

struct script_update {
	char id[TEXT], kb[TEXT], title[TEXT], severity[TEXT], classification[TEXT], product[TEXT], family[TEXT], bulletin[TEXT], source[TEXT];
	char cves[LIST][TEXT], supersedes[LIST][TEXT], bundled_kb[TEXT], bundled_cve[TEXT];
	int cve_count, supersedes_count, revision, reboot_behaviour;
	double date;
	long long size;
	bool installed, hidden, eula, asks, uninstallable, needs_reboot;
	HRESULT install, download; /* S_OK, or what it fails with */
	/* state, kept in FILE.state */
	bool downloaded, eula_accepted, done_waiting; /* done_waiting: installed, a boot must complete it */
	double done_at;
};

struct script {
	int versions;        /* highest version of any interface that QueryInterface grants */
	HRESULT search;      /* S_OK, an error, or NEVER_ENDS */
	bool search_fails;   /* it ends, with result code "failed" and a warning that has SEARCH's code */
	HRESULT warning;     /* ends "with errors", and this one as a warning */
	HRESULT session, catalog, install_begin;
	bool busy, reboot_first, reboot, managed, never_downloads, hangs; /* hangs: a call that never comes back */
	double last_search;
	struct script_update updates[UPDATES];
	int count;
};

extern struct script script;
void script_load(void);
void script_save_state(void);
double script_now(void); /* as a DATE */
void logf_(const char *format, ...) __attribute__((format(__gnu_printf__, 1, 2)));

/* ---- objects ---- */

enum { VERSIONS = 5 };

struct object;
/* What an interface pointer points to: the table of one version. */
struct face {
	void **table;
	struct object *self;
};

struct method {
	const char *name;
	void *function;
};

struct class {
	const char *versions[VERSIONS + 1]; /* names in published.h, oldest first */
	const struct method *methods;       /* ended by a NULL name; all others are answered with E_NOTIMPL and a line in the log */
	void (*done)(struct object *object);
	void **tables[VERSIONS];            /* built when first needed */
};

struct object {
	struct face faces[VERSIONS];
	struct class *class;
	LONG refs;
	/* whatever the class needs */
	int index, count, *items;
	struct script_update *update;
	struct object *other, *list;
	IUnknown *callback;
	HANDLE thread;
	HRESULT result;
	volatile LONG ended, aborted;
	BSTR text;
	char service[TEXT];
	bool online, superseded, quiet;
	int selection;
	void *state;
};

struct object *object_new(struct class *class);
struct object *object_keep(struct object *object);
void object_drop(struct object *object);
/* Hand it out: its first version; the caller owns one reference. */
HRESULT object_give(struct object *object, void **ret);
HRESULT object_query(struct object *object, const IID *iid, void **ret);
struct object *object_of(void *interface_pointer); /* of one of ours */
BSTR wide(const char *text);
char *narrow(BSTR text, char *out, size_t size);
LONG objects_alive(void);

/* constructors */
struct object *session_new(void);
struct object *searcher_new(void);
struct object *services_new(void);
struct object *system_new(void);
struct object *automatic_new(void);
struct object *downloader_new(void);
struct object *installer_new(void);
struct object *update_new(struct script_update *update);
struct object *updates_new(void);           /* an empty collection */
void updates_add(struct object *collection, struct script_update *update);
struct object *strings_new(void);
void strings_add(struct object *collection, const char *text);
struct object *identity_new(struct script_update *update);
struct object *history_new(void);
int history_count(void);

/* Run WORK in a thread, then mark JOB as ended and call its callback's Invoke. */
void job_start(struct object *job, void (*work)(struct object *job));
HRESULT WINAPI job_state(struct face *f, VARIANT *ret);
HRESULT WINAPI job_completed(struct face *f, VARIANT_BOOL *ret);
HRESULT WINAPI job_clean(struct face *f);
HRESULT WINAPI job_abort(struct face *f);
void job_done(struct object *job);

/* Names in a log line: "KB1 KB2". */
const char *names_of(struct object *collection, char *out, size_t size);

#endif
