/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repomd.xml: which files a repository has, where, and their checksums. */
#include "scanners/rpm/repomd.h"

#include "core/str.h"
#include "scanners/rpm/xml.h"

enum state { DOCUMENT, REPOMD, REVISION, EXPIRE, DATA, CHECKSUM, LOCATION, SIZE, OPEN_SIZE, TIMESTAMP, TAGS };

static const struct oak_xml_step steps[] = {
	{DOCUMENT, "repomd", REPOMD, false}, {REPOMD, "revision", REVISION, true},
	{REPOMD, "tags", TAGS, false},	     {TAGS, "expire", EXPIRE, true},
	{REPOMD, "data", DATA, false},	     {DATA, "checksum", CHECKSUM, true},
	{DATA, "location", LOCATION, false}, {DATA, "size", SIZE, true},
	{DATA, "open-size", OPEN_SIZE, true},{DATA, "timestamp", TIMESTAMP, true},
	{0, NULL, 0, false},
};

struct reader {
	struct oak_arena *arena;
	struct oak_repomd *out;
	struct oak_repomd_file file;
	const char *escaped; /* a location that leaves the repository */
};

/* A location is a relative path inside the repository: no scheme, no "..", no leading slash. */
static bool location_ok(const char *location)
{
	if (!*location || *location == '/' || strstr(location, "://"))
		return false;
	struct oak_str rest = oak_str_of(location), part;
	while (oak_str_next(&rest, '/', &part))
		if (oak_str_eq(part, OAK_STR("..")))
			return false;
	return true;
}

static void on_start(void *arg, uint8_t state, const char **atts)
{
	struct reader *r = arg;
	if (state == DATA) {
		r->file = (struct oak_repomd_file){.size = -1, .open_size = -1, .timestamp = OAK_TIME_NONE};
		r->file.type = oak_arena_strdup(r->arena, oak_xml_attr(atts, "type"));
	} else if (state == CHECKSUM) {
		r->file.checksum_type = oak_arena_strdup(r->arena, oak_xml_attr(atts, "type"));
	} else if (state == LOCATION) {
		const char *href = oak_xml_attr(atts, "href");
		r->file.location = oak_arena_strdup(r->arena, href);
		if (href && !location_ok(href))
			r->escaped = r->file.location;
	}
}

static int64_t number(const char *text, size_t n)
{
	int64_t value;
	return oak_parse_int(oak_str_trim((struct oak_str){text, n}), 0, INT64_MAX, &value) ? value : -1;
}

static void on_end(void *arg, uint8_t state, const char *text, size_t n)
{
	struct reader *r = arg;
	struct oak_str trimmed = oak_str_trim((struct oak_str){text, n});
	switch ((enum state)state) {
	case REVISION:
		r->out->revision = number(text, n) > 0 ? number(text, n) : OAK_TIME_NONE;
		break;
	case EXPIRE:
		r->out->expire = number(text, n) > 0 ? number(text, n) : OAK_TIME_NONE;
		break;
	case CHECKSUM:
		r->file.checksum = oak_arena_strndup(r->arena, trimmed.p, trimmed.n);
		break;
	case SIZE:
		r->file.size = number(text, n);
		break;
	case OPEN_SIZE:
		r->file.open_size = number(text, n);
		break;
	case TIMESTAMP: /* may have a fraction */
		while (trimmed.n && memchr(trimmed.p, '.', trimmed.n))
			trimmed.n--;
		if (number(trimmed.p, trimmed.n) >= 0)
			r->file.timestamp = number(trimmed.p, trimmed.n);
		break;
	case DATA:
		if (r->file.type && r->file.location)
			*oak_push(r->arena, &r->out->files) = r->file;
		break;
	case DOCUMENT:
	case REPOMD:
	case LOCATION:
	case TAGS:
		break;
	}
}

/* A revision that is no time ("39-updates") is replaced by the newest file's time. */
static void revision_settle(struct oak_repomd *repomd)
{
	if (repomd->revision >= 86400 * 365)
		return;
	repomd->revision = OAK_TIME_NONE;
	for (size_t i = 0; i < repomd->files.n; i++)
		if (repomd->files.v[i].timestamp > repomd->revision)
			repomd->revision = repomd->files.v[i].timestamp;
}

int oak_repomd_parse(struct oak_arena *arena, FILE *in, const char *name, struct oak_repomd *ret, struct oak_error *err)
{
	struct oak_repomd repomd = {.revision = OAK_TIME_NONE, .expire = OAK_TIME_NONE};
	struct reader reader = {.arena = arena, .out = &repomd};
	struct oak_xml xml = {.steps = steps, .start = on_start, .end = on_end, .arg = &reader,
			      .max_bytes = OAK_REPOMD_MAX, .name = name, .root = "repomd"};
	if (oak_xml_parse(&xml, in, err) < 0)
		return -1;
	if (reader.escaped)
		return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0,
				"cannot read '%s': location '%s' leaves the repository", name, reader.escaped);
	revision_settle(&repomd);
	*ret = repomd;
	return 0;
}

static const struct oak_repomd_file *find_exact(const struct oak_repomd *repomd, const char *type, const char *suffix)
{
	size_t n = strlen(type);
	for (size_t i = 0; i < repomd->files.n; i++) {
		const char *have = repomd->files.v[i].type;
		if (!strncmp(have, type, n) && oak_streq(have + n, suffix))
			return &repomd->files.v[i];
	}
	return NULL;
}

const struct oak_repomd_file *oak_repomd_find(const struct oak_repomd *repomd, const char *type)
{
	const struct oak_repomd_file *plain = find_exact(repomd, type, "");
	return plain ? plain : find_exact(repomd, type, "_zck");
}
