/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a package manager: inside the root where it has one, with a fixed environment, its words kept in the run's logs. */
#ifndef OAK_DISTRIBUTOR_PATCH_TOOL_H
#define OAK_DISTRIBUTOR_PATCH_TOOL_H

#include "distributor/patch/installer.h"

/* A growing argument list in an arena. */
struct oak_argv {
	struct oak_arena *arena;
	OAK_VEC(const char *) v; /* NULL-terminated when given to oak_tool_run */
};
void oak_argv_add(struct oak_argv *argv, const char *arg);
void oak_argv_addf(struct oak_argv *argv, const char *fmt, ...) OAK_PRINTF(2, 3);
void oak_argv_add_all(struct oak_argv *argv, const char *const *args); /* NULL-terminated */

/* A logged program finds its log on this descriptor too: apt's progress goes there, because APT::Status-Fd=1 takes standard output
 * from maintainer scripts (ca-certificates then fails with "echo: I/O error"). */
enum { OAK_TOOL_LOCK_FD = 62, OAK_TOOL_STATUS_FD = 63 };

struct oak_tool {
	const struct oak_patch_host *host;
	struct oak_argv *argv;
	bool inside;        /* chrooted into host->root; ignored for "/" */
	bool stoppable;     /* host->stop may end it */
	bool works;         /* it changes something, so whoever takes the run up must wait for its end (manager.h) */
	const char *dir;    /* working folder as the program sees it; NULL = "/" */
	const char *home;   /* HOME; NULL = /root */
	const char *const *env; /* more variables, NULL-terminated; NULL = none */
	/* Not NULL: standard output goes there (a query) instead of to the log. */
	struct oak_buf *output;
	const char *log;    /* name of the log ("install"); NULL = none is kept (a query) */
	/* Each whole line of the output of a logged program; returns the progress in permille, -1 = says nothing. */
	int (*progress)(const char *line);
	const char *what;   /* of the progress bar */
	/* Not NULL: something that the program runs asks before the first change: it writes "ready" to descriptor 8, and "go" on
	 * descriptor 9 is the answer that host->ready gives; the end of the pipe means no. *asked tells whether it came so far. From then
	 * on nothing stops it. */
	bool *asked;
	const char *mount_from, *mount_to; /* a folder of ours to be seen at MOUNT_TO below the root; NULL = none */
};

/* Run it. *ret_code is its exit code (-1: ended by a signal). A program that is logged writes straight into the file, so it is
 * not disturbed if we die. Errors: exec.*, patch.log. */
int oak_tool_run(const struct oak_tool *tool, int *ret_code, struct oak_error *err) OAK_MUST_USE;

enum { OAK_TOOL_ASK_FD = 8, OAK_TOOL_ANSWER_FD = 9 };

/* True if ROOT has an executable PATH ("/usr/bin/apt-get"). */
bool oak_tool_inside(const char *root, const char *path);
/* True if the host itself has it in PATH. */
bool oak_tool_on_host(const char *name);

/* The last lines of the log LOG that say what went wrong ("E: …", "Error: …"), in ARENA, one line. */
const char *oak_tool_complaint(const struct oak_patch_host *host, struct oak_arena *arena, const char *log);

/* True if WORDS of apt, dnf, yum or zypper say that a package's signature or hash was refused. */
bool oak_tool_untrusted(const char *words);

/* A scratch folder that a program inside the root can reach: run_dir/NAME for "/", else ROOT/var/cache/oakum/NAME.
 * *ret_seen is how the program sees it. Errors: file.mkdir. */
int oak_tool_scratch(const struct oak_patch_host *host, const char *name, bool inside, struct oak_arena *arena,
		     const char **ret_path, const char **ret_seen, struct oak_error *err) OAK_MUST_USE;
/* Remove a scratch folder and its files; nothing outside it. */
void oak_tool_scratch_drop(const struct oak_patch_host *host, const char *path);

/* Copy a file: same content, fsynced. Errors: file.*. */
int oak_tool_copy(const char *from, const char *to, struct oak_error *err) OAK_MUST_USE;
/* The archive FILE of run_dir/kept/ as the package manager sees it; NULL = it is not there. Inside of ROOT it is a copy, until
 * oak_tool_kept_drop. In ARENA. */
const char *oak_tool_kept(const struct oak_patch_host *host, bool inside, struct oak_arena *arena, const char *file);
void oak_tool_kept_drop(const struct oak_patch_host *host, bool inside);
/* Move the archives of ACTIONS that lie in FROM into run_dir/kept/. CACHED says where else one may lie (NULL = nowhere). */
int oak_tool_keep(const struct oak_patch_host *host, const struct oak_installer *installer, struct oak_action_list actions, const char *from,
		  const char *(*cached)(const struct oak_patch_host *host, struct oak_arena *arena, const char *file), struct oak_error *err) OAK_MUST_USE;
/* The same for many files: BEGIN each into PART, then END each: it is on the disk, and named TO. Syncs one by one would wait for the disk as often. */
int oak_tool_copy_begin(const char *from, const char *part, struct oak_error *err) OAK_MUST_USE;
int oak_tool_copy_end(const char *part, const char *to, struct oak_error *err) OAK_MUST_USE;

#endif
