/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a verdict as compact text for the database, and back. */
#include <stdio.h>
#include <stdlib.h>

#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"
#include "fleet/store/private.h"

/* The database holds only what we wrote; the limit is that of a verdict. */
static const struct oak_value_limits limits = {.bytes = 64 * 1024 * 1024, .depth = 16};

static int parse(struct oak_arena *arena, const char *text, const char *what, const struct oak_value **ret,
		 struct oak_error *err)
{
	if (oak_json_parse(arena, text, strlen(text), what, &limits, ret, err) < 0)
		return oak_fail(err, OAK_IO, "db.corrupt", 0, "a stored %s cannot be read", what);
	return 0;
}

static oak_time get_time(const struct oak_value *v, const char *key)
{
	const struct oak_value *member = oak_value_get(v, key);
	return member && member->kind == OAK_VALUE_INT ? member->integer : OAK_TIME_NONE;
}

static void put_seconds(struct oak_sink *sink, const char *key, oak_time t)
{
	if (t != OAK_TIME_NONE)
		oak_put_int(sink, key, t);
}

static void put_list(struct oak_sink *sink, const char *key, const char *const *v, size_t n)
{
	if (n)
		oak_put_strings(sink, key, v, n);
}

#define GET_LIST(arena, vec, value, key)                                                                     \
	do {                                                                                                 \
		const struct oak_value *list_ = oak_value_get(value, key);                                   \
		for (size_t i_ = 0; list_ && list_->kind == OAK_VALUE_ARRAY && i_ < list_->array.n; i_++)    \
			if (oak_value_string(&list_->array.v[i_]))                                           \
				*oak_push(arena, vec) = oak_value_string(&list_->array.v[i_]);               \
	} while (0)

void oak_detail_format(const struct oak_patch *p, struct oak_buf *buf)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, buf);
	sink.ops->begin_object(&sink);
	oak_put_string_opt(&sink, "class", p->classification);
	oak_put_string_opt(&sink, "severity", p->severity);
	put_seconds(&sink, "released", p->released);
	if (p->basis != OAK_BASIS_NONE)
		oak_put_string(&sink, "basis", oak_basis_to_string(p->basis));
	put_seconds(&sink, "approvedAt", p->approved_at);
	put_seconds(&sink, "until", p->until);
	oak_put_string_opt(&sink, "rule", p->rule);
	oak_put_string_opt(&sink, "repository", p->repository);
	oak_put_string_opt(&sink, "reasonDetail", p->reason_detail);
	put_list(&sink, "advisories", p->advisories.v, p->advisories.n);
	put_list(&sink, "cves", p->cves.v, p->cves.n);
	put_list(&sink, "knownExploited", p->known_exploited.v, p->known_exploited.n);
	sink.ops->end_object(&sink);
}

int oak_detail_parse(struct oak_arena *arena, const char *text, struct oak_patch *p, struct oak_error *err)
{
	const struct oak_value *v;
	if (parse(arena, text, "patch", &v, err) < 0)
		return -1;
	p->classification = oak_value_string(oak_value_get(v, "class"));
	p->severity = oak_value_string(oak_value_get(v, "severity"));
	p->released = get_time(v, "released");
	p->approved_at = get_time(v, "approvedAt");
	p->until = get_time(v, "until");
	const char *basis = oak_value_string(oak_value_get(v, "basis"));
	int found = basis ? oak_basis_from_string(basis) : -1;
	p->basis = found < 0 ? OAK_BASIS_NONE : (enum oak_release_basis)found;
	p->rule = oak_value_string(oak_value_get(v, "rule"));
	p->repository = oak_value_string(oak_value_get(v, "repository"));
	p->reason_detail = oak_value_string(oak_value_get(v, "reasonDetail"));
	GET_LIST(arena, &p->advisories, v, "advisories");
	GET_LIST(arena, &p->cves, v, "cves");
	GET_LIST(arena, &p->known_exploited, v, "knownExploited");
	return 0;
}

void oak_summary_pack(const struct oak_summary *s, struct oak_buf *buf)
{
	oak_buf_addf(buf, "%d %d %lld %lld %lld %lld", (int)s->status, (int)s->severity,
		     (long long)s->critical_non_compliant, (long long)s->security_non_compliant,
		     (long long)s->other_non_compliant, (long long)s->available_security_update);
	for (size_t i = 0; i < OAK_STATE_COUNT; i++)
		oak_buf_addf(buf, " %lld", (long long)s->count[i]);
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		oak_buf_addf(buf, " %lld", (long long)s->non_compliant_by_level[i]);
}

