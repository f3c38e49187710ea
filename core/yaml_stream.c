/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libyaml's events handed on. */
#include "core/yaml_stream.h"

#include <stdlib.h>
#include <yaml.h>

struct source {
	FILE *in;
	int64_t left;
};

static int read_some(void *data, unsigned char *buffer, size_t size, size_t *size_read)
{
	struct source *s = data;
	*size_read = fread(buffer, 1, size, s->in);
	s->left -= (int64_t)*size_read;
	return s->left >= 0 && !ferror(s->in);
}

/* True at the end of the stream. */
static bool hand_on(const struct oak_yaml_handler *h, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		h->scalar(h->arg, (const char *)event->data.scalar.value);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		h->open(h->arg, event->type == YAML_SEQUENCE_START_EVENT);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		h->close(h->arg);
		break;
	case YAML_DOCUMENT_END_EVENT:
		h->document_end(h->arg);
		break;
	case YAML_STREAM_END_EVENT:
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_ALIAS_EVENT:
		break;
	}
	return false;
}

int oak_yaml_stream(const struct oak_yaml_handler *handler, FILE *in, int64_t max, const char *name, struct oak_error *err)
{
	struct source source = {in, max};
	yaml_parser_t parser;
	yaml_event_t event;
	bool end = false;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input(&parser, read_some, &source);
	while (!end && yaml_parser_parse(&parser, &event)) {
		end = hand_on(handler, &event);
		yaml_event_delete(&event);
	}
	if (!end && source.left < 0)
		oak_fail(err, OAK_INVALID, "value.too-large", 0, "cannot read '%s': larger than %lld bytes", name, (long long)max);
	else if (!end)
		oak_fail(err, OAK_INVALID, "yaml.invalid", 0, "cannot read '%s': line %zu: %s", name,
			 parser.problem_mark.line + 1, parser.problem ? parser.problem : "it is no YAML");
	yaml_parser_delete(&parser);
	return end ? 0 : -1;
}
