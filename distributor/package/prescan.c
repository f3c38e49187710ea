/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules for entries: names, kinds, sizes, counts, twins under any file system's idea of equality, and where links lead. */
#include "distributor/package/prescan.h"

#include <stdio.h>

#include "core/str.h"

enum { LINKS_FOLLOWED = 40, RIGHTS = 0755 };

struct oak_seen {
	const char *spelled;
	size_t index; /* of the entry, + 1; 0 = only the folder of others */
	bool holds;   /* something lies below it */
};

static int refuse_name(const struct oak_prescan *s, const char *name, enum oak_entry_flaw flaw, const char *why, struct oak_error *err)
{
	if (flaw == OAK_ENTRY_LEADS_OUT)
		return oak_fail(err, OAK_INVALID, "archive.path", 0, "'%s' has an entry '%.200s': %s (E_PATH)", s->subject, name, why);
	return oak_fail(err, OAK_INVALID, "archive.name", 0, "'%s' has an entry '%.200s': %s (E_NAME)", s->subject, name, why);
}

static int check_kind(const struct oak_prescan *s, const struct oak_unpack_header *h, struct oak_error *err)
{
	const char *why = NULL;
	if (h->kind == OAK_UNPACK_OTHER)
		return oak_fail(err, OAK_INVALID, "archive.type", 0, "'%s' has an entry '%.200s' that is no file, folder or link (E_TYPE)",
				s->subject, h->name);
	if (h->kind == OAK_UNPACK_HARD_LINK || (h->kind == OAK_UNPACK_LINK && !s->rules.links))
		return oak_fail(err, OAK_INVALID, "archive.link", 0, "'%s' has a %s link '%.200s' (E_LINK)", s->subject,
				h->kind == OAK_UNPACK_LINK ? "symbolic" : "hard", h->name);
	if (h->kind == OAK_UNPACK_LINK && (!h->target || oak_entry_target_check(h->target, &why) != OAK_ENTRY_FINE))
		return oak_fail(err, OAK_INVALID, "archive.link", 0, "'%s' has a link '%.200s' whose target is unfit: %s (E_LINK)", s->subject,
				h->name, why ? why : "it has none");
	return 0;
}

static int check_size(struct oak_prescan *s, const struct oak_unpack_header *h, struct oak_error *err)
{
	if (s->entries.n >= OAK_ENTRY_COUNT_MAX)
		return oak_fail(err, OAK_INVALID, "archive.count", 0, "'%s' has more than %d entries (E_COUNT)", s->subject, OAK_ENTRY_COUNT_MAX);
	if (h->kind != OAK_UNPACK_FILE)
		return 0;
	if (h->size < 0 || h->size > s->rules.unpacked - s->total)
		return oak_fail(err, OAK_INVALID, "archive.size", 0, "'%s' unpacks to more than the %lld bytes that it may (E_SIZE)",
				s->subject, (long long)s->rules.unpacked);
	s->total += h->size;
	return 0;
}

/* What is never set on the disk is an error where nothing may be passed over in silence. */
static int check_rights(const struct oak_prescan *s, const struct oak_unpack_header *h, struct oak_error *err)
{
	const char *why = h->mode & 07000			? "setuid, setgid or sticky"
			  : h->kind != OAK_UNPACK_LINK && h->mode & 02 ? "writable by everybody"
			  : h->extras & OAK_UNPACK_OWNER	? "another's than root's"
			  : h->extras & OAK_UNPACK_ATTRIBUTES	? "with extended attributes, capabilities or an ACL"
								: NULL;
	if (!s->rules.strict || !why)
		return 0;
	return oak_fail(err, OAK_INVALID, "archive.mode", 0, "'%s' has an entry '%.200s' that is %s, and --strict or the trust policy takes none (E_MODE)",
			s->subject, h->name, why);
}

/* One spelling of all names that some file system takes for PATH; NULL = cannot be told. */
static const char *fold(const struct oak_prescan *s, const char *path, size_t n)
{
	char *text = oak_arena_strndup(s->arena, path, n);
	bool plain = true;
	for (char *p = text; *p; p++)
		plain = plain && !((unsigned char)*p & 0x80);
	if (plain) {
		for (char *p = text; *p; p++)
			*p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
		return text;
	}
	char *folded = oak_arena_alloc(s->arena, n * 4 + 1);
	return s->rules.fold && s->rules.fold(text, folded, n * 4 + 1) ? folded : NULL;
}