int oak_summary_unpack(const char *text, struct oak_summary *ret, struct oak_error *err)
{
	int64_t number[6 + OAK_STATE_COUNT + OAK_LEVEL_COUNT];
	struct oak_str rest = oak_str_of(text), word;
	size_t n = 0;
	while (n < sizeof(number) / sizeof(*number) && oak_str_next(&rest, ' ', &word))
		if (!oak_parse_int(word, 0, INT64_MAX, &number[n++]))
			break;
	if (n != sizeof(number) / sizeof(*number) || number[0] >= OAK_STATUS_COUNT || number[1] >= OAK_LEVEL_COUNT)
		return oak_fail(err, OAK_IO, "db.corrupt", 0, "a stored summary cannot be read");
	*ret = (struct oak_summary){
		.status = (enum oak_status)number[0],
		.severity = (enum oak_level)number[1],
		.critical_non_compliant = number[2],
		.security_non_compliant = number[3],
		.other_non_compliant = number[4],
		.available_security_update = number[5],
	};
	for (size_t i = 0; i < OAK_STATE_COUNT; i++)
		ret->count[i] = number[6 + i];
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		ret->non_compliant_by_level[i] = number[6 + OAK_STATE_COUNT + i];
	return 0;
}

static void format_problems(struct oak_sink *sink, const struct oak_verdict *verdict)
{
	oak_put_begin_array(sink, "problems");
	for (size_t i = 0; i < verdict->problems.n; i++) {
		const struct oak_problem *p = &verdict->problems.v[i];
		sink->ops->begin_object(sink);
		oak_put_string_opt(sink, "kind", p->kind);
		oak_put_string_opt(sink, "subject", p->subject);
		oak_put_string_opt(sink, "detail", p->detail);
		oak_put_string_opt(sink, "remedy", p->remedy);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
}

static void format_repository(struct oak_sink *sink, const struct oak_repository *r)
{
	sink->ops->begin_object(sink);
	oak_put_string_opt(sink, "id", r->id);
	oak_put_string_opt(sink, "uri", r->uri);
	oak_put_string_opt(sink, "suite", r->suite);
	oak_put_string_opt(sink, "codename", r->codename);
	oak_put_string_opt(sink, "label", r->label);
	oak_put_string_opt(sink, "component", r->component);
	oak_put_bool_opt(sink, "trusted", r->trusted);
	oak_put_bool_opt(sink, "enabled", r->enabled);
	oak_put_bool_opt(sink, "advisories", r->advisories);
	oak_put_string_opt(sink, "error", r->error);
	sink->ops->end_object(sink);
}

static void add_seconds(struct oak_buf *buf, oak_time t)
{
	if (t == OAK_TIME_NONE)
		oak_buf_adds(buf, "- ");
	else
		oak_buf_addf(buf, "%lld ", (long long)t);
}

void oak_head_format(const struct oak_verdict *verdict, struct oak_buf *buf, struct oak_buf *times)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, buf);
	sink.ops->begin_object(&sink);
	oak_put_string_opt(&sink, "digest", verdict->baseline_digest);
	format_problems(&sink, verdict);
	oak_put_begin_array(&sink, "repositories");
	for (size_t i = 0; verdict->inventory && i < verdict->inventory->repositories.n; i++) {
		const struct oak_repository *r = &verdict->inventory->repositories.v[i];
		format_repository(&sink, r);
		add_seconds(times, r->fetched_at);
		add_seconds(times, r->release_date);
		add_seconds(times, r->valid_until);
		add_seconds(times, r->watched_since);
	}
	oak_put_end_array(&sink);
	sink.ops->end_object(&sink);
}

static bool get_bool(const struct oak_value *v, const char *key)
{
	const struct oak_value *member = oak_value_get(v, key);
	return member && member->kind == OAK_VALUE_BOOL && member->boolean;
}

static oak_time next_seconds(struct oak_str *rest)
{
	struct oak_str word;
	int64_t t;
	return oak_str_next(rest, ' ', &word) && oak_parse_int(word, INT64_MIN, INT64_MAX, &t) ? t : OAK_TIME_NONE;
}

