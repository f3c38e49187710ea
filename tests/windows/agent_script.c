/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the script and the state between processes; writing the log. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

struct script script;
static char path[1024];

static const char *beside(const char *suffix, char *out, size_t size)
{
	snprintf(out, size, "%s%s", path, suffix);
	return out;
}

void logf_(const char *format, ...)
{
	char name[1100], line[2048];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line, sizeof(line) - 2, format, args);
	va_end(args);
	if (n < 0 || !*path)
		return;
	n = n > (int)sizeof(line) - 2 ? (int)sizeof(line) - 2 : n;
	line[n++] = '\n';
	HANDLE file = CreateFileA(beside(".log", name, sizeof(name)), FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
	DWORD written;
	if (file != INVALID_HANDLE_VALUE) {
		WriteFile(file, line, (DWORD)n, &written, NULL);
		CloseHandle(file);
	}
}

double script_now(void)
{
	SYSTEMTIME now;
	double date = 0;
	GetSystemTime(&now);
	SystemTimeToVariantTime(&now, &date);
	return date;
}

static double date_of(const char *text)
{
	SYSTEMTIME t = {0};
	int y = 0, m = 0, d = 0, hour = 0, minute = 0;
	double date = 0;
	sscanf(text, "%d-%d-%dT%d:%d", &y, &m, &d, &hour, &minute);
	t.wYear = (WORD)y;
	t.wMonth = (WORD)m;
	t.wDay = (WORD)d;
	t.wHour = (WORD)hour;
	t.wMinute = (WORD)minute;
	SystemTimeToVariantTime(&t, &date);
	return date;
}

static HRESULT code_of(const char *text)
{
	return (HRESULT)strtoul(text, NULL, 16);
}

static bool yes(const char *text)
{
	return strcmp(text, "yes") == 0;
}

static void agent_key(const char *key, const char *value)
{
	const struct {
		const char *key;
		bool *flag;
	} flags[] = {{"busy", &script.busy}, {"reboot-first", &script.reboot_first}, {"reboot", &script.reboot}, {"managed", &script.managed},
		     {"search-fails", &script.search_fails}, {"never-downloads", &script.never_downloads}, {"hangs", &script.hangs}};
	const struct {
		const char *key;
		HRESULT *code;
	} codes[] = {{"search", &script.search}, {"warning", &script.warning}, {"session", &script.session}, {"catalog", &script.catalog},
		     {"install-begin", &script.install_begin}};
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (strcmp(key, flags[i].key) == 0)
			*flags[i].flag = yes(value);
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(key, codes[i].key) == 0)
			*codes[i].code = strcmp(value, "never") == 0 ? NEVER_ENDS : code_of(value);
	if (strcmp(key, "versions") == 0)
		script.versions = (int)strtol(value, NULL, 10);
	if (strcmp(key, "last-search") == 0)
		script.last_search = date_of(value);
}

static int split(const char *value, char out[LIST][TEXT])
{
	int n = 0, used = 0;
	while (n < LIST && sscanf(value, " %255s%n", out[n], &used) == 1) {
		value += used;
		n++;
	}
	return n;
}

static void update_key(struct script_update *u, const char *key, const char *value)
{
	const struct {
		const char *key;
		char *text;
	} texts[] = {{"id", u->id}, {"kb", u->kb}, {"title", u->title}, {"severity", u->severity}, {"classification", u->classification},
		     {"product", u->product}, {"family", u->family}, {"bulletin", u->bulletin}, {"source", u->source},
		     {"bundled-kb", u->bundled_kb}, {"bundled-cve", u->bundled_cve}};
	const struct {
		const char *key;
		bool *flag;
	} flags[] = {{"installed", &u->installed}, {"hidden", &u->hidden}, {"eula", &u->eula}, {"asks", &u->asks},
		     {"uninstallable", &u->uninstallable}, {"needs-reboot", &u->needs_reboot}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(key, texts[i].key) == 0)
			snprintf(texts[i].text, TEXT, "%s", value);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (strcmp(key, flags[i].key) == 0)
			*flags[i].flag = yes(value);
	if (strcmp(key, "cve") == 0)
		u->cve_count = split(value, u->cves);
	else if (strcmp(key, "supersedes") == 0)
		u->supersedes_count = split(value, u->supersedes);
	else if (strcmp(key, "date") == 0)
		u->date = date_of(value);
	else if (strcmp(key, "size") == 0)
		u->size = atoll(value);
	else if (strcmp(key, "revision") == 0)
		u->revision = (int)strtol(value, NULL, 10);
	else if (strcmp(key, "reboot-behaviour") == 0)
		u->reboot_behaviour = (int)strtol(value, NULL, 10);
	else if (strcmp(key, "install") == 0)
		u->install = code_of(value);
	else if (strcmp(key, "download") == 0)
		u->download = code_of(value);
}

static void read_line(char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (strcmp(line, "[update]") == 0 && script.count < UPDATES) {
		script.updates[script.count++] = (struct script_update){.revision = 1};
		return;
	}
	char *equals = strstr(line, " = ");
	if (!equals)
		return;
	*equals = '\0';
	if (script.count)
		update_key(&script.updates[script.count - 1], line, equals + 3);
	else
		agent_key(line, equals + 3);
}

/* "ID downloaded eula installed waiting done-at" a line. */
static void read_state(FILE *file)
{
	char id[TEXT];
	int downloaded, eula, installed, waiting;
	double at;
	while (fscanf(file, "%255s %d %d %d %d %lf", id, &downloaded, &eula, &installed, &waiting, &at) == 6)
		for (int i = 0; i < script.count; i++)
			if (strcmp(script.updates[i].id, id) == 0) {
				struct script_update *u = &script.updates[i];
				u->downloaded = downloaded;
				u->eula_accepted = eula;
				u->installed = installed;
				u->done_waiting = waiting;
				u->done_at = at;
			}
}

void script_load(void)
{
	char line[4096], name[1100];
	const char *given = getenv("OAKUM_TEST_AGENT");
	snprintf(path, sizeof(path), "%s", given ? given : "");
	script = (struct script){.versions = VERSIONS};
	FILE *file = fopen(path, "r");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		read_line(line);
	fclose(file);
	file = fopen(beside(".state", name, sizeof(name)), "r");
	if (file) {
		read_state(file);
		fclose(file);
	}
}

void script_save_state(void)
{
	char name[1100];
	FILE *file = fopen(beside(".state", name, sizeof(name)), "w");
	if (!file)
		return;
	for (int i = 0; i < script.count; i++) {
		const struct script_update *u = &script.updates[i];
		fprintf(file, "%s %d %d %d %d %.8f\n", u->id, u->downloaded, u->eula_accepted, u->installed, u->done_waiting, u->done_at);
	}
	fclose(file);
}