static struct oak_seen *seen_at(struct oak_prescan *s, const char *name, size_t n, struct oak_error *err)
{
	const char *key = fold(s, name, n);
	if (!key) {
		refuse_name(s, name, OAK_ENTRY_UNPORTABLE, "it is not ASCII, and this build cannot compare such names", err);
		return NULL;
	}
	void **slot = oak_map_slot(&s->seen, key);
	if (!*slot)
		*slot = OAK_NEW(s->arena, struct oak_seen);
	struct oak_seen *seen = *slot;
	if (!seen->spelled)
		seen->spelled = oak_arena_strndup(s->arena, name, n);
	if (strncmp(seen->spelled, name, n) == 0 && seen->spelled[n] == '\0')
		return seen;
	oak_fail(err, OAK_INVALID, "archive.name", 0, "'%s' has '%.200s' and '%.*s', which some systems take for one name (E_NAME)", s->subject,
		 seen->spelled, (int)(n > 200 ? 200 : n), name);
	return NULL;
}

static bool is_kind(const struct oak_prescan *s, const struct oak_seen *seen, enum oak_unpack_kind kind)
{
	return seen->index && s->entries.v[seen->index - 1].kind == kind;
}

static int pass_folder(struct oak_prescan *s, const char *name, size_t n, struct oak_error *err)
{
	struct oak_seen *folder = seen_at(s, name, n, err);
	if (!folder)
		return -1;
	if (is_kind(s, folder, OAK_UNPACK_LINK))
		return oak_fail(err, OAK_INVALID, "archive.link", 0, "'%s' has an entry '%.200s' behind a link (E_LINK)", s->subject, name);
	if (is_kind(s, folder, OAK_UNPACK_FILE))
		return oak_fail(err, OAK_INVALID, "archive.duplicate", 0, "'%s' has '%.200s' as a file and as a folder (E_DUP)", s->subject,
				folder->spelled);
	folder->holds = true;
	return 0;
}

/* Every folder above it (those of the entry before are known to be fine), then the name itself. */
static int remember(struct oak_prescan *s, const struct oak_scanned *e, struct oak_error *err)
{
	size_t n = strlen(e->name), parent = n;
	while (parent > 0 && e->name[parent] != '/')
		parent--;
	bool known = s->parent && strlen(s->parent) == parent && strncmp(s->parent, e->name, parent) == 0;
	for (size_t i = 0; i <= parent && parent && !known; i++)
		if (e->name[i] == '/' && pass_folder(s, e->name, i, err) < 0)
			return -1;
	if (!known)
		s->parent = oak_arena_strndup(s->arena, e->name, parent);
	struct oak_seen *own = seen_at(s, e->name, n, err);
	if (!own)
		return -1;
	if (own->holds && e->kind == OAK_UNPACK_LINK)
		return oak_fail(err, OAK_INVALID, "archive.link", 0, "'%s' has a link '%.200s' with entries behind it (E_LINK)", s->subject, e->name);
	if (own->index || (own->holds && e->kind != OAK_UNPACK_FOLDER))
		return oak_fail(err, OAK_INVALID, "archive.duplicate", 0, "'%s' has '%.200s' twice (E_DUP)", s->subject, own->spelled);
	own->index = s->entries.n + 1;
	return 0;
}