static void parse_repository(const struct oak_value *v, struct oak_str *times, struct oak_repository *r)
{
	*r = (struct oak_repository){
		.id = oak_value_string(oak_value_get(v, "id")),
		.uri = oak_value_string(oak_value_get(v, "uri")),
		.suite = oak_value_string(oak_value_get(v, "suite")),
		.codename = oak_value_string(oak_value_get(v, "codename")),
		.label = oak_value_string(oak_value_get(v, "label")),
		.component = oak_value_string(oak_value_get(v, "component")),
		.trusted = get_bool(v, "trusted"),
		.enabled = get_bool(v, "enabled"),
		.advisories = get_bool(v, "advisories"),
		.error = oak_value_string(oak_value_get(v, "error")),
	};
	r->fetched_at = next_seconds(times);
	r->release_date = next_seconds(times);
	r->valid_until = next_seconds(times);
	r->watched_since = next_seconds(times);
}

int oak_head_parse(struct oak_arena *arena, const char *text, const char *times, struct oak_verdict *verdict,
		   struct oak_inventory *inventory, struct oak_error *err)
{
	const struct oak_value *v;
	struct oak_str rest = oak_str_of(times);
	if (parse(arena, text, "scan", &v, err) < 0)
		return -1;
	verdict->baseline_digest = oak_value_string(oak_value_get(v, "digest"));
	const struct oak_value *list = oak_value_get(v, "problems");
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++)
		*oak_push(arena, &verdict->problems) = (struct oak_problem){
			.kind = oak_value_string(oak_value_get(&list->array.v[i], "kind")),
			.subject = oak_value_string(oak_value_get(&list->array.v[i], "subject")),
			.detail = oak_value_string(oak_value_get(&list->array.v[i], "detail")),
			.remedy = oak_value_string(oak_value_get(&list->array.v[i], "remedy")),
		};
	list = oak_value_get(v, "repositories");
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++)
		parse_repository(&list->array.v[i], &rest, oak_push(arena, &inventory->repositories));
	return 0;
}

void oak_facts_format(const struct oak_node *node, struct oak_buf *buf)
{
	struct oak_sink sink;
	const struct oak_platform *p = &node->platform;
	oak_sink_json_compact(&sink, buf);
	sink.ops->begin_object(&sink);
	oak_put_begin_object(&sink, "tags");
	for (size_t i = 0; i < node->tags.n; i++)
		oak_put_string(&sink, node->tags.v[i].key, node->tags.v[i].value);
	oak_put_end_object(&sink);
	oak_put_string_opt(&sink, "family", p->family);
	oak_put_string_opt(&sink, "id", p->id);
	oak_put_string_opt(&sink, "version", p->version);
	oak_put_string_opt(&sink, "arch", p->arch);
	oak_put_string_opt(&sink, "kernel", p->kernel);
	oak_put_string_opt(&sink, "bootId", p->boot_id);
	put_seconds(&sink, "bootedAt", p->booted_at);
	oak_put_string_opt(&sink, "product", p->product);
	oak_put_string_opt(&sink, "edition", p->edition);
	sink.ops->end_object(&sink);
}

int oak_facts_parse(struct oak_arena *arena, const char *text, struct oak_node *node, struct oak_error *err)
{
	const struct oak_value *v;
	if (parse(arena, text, "node", &v, err) < 0)
		return -1;
	const struct oak_value *tags = oak_value_get(v, "tags");
	for (size_t i = 0; tags && tags->kind == OAK_VALUE_OBJECT && i < tags->object.n; i++)
		*oak_push(arena, &node->tags) =
			(struct oak_tag){tags->object.v[i].key, oak_value_string(&tags->object.v[i].value)};
	struct oak_platform *p = &node->platform;
	p->family = oak_value_string(oak_value_get(v, "family"));
	p->id = oak_value_string(oak_value_get(v, "id"));
	p->version = oak_value_string(oak_value_get(v, "version"));
	p->arch = oak_value_string(oak_value_get(v, "arch"));
	p->kernel = oak_value_string(oak_value_get(v, "kernel"));
	p->boot_id = oak_value_string(oak_value_get(v, "bootId"));
	p->booted_at = get_time(v, "bootedAt");
	p->product = oak_value_string(oak_value_get(v, "product"));
	p->edition = oak_value_string(oak_value_get(v, "edition"));
	return 0;
}
