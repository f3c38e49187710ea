/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streaming XML of repositories on expat: what the tables of repomd and updateinfo need, nothing else. */
#include "scanners/rpm/xml.h"

#include <expat.h>

#include "core/buf.h"
#include <stdlib.h>

#include "core/mem.h"

struct parse {
	const struct oak_xml *xml;
	XML_Parser parser;
	uint8_t states[OAK_XML_DEPTH + 1];
	bool wants_text;
	size_t depth, skipped; /* skipped: how many open elements no row names */
	struct oak_buf text;
	const char *refused;
};

static void refuse(struct parse *p, const char *why)
{
	if (!p->refused)
		p->refused = why;
	XML_StopParser(p->parser, XML_FALSE);
}

static const struct oak_xml_step *step_find(const struct parse *p, const char *name)
{
	uint8_t from = p->states[p->depth];
	for (const struct oak_xml_step *s = p->xml->steps; s->name; s++)
		if (s->from == from && oak_streq(s->name, name))
			return s;
	return NULL;
}

static const char *local_name(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

static void on_start(void *arg, const XML_Char *full, const XML_Char **atts)
{
	struct parse *p = arg;
	const char *name = local_name(full);
	if (p->depth + p->skipped >= OAK_XML_DEPTH) {
		refuse(p, "elements are nested too deeply");
		return;
	}
	if (p->depth + p->skipped == 0 && p->xml->root && !oak_streq(name, p->xml->root)) {
		refuse(p, oak_strcaseeq(name, "html") ? "this is a web page (HTML), not metadata; a proxy or login page may answer in the mirror's place"
						      : "its first element is not the expected one");
		return;
	}
	const struct oak_xml_step *step = p->skipped ? NULL : step_find(p, name);
	if (!step) {
		p->skipped++;
		return;
	}
	p->states[++p->depth] = step->to;
	p->wants_text = step->text;
	oak_buf_clear(&p->text);
	if (p->xml->start)
		p->xml->start(p->xml->arg, step->to, atts);
}

static void on_end(void *arg, const XML_Char *name)
{
	struct parse *p = arg;
	(void)name;
	if (p->skipped) {
		p->skipped--;
		return;
	}
	if (p->xml->end)
		p->xml->end(p->xml->arg, p->states[p->depth], oak_buf_text(&p->text), p->text.n);
	p->depth--;
	p->wants_text = false;
	oak_buf_clear(&p->text);
}

static void on_text(void *arg, const XML_Char *text, int n)
{
	struct parse *p = arg;
	if (p->wants_text && !p->skipped)
		oak_buf_add(&p->text, text, (size_t)n);
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	refuse(arg, "it declares a document type, which repository metadata never does");
}

static int fail(const struct parse *p, struct oak_error *err)
{
	const char *why = p->refused ? p->refused : XML_ErrorString(XML_GetErrorCode(p->parser));
	return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0, "cannot read '%s': line %lu: %s", p->xml->name,
			(unsigned long)XML_GetCurrentLineNumber(p->parser), why);
}

static int feed(struct parse *p, FILE *in, struct oak_error *err)
{
	int64_t total = 0;
	for (;;) {
		void *room = XML_GetBuffer(p->parser, 65536);
		if (!room)
			return oak_fail(err, OAK_IO, "rpm.metadata-invalid", 0, "cannot read '%s': out of buffers", p->xml->name);
		size_t n = fread(room, 1, 65536, in);
		total += (int64_t)n;
		if (total > p->xml->max_bytes)
			return oak_fail(err, OAK_INVALID, "rpm.metadata-too-large", 0,
					"cannot read '%s': more than %lld bytes when unpacked", p->xml->name,
					(long long)p->xml->max_bytes);
		if (n == 0 && ferror(in))
			return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0,
					"cannot read '%s': it is damaged or cut short (its compression does not add up)",
					p->xml->name);
		if (XML_ParseBuffer(p->parser, (int)n, n == 0) != XML_STATUS_OK)
			return fail(p, err);
		if (n == 0)
			return 0;
	}
}

int oak_xml_parse(const struct oak_xml *xml, FILE *in, struct oak_error *err)
{
	struct parse p = {.xml = xml, .parser = XML_ParserCreate(NULL)};
	if (!p.parser)
		abort();
	oak_buf_init(&p.text, OAK_XML_TEXT_MAX);
	XML_SetUserData(p.parser, &p);
	XML_SetElementHandler(p.parser, on_start, on_end);
	XML_SetCharacterDataHandler(p.parser, on_text);
	XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
	int result = feed(&p, in, err);
	XML_ParserFree(p.parser);
	oak_buf_done(&p.text);
	return result;
}

const char *oak_xml_attr(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (oak_streq(local_name(atts[0]), name))
			return atts[1];
	return NULL;
}
