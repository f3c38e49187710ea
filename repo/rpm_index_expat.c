/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repomd.xml and primary.xml by expat, as a stream of entries. */
#include <expat.h>
#include <string.h>

#include "core/mem.h"
#include "core/module.h"
#include "core/str.h"
#include "repo/rpm_index.h"

enum { DEEP = 32, TEXT_MAX = 1024, CHUNK = 1 << 20 };

struct reading {
	XML_Parser parser;
	const char *name;
	oak_rpm_take *take;
	void *arg;
	struct oak_error *err;
	int depth;
	bool failed, inside, wants_text;
	char text[TEXT_MAX], type[64], href[4096], base[1024], algorithm[32], hex[256];
	size_t text_n;
	int64_t size, revision;
};

static void stop(struct reading *r)
{
	r->failed = true;
	XML_StopParser(r->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (oak_streq(attributes[0], name))
			return attributes[1];
	return NULL;
}

static void copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;
	n = n < size ? n : 0; /* what is too long is as good as absent: it is refused later */
	memcpy(to, from ? from : "", n);
	to[n] = '\0';
}

/* Element names without their namespace's prefix. */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static void on_size(struct reading *r, const char **attributes)
{
	const char *size = attribute(attributes, "package");
	int64_t n;
	if (size && oak_parse_int(oak_str_of(size), 0, INT64_MAX, &n))
		r->size = n;
}

static void XMLCALL on_start(void *arg, const char *full, const char **attributes)
{
	struct reading *r = arg;
	const char *name = local(full);
	if (++r->depth > DEEP) {
		oak_fail(r->err, OAK_INVALID, "repo.upstream", 0, "'%s' is nested too deeply", r->name);
		stop(r);
		return;
	}
	r->text_n = 0;
	r->wants_text = r->depth <= 3 && (oak_streq(name, "checksum") || oak_streq(name, "revision") || oak_streq(name, "size"));
	if (r->depth == 2 && (oak_streq(name, "data") || oak_streq(name, "package"))) {
		r->inside = true;
		copy(r->type, sizeof(r->type), attribute(attributes, "type"));
		r->href[0] = r->base[0] = r->algorithm[0] = r->hex[0] = '\0';
		r->size = -1;
	} else if (r->inside && r->depth == 3 && oak_streq(name, "location")) {
		copy(r->href, sizeof(r->href), attribute(attributes, "href"));
		copy(r->base, sizeof(r->base), attribute(attributes, "xml:base"));
	} else if (r->inside && r->depth == 3 && oak_streq(name, "checksum")) {
		copy(r->algorithm, sizeof(r->algorithm), attribute(attributes, "type"));
	} else if (r->inside && r->depth == 3 && oak_streq(name, "size")) {
		on_size(r, attributes);
	}
}

static void give(struct reading *r)
{
	const struct oak_rpm_entry entry = {r->type, r->href[0] ? r->href : NULL, r->base[0] ? r->base : NULL, r->algorithm[0] ? r->algorithm : NULL,
					    r->hex[0] ? r->hex : NULL, r->size};
	if (r->take(r->arg, &entry, r->err) < 0)
		stop(r);
}

static void XMLCALL on_end(void *arg, const char *full)
{
	struct reading *r = arg;
	const char *name = local(full);
	struct oak_str text = oak_str_trim((struct oak_str){r->text, r->text_n});
	if (r->failed)
		return;
	if (r->depth == 3 && r->inside && r->wants_text && oak_streq(name, "checksum") && text.n < sizeof(r->hex)) {
		memcpy(r->hex, text.p, text.n);
		r->hex[text.n] = '\0';
	} else if (r->depth == 3 && r->inside && r->wants_text && oak_streq(name, "size") && r->size < 0) {
		if (!oak_parse_int(text, 0, INT64_MAX, &r->size))
			r->size = -1;
	} else if (r->depth == 2 && oak_streq(name, "revision")) {
		if (!oak_parse_int(text, 0, INT64_MAX, &r->revision))
			r->revision = -1;
	} else if (r->depth == 2 && r->inside) {
		r->inside = false;
		give(r);
	}
	r->wants_text = false;
	r->text_n = 0;
	r->depth--;
}

static void XMLCALL on_text(void *arg, const char *text, int n)
{
	struct reading *r = arg;
	if (!r->wants_text || r->text_n + (size_t)n > sizeof(r->text))
		return;
	memcpy(r->text + r->text_n, text, (size_t)n);
	r->text_n += (size_t)n;
}

/* Nobody's metadata declare entities: billions of laughs are refused at the first. */
static void XMLCALL on_entity(void *arg, const XML_Char *name, int is_parameter, const XML_Char *value, int value_n, const XML_Char *base,
			      const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	struct reading *r = arg;
	(void)name, (void)is_parameter, (void)value, (void)value_n, (void)base, (void)system, (void)public, (void)notation;
	oak_fail(r->err, OAK_INVALID, "repo.upstream", 0, "'%s' declares entities", r->name);
	stop(r);
}

static int parse(struct reading *r, const char *text, size_t n)
{
	for (size_t done = 0; !r->failed;) {
		size_t step = n - done < CHUNK ? n - done : CHUNK;
		bool last = done + step == n;
		if (XML_Parse(r->parser, text + done, (int)step, last) != XML_STATUS_OK && !r->failed)
			return oak_fail(r->err, OAK_INVALID, "repo.upstream", 0, "'%s' is no XML: line %lu: %s", r->name,
					(unsigned long)XML_GetCurrentLineNumber(r->parser), XML_ErrorString(XML_GetErrorCode(r->parser)));
		done += step;
		if (last)
			break;
	}
	return r->failed ? -1 : 0;
}

extern OAK_EXPORT oak_rpm_index_parse oak_rpm_index_expat;

int oak_rpm_index_expat(const char *text, size_t n, const char *name, oak_rpm_take *take, void *arg, int64_t *ret_revision,
			struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct reading *r = oak_alloc_zero(1, sizeof(*r));
	*r = (struct reading){.parser = XML_ParserCreate(NULL), .name = name, .take = take, .arg = arg, .err = err, .revision = -1};
	if (!r->parser)
		return oak_fail(err, OAK_IO, "repo.upstream", 0, "expat cannot be used");
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetEntityDeclHandler(r->parser, on_entity);
	int result = parse(r, text, n);
	XML_ParserFree(r->parser);
	if (result == 0 && ret_revision)
		*ret_revision = r->revision;
	return result;
}
