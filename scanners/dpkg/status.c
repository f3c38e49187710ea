/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the lines of the status file. */
#include "scanners/dpkg/status.h"

#include <errno.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "scanners/root.h"

enum { STATUS_MAX = 128 * 1024 * 1024, ARCH_MAX = 64 * 1024, ARCHS = 16 };

struct count {
	struct oak_str arch;
	size_t n;
};

struct reading {
	struct count counts[ARCHS];
	size_t count_n;
	bool package, status, installed, version; /* seen in this stanza */
	const char *problem;
	struct oak_str name; /* of this or the last package */
	struct oak_str arch, state;
	size_t stanzas;
	struct oak_arena *arena;
	struct oak_dpkg_status *ret;
};

static void count_arch(struct reading *r, struct oak_str arch)
{
	if (oak_str_eq(arch, OAK_STR("all")))
		return;
	for (size_t i = 0; i < r->count_n; i++)
		if (oak_str_eq(r->counts[i].arch, arch)) {
			r->counts[i].n++;
			return;
		}
	if (r->count_n < ARCHS)
		r->counts[r->count_n++] = (struct count){arch, 1};
}

/* Triggers that wait are no damage: the next call of dpkg runs them. */
static bool is_unfinished(struct oak_str state)
{
	static const char *const words[] = {"half-installed", "unpacked", "half-configured"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (oak_str_eq(state, oak_str_of(words[i])))
			return true;
	return false;
}

static void end_stanza(struct reading *r)
{
	if (r->problem || (!r->package && !r->status))
		return;
	r->stanzas++;
	if (!r->package)
		r->problem = "has no Package field";
	else if (r->installed && !r->version)
		r->problem = "is installed but has no Version field";
	else if (r->installed && is_unfinished(r->state))
		*oak_push(r->arena, &r->ret->unfinished) = (struct oak_dpkg_unfinished){
			oak_arena_printf(r->arena, "%.*s.%.*s", (int)r->name.n, r->name.p, (int)r->arch.n, r->arch.n ? r->arch.p : ""),
			oak_arena_strndup(r->arena, r->state.p, r->state.n)};
	r->package = r->status = r->installed = r->version = false;
	r->arch = r->state = (struct oak_str){NULL, 0};
}

static struct oak_str word_after(struct oak_str value, int skip)
{
	struct oak_str word = {NULL, 0};
	while (skip-- >= 0 && oak_str_next(&value, ' ', &word))
		;
	return word;
}

static void read_field(struct reading *r, struct oak_str line)
{
	const char *colon = memchr(line.p, ':', line.n);
	if (*line.p == ' ' || *line.p == '\t' || *line.p == '#')
		return;
	if (!colon) {
		r->problem = "has a line that is no field";
		return;
	}
	struct oak_str key = {line.p, (size_t)(colon - line.p)};
	struct oak_str value = oak_str_trim((struct oak_str){colon + 1, line.n - key.n - 1});
	if (oak_str_eq(key, OAK_STR("Package"))) {
		r->package = true;
		r->name = value;
	} else if (oak_str_eq(key, OAK_STR("Status"))) {
		struct oak_str state = word_after(value, 2);
		r->status = true;
		r->state = state;
		r->installed = state.n && !oak_str_eq(state, OAK_STR("not-installed")) &&
			       !oak_str_eq(state, OAK_STR("config-files"));
	} else if (oak_str_eq(key, OAK_STR("Version"))) {
		r->version = value.n > 0;
	} else if (oak_str_eq(key, OAK_STR("Architecture"))) {
		r->arch = value;
		count_arch(r, value);
	}
}

static void read_lines(struct reading *r, struct oak_str rest)
{
	struct oak_str line;
	while (!r->problem && oak_str_next(&rest, '\n', &line)) {
		if (line.n == 0 || (line.n == 1 && *line.p == '\r'))
			end_stanza(r);
		else
			read_field(r, line);
	}
	end_stanza(r);
}

/* ROOT/var/lib/dpkg/arch has native first; without it the commonest one of the status is native. */
static void set_archs(struct oak_arena *arena, const char *root, const struct reading *r, struct oak_dpkg_status *ret)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, ARCH_MAX);
	if (oak_root_read(root, "/var/lib/dpkg/arch", &buf) == 0) {
		struct oak_str rest = {oak_buf_text(&buf), buf.n}, line;
		while (oak_str_next(&rest, '\n', &line))
			if ((line = oak_str_trim(line)).n)
				*oak_push(arena, &ret->archs) = oak_arena_strndup(arena, line.p, line.n);
	}
	size_t most = 0;
	for (size_t i = 1; i < r->count_n; i++)
		if (r->counts[i].n > r->counts[most].n)
			most = i;
	if (ret->archs.n)
		return;
	for (size_t i = 0; i < r->count_n; i++) {
		const struct count *c = &r->counts[i == 0 ? most : i <= most ? i - 1 : i];
		*oak_push(arena, &ret->archs) = oak_arena_strndup(arena, c->arch.p, c->arch.n);
	}
}

int oak_dpkg_status_check(struct oak_arena *arena, const char *root, struct oak_dpkg_status *ret, struct oak_error *err)
{
	static const char path[] = "/var/lib/dpkg/status";
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, STATUS_MAX);
	const char *shown = oak_root_join(arena, root, path);
	if (oak_root_read(root, path, &buf) < 0)
		return oak_fail_errno(err, "dpkg.no-status", "cannot read dpkg's database '%s' (is '%s' a Debian or Ubuntu system?)",
				      shown, root);
	if (buf.full)
		return oak_fail(err, OAK_IO, "dpkg.status", 0, "'%s' is larger than %d bytes", shown, STATUS_MAX);
	struct reading r = {.arena = arena, .ret = ret};
	if (buf.n == 0)
		return oak_fail(err, OAK_IO, "dpkg.status", 0,
				"'%s' is empty (restore it: dpkg keeps '%s-old' and copies in /var/backups)", shown, shown);
	if (memchr(buf.p, '\0', buf.n))
		r.problem = "has a NUL byte in it";
	else
		read_lines(&r, (struct oak_str){buf.p, buf.n});
	if (!r.problem && buf.p[buf.n - 1] != '\n')
		r.problem = "ends in the middle of a line";
	if (r.problem)
		return oak_fail(err, OAK_IO, "dpkg.status", 0,
				"'%s' is damaged: package '%.*s' %s (restore it: dpkg keeps '%s-old' and copies in /var/backups)",
				shown, (int)(r.name.n > 80 ? 80 : r.name.n), r.name.p ? r.name.p : "", r.problem, shown);
	ret->stanzas = r.stanzas;
	set_archs(arena, root, &r, ret);
	return 0;
}