int oak_prescan_add(struct oak_prescan *s, const struct oak_unpack_header *h, struct oak_error *err)
{
	const char *why;
	size_t n = strlen(h->name);
	enum oak_entry_flaw flaw = oak_entry_name_check(h->name, &why);
	if (!s->seen.arena)
		oak_map_init(&s->seen, s->arena, 64);
	if (h->kind == OAK_UNPACK_FOLDER && (oak_streq(h->name, "./") || oak_streq(h->name, ".")))
		return 0; /* the root itself, as tar writes it */
	if (flaw != OAK_ENTRY_FINE)
		return refuse_name(s, h->name, flaw, why, err);
	if (check_kind(s, h, err) < 0 || check_size(s, h, err) < 0 || check_rights(s, h, err) < 0)
		return -1;
	if (h->name[n - 1] == '/' && h->kind != OAK_UNPACK_FOLDER)
		return refuse_name(s, h->name, OAK_ENTRY_UNPORTABLE, "it ends in '/' and is no folder", err);
	struct oak_scanned e = {.name = oak_arena_strndup(s->arena, h->name, n - (h->name[n - 1] == '/')), .kind = h->kind,
				.target = h->kind == OAK_UNPACK_LINK ? oak_arena_strdup(s->arena, h->target) : NULL,
				.mode = h->kind == OAK_UNPACK_FOLDER ? RIGHTS : (h->mode & RIGHTS) | 0400,
				.size = h->kind == OAK_UNPACK_FILE ? h->size : 0};
	s->stripped += h->kind == OAK_UNPACK_FILE && (h->mode & ~(unsigned)(RIGHTS | 0022)) != 0;
	if (remember(s, &e, err) < 0)
		return -1;
	*oak_push(s->arena, &s->entries) = e;
	return 0;
}

const struct oak_scanned *oak_prescan_find(const struct oak_prescan *s, const char *name)
{
	const char *key = s->seen.arena ? fold(s, name, strlen(name)) : NULL;
	const struct oak_seen *seen = key ? oak_map_find(&s->seen, key) : NULL;
	return seen && seen->index && oak_streq(seen->spelled, name) ? &s->entries.v[seen->index - 1] : NULL;
}

/* ------------------------------------------------------------------------------------------- where links lead */

struct trail {
	char path[OAK_ENTRY_PATH_MAX * 2]; /* where we are, relative to the tree's root */
	int followed;
};

static void up(struct trail *t)
{
	char *slash = strrchr(t->path, '/');
	*(slash ? slash : t->path) = '\0';
}

static bool down(struct trail *t, struct oak_str part)
{
	size_t n = strlen(t->path);
	if (n + part.n + 2 > sizeof(t->path))
		return false;
	if (n)
		t->path[n++] = '/';
	memcpy(t->path + n, part.p, part.n);
	t->path[n + part.n] = '\0';
	return true;
}

/* Go where TARGET leads from T; false = out of the tree, or in circles. */
static bool follow(const struct oak_prescan *s, struct trail *t, const char *target)
{
	struct oak_str rest = oak_str_of(target), part;
	if (++t->followed > LINKS_FOLLOWED)
		return false;
	while (oak_str_next(&rest, '/', &part)) {
		if (part.n == 0 || oak_str_eq(part, OAK_STR(".")))
			continue;
		if (oak_str_eq(part, OAK_STR(".."))) {
			if (!*t->path)
				return false;
			up(t);
			continue;
		}
		if (!down(t, part))
			return false;
		const struct oak_scanned *e = oak_prescan_find(s, t->path);
		if (e && e->kind == OAK_UNPACK_LINK) {
			up(t);
			if (!follow(s, t, e->target))
				return false;
		}
	}
	return true;
}

int oak_prescan_end(struct oak_prescan *s, struct oak_error *err)
{
	for (size_t i = 0; i < s->entries.n; i++) {
		const struct oak_scanned *e = &s->entries.v[i];
		struct trail t = {.followed = 0};
		if (e->kind != OAK_UNPACK_LINK)
			continue;
		snprintf(t.path, sizeof(t.path), "%s", e->name);
		up(&t);
		if (!follow(s, &t, e->target))
			return oak_fail(err, OAK_INVALID, "archive.link", 0, "'%s' has a link '%.200s' that leads out of the package (E_LINK)",
					s->subject, e->name);
	}
	return 0;
}

bool oak_scanned_is(const struct oak_scanned *e, const struct oak_unpack_header *h)
{
	size_t n = strlen(e->name);
	return e->kind == h->kind && strncmp(e->name, h->name, n) == 0 && (!h->name[n] || oak_streq(h->name + n, "/")) &&
	       (h->kind != OAK_UNPACK_FILE || e->size == h->size) && oak_streq(e->target, e->kind == OAK_UNPACK_LINK ? h->target : NULL);
}
