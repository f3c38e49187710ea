/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests put in the place of powershell.exe: writes down how it was called (arguments, folder, environment) into
 * record.txt beside itself, then plays what the script's comments say:
 *   #! say TEXT | complain TEXT | write PATH TEXT | append PATH TEXT | delete PATH | sleep SECONDS | child SECONDS | exit CODE
 * %NAME% is a variable of the environment. It is no PowerShell: nothing else of a script is looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char folder[MAX_PATH];

static FILE *beside(const char *name, const char *mode)
{
	char path[MAX_PATH + 40];
	snprintf(path, sizeof(path), "%s\\%s", folder, name);
	return fopen(path, mode);
}

static void record(int argc, char **argv, char **env)
{
	char cwd[MAX_PATH] = "";
	FILE *f = beside("record.txt", "ab");
	if (!f)
		exit(99);
	GetCurrentDirectoryA(sizeof(cwd), cwd);
	fprintf(f, "call");
	for (int i = 1; i < argc; i++)
		fprintf(f, " [%s]", argv[i]);
	fprintf(f, "\nfolder %s\n", cwd);
	for (; *env; env++)
		fprintf(f, "env %s\n", *env);
	fclose(f);
}

/* %NAME% replaced, into OUT. */
static const char *expand(const char *text, char out[4096])
{
	DWORD n = ExpandEnvironmentStringsA(text, out, 4096);
	return n && n <= 4096 ? out : text;
}

static void put(const char *rest, const char *mode)
{
	char path[1024] = "", out[4096];
	size_t n = strcspn(rest, " ");
	snprintf(path, sizeof(path), "%.*s", (int)n, rest);
	FILE *f = fopen(path, mode);
	if (!f) {
		fprintf(stderr, "cannot write %s\n", path);
		exit(98);
	}
	fprintf(f, "%s\n", expand(rest + n + (rest[n] == ' '), out));
	fclose(f);
}

/* A child that outlives us unless somebody ends it: it writes late.txt when its time is over. */
static void start_child(const char *seconds)
{
	char self[MAX_PATH], line[MAX_PATH + 40];
	STARTUPINFOA info = {.cb = sizeof(info)};
	PROCESS_INFORMATION process;
	GetModuleFileNameA(NULL, self, sizeof(self));
	snprintf(line, sizeof(line), "\"%s\" --late %s", self, seconds);
	if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &info, &process))
		exit(97);
}

static void play(char *line)
{
	char out[4096];
	char *rest = line + strcspn(line, " ");
	if (*rest)
		*rest++ = '\0';
	if (strcmp(line, "say") == 0)
		printf("%s\n", expand(rest, out));
	else if (strcmp(line, "complain") == 0)
		fprintf(stderr, "%s\n", expand(rest, out));
	else if (strcmp(line, "write") == 0)
		put(rest, "wb");
	else if (strcmp(line, "append") == 0)
		put(rest, "ab");
	else if (strcmp(line, "delete") == 0)
		remove(rest);
	else if (strcmp(line, "sleep") == 0)
		Sleep((DWORD)(strtoul(rest, NULL, 10) * 1000));
	else if (strcmp(line, "child") == 0)
		start_child(rest);
	else if (strcmp(line, "exit") == 0)
		exit((int)strtol(rest, NULL, 10));
	fflush(stdout);
}

int main(int argc, char **argv, char **env)
{
	char line[4096];
	GetModuleFileNameA(NULL, folder, sizeof(folder));
	*strrchr(folder, '\\') = '\0';
	if (argc == 3 && strcmp(argv[1], "--late") == 0) {
		Sleep((DWORD)(strtoul(argv[2], NULL, 10) * 1000));
		FILE *late = beside("late.txt", "wb");
		return late ? fclose(late) : 1;
	}
	record(argc, argv, env);
	FILE *script = argc > 1 ? fopen(argv[argc - 1], "rb") : NULL;
	if (!script)
		return 96;
	while (fgets(line, sizeof(line), script)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "#! ", 3) == 0)
			play(line + 3);
	}
	fclose(script);
	return 0;
}
