/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks a path component by component, following links by hand, so that no link on the way goes unseen. */
#include "core/trustfile.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/str.h"

enum { LINKS_MAX = 40 };

struct trust_walk {
	const char *path;    /* as asked for, for messages */
	char done[PATH_MAX]; /* resolved so far, "" = "/" */
	char rest[PATH_MAX]; /* still to be walked */
	bool sticky;         /* the folder DONE is sticky and writable by all */
	int links;
};

static bool trusted_owner(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static int check_entry(struct trust_walk *w, const char *path, const struct stat *st, struct oak_error *err)
{
	const char *shown = *path ? path : "/";
	if (!trusted_owner(st))
		return oak_fail(err, OAK_UNTRUSTED, "trust.owner", 0,
				"cannot trust '%s': '%s' belongs to user %u (run 'chown root %s')", w->path, shown,
				(unsigned)st->st_uid, shown);
	w->sticky = false;
	if (S_ISLNK(st->st_mode) || !(st->st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX)) {
		w->sticky = true;
		return 0;
	}
	return oak_fail(err, OAK_UNTRUSTED, "trust.writable", 0,
			"cannot trust '%s': '%s' is writable by others (run 'chmod go-w %s')", w->path, shown, shown);
}

/* Put the link's target in front of what is still to be walked. */
static int follow(struct trust_walk *w, const char *link, struct oak_error *err)
{
	char target[PATH_MAX], joined[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return oak_fail_errno(err, "file.open", "cannot read link '%s'", link);
	target[n] = '\0';
	int size = snprintf(joined, sizeof(joined), "%s%s%s", target, *w->rest ? "/" : "", w->rest);
	if (++w->links > LINKS_MAX || size >= (int)sizeof(joined))
		return oak_fail(err, OAK_UNTRUSTED, "trust.links", 0, "cannot trust '%s': too many symbolic links", w->path);
	memcpy(w->rest, joined, (size_t)size + 1);
	if (target[0] == '/')
		w->done[0] = '\0';
	return 0;
}

/* The first component of REST into NAME, off the front of REST; false at the end. */
static bool next_name(struct trust_walk *w, char name[PATH_MAX])
{
	const char *p = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(p, "/");
	if (!n)
		return false;
	memcpy(name, p, n);
	name[n] = '\0';
	memmove(w->rest, p + n, strlen(p + n) + 1);
	return true;
}

static int step(struct trust_walk *w, const char *name, struct oak_error *err)
{
	if (oak_streq(name, "."))
		return 0;
	if (oak_streq(name, "..")) {
		char *slash = strrchr(w->done, '/');
		if (slash)
			*slash = '\0';
		return 0;
	}
	char path[PATH_MAX];
	struct stat st;
	if (snprintf(path, sizeof(path), "%s/%s", w->done, name) >= (int)sizeof(path))
		return oak_fail(err, OAK_INVALID, "file.open", 0, "cannot open '%s': its path is too long", w->path);
	if (lstat(path, &st) < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", w->path);
	if (check_entry(w, path, &st, err) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow(w, path, err);
	memcpy(w->done, path, strlen(path) + 1);
	return 0;
}

int oak_trust_check(const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct trust_walk *w = oak_alloc_zero(1, sizeof(*w));
	w->path = path;
	char cwd[PATH_MAX] = "";
	if (*path != '/' && !getcwd(cwd, sizeof(cwd)))
		return oak_fail_errno(err, "file.open", "cannot find the current folder");
	if (snprintf(w->rest, sizeof(w->rest), "%s/%s", cwd, path) >= (int)sizeof(w->rest))
		return oak_fail(err, OAK_INVALID, "file.open", 0, "cannot open '%s': its path is too long", path);
	struct stat st;
	if (lstat("/", &st) < 0 || check_entry(w, "", &st, err) < 0)
		return err && err->kind ? -1 : oak_fail_errno(err, "file.open", "cannot open '/'");
	char name[PATH_MAX];
	while (next_name(w, name))
		if (step(w, name, err) < 0)
			return -1;
	return 0;
}
