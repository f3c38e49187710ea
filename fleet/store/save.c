/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a scan: one row when nothing changed, else the intervals that ended and began, all in one transaction. */
#include <stdio.h>

#include "core/hash.h"
#include "core/map.h"
#include "core/str.h"
#include "fleet/store/intern.h"
#include "fleet/store/private.h"

enum { DIGEST = 16, TEXT_MAX = 64 * 1024 * 1024 };

struct save {
	struct oak_store *store;
	const struct oak_verdict *verdict;
	struct oak_arena *arena;
	struct oak_intern *intern;
	int64_t node, series;
	oak_time at;
	struct oak_buf summary, head, times;
};

/* The last scan of the series, to compare with. */
struct last {
	int64_t state, head;
	unsigned char state_digest[DIGEST], head_digest[DIGEST];
};

static void digest_of(const void *bytes, size_t n, unsigned char out[DIGEST])
{
	unsigned char whole[OAK_SHA256_SIZE];
	oak_sha256(bytes, n, whole);
	memcpy(out, whole, DIGEST);
}

static void add_field(struct oak_buf *buf, const char *text)
{
	if (text)
		oak_buf_adds(buf, text);
	oak_buf_addc(buf, text ? '\x1f' : '\x1e');
}

static void add_fields(struct oak_buf *buf, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_field(buf, v[i]);
	oak_buf_addc(buf, '\n');
}

static void add_number(struct oak_buf *buf, int64_t number)
{
	oak_buf_add(buf, &number, sizeof(number));
}

static void add_patch(struct oak_buf *buf, const struct oak_patch *p)
{
	const char *const texts[] = {p->id, p->name, p->arch, p->installed, p->available, p->reason_detail,
				     p->classification, p->severity, p->rule, p->repository};
	add_fields(buf, texts, sizeof(texts) / sizeof(*texts));
	const int64_t numbers[] = {p->state, p->reason, p->level, p->basis, p->until, p->released, p->approved_at};
	oak_buf_add(buf, numbers, sizeof(numbers));
	add_fields(buf, p->advisories.v, p->advisories.n);
	add_fields(buf, p->cves.v, p->cves.n);
	add_fields(buf, p->known_exploited.v, p->known_exploited.n);
}

/* Everything that would make this scan differ from the one before: patches, counts, and which versions are offered. */
static void digest_state(const struct save *s, unsigned char out[DIGEST])
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	const struct oak_inventory *inventory = s->verdict->inventory;
	oak_buf_init(&buf, (size_t)4 * TEXT_MAX);
	oak_buf_adds(&buf, oak_buf_text(&s->summary));
	for (size_t i = 0; i < s->verdict->patches.n; i++)
		add_patch(&buf, &s->verdict->patches.v[i]);
	for (size_t i = 0; inventory && i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		add_field(&buf, u->name);
		add_field(&buf, u->arch);
		add_field(&buf, u->evr);
		add_fields(&buf, u->origins.v, u->origins.n);
	}
	add_number(&buf, (int64_t)(inventory ? inventory->repositories.n : 0));
	digest_of(buf.p, buf.n, out);
}

static int save_node(struct save *s, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf facts;
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	const struct oak_node *node = &s->verdict->inventory->node;
	oak_buf_init(&facts, TEXT_MAX);
	oak_facts_format(node, &facts);
	if (oak_db_query(s->store->db, &stmt, err, "SELECT id, name, facts FROM node WHERE ext = ?", "t", node->id) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (row == 0)
		return oak_db_query_int(s->store->db, &s->node, err,
					"INSERT INTO node(ext, name, facts) VALUES(?, ?, ?) RETURNING id", "ttt", node->id,
					node->name, oak_buf_text(&facts));
	s->node = oak_stmt_int(stmt, 0);
	if (oak_streq(oak_stmt_text(stmt, 1), node->name) && oak_streq(oak_stmt_text(stmt, 2), oak_buf_text(&facts)))
		return 0;
	return oak_db_run(s->store->db, err, "UPDATE node SET name = ?, facts = ? WHERE id = ?", "tti", node->name,
			  oak_buf_text(&facts), s->node);
}

static int save_series(struct save *s, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	const struct oak_verdict *v = s->verdict;
	const char *baseline = v->baseline_id ? v->baseline_id : "";
	if (oak_db_query(s->store->db, &stmt, err,
			 "SELECT id, baseline_name FROM series WHERE node = ? AND baseline = ? AND operation = ?", "iti",
			 s->node, baseline, (int64_t)v->operation) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (row == 0)
		return oak_db_query_int(s->store->db, &s->series, err,
					"INSERT INTO series(node, baseline, baseline_name, operation) VALUES(?, ?, ?, ?) RETURNING id",
					"itti", s->node, baseline, v->baseline_name, (int64_t)v->operation);
	s->series = oak_stmt_int(stmt, 0);
	if (oak_streq(oak_stmt_text(stmt, 1), v->baseline_name))
		return 0;
	return oak_db_run(s->store->db, err, "UPDATE series SET baseline_name = ? WHERE id = ?", "ti", v->baseline_name,
			  s->series);
}

static void copy_digest(struct oak_stmt *stmt, int column, unsigned char out[DIGEST])
{
	size_t n;
	const void *p = oak_stmt_blob(stmt, column, &n);
	memset(out, 0, DIGEST);
	if (p && n == DIGEST)
		memcpy(out, p, DIGEST);
}

static int find_last(struct save *s, struct last *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	*ret = (struct last){0};
	if (oak_db_query(s->store->db, &stmt, err,
			 "SELECT c.state, t.digest, c.head, h.digest FROM scan c JOIN state t ON t.id = c.state "
			 "JOIN head h ON h.id = c.head WHERE c.series = ? ORDER BY c.id DESC LIMIT 1",
			 "i", s->series) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row <= 0)
		return row;
	ret->state = oak_stmt_int(stmt, 0);
	ret->head = oak_stmt_int(stmt, 2);
	copy_digest(stmt, 1, ret->state_digest);
	copy_digest(stmt, 3, ret->head_digest);
	return 0;
}

/* An open interval as it lies in the database. */
struct open_span {
	int64_t id;
	unsigned char digest[DIGEST];
	bool still;
};

static const char *span_key(struct oak_arena *arena, const char *name, const char *arch, const char *kb,
			    const int64_t numbers[3], const char *installed, const char *available)
{
	return oak_arena_printf(arena, "%s\x1f%s\x1f%s\x1f%d.%d.%d\x1f%s\x1f%s", name, arch, kb, (int)numbers[0],
				(int)numbers[1], (int)numbers[2], installed ? installed : "", available ? available : "");
}

static int load_open(struct save *s, struct oak_map *map, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (oak_db_query(s->store->db, &stmt, err,
			 "SELECT s.id, p.name, p.arch, p.kb, s.state, s.reason, s.level, i.text, a.text, d.digest FROM span s "
			 "JOIN package p ON p.id = s.package JOIN detail d ON d.id = s.detail LEFT JOIN evr i ON i.id = "
			 "s.installed LEFT JOIN evr a ON a.id = s.available WHERE s.series = ? AND s.until IS NULL",
			 "i", s->series) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		const int64_t numbers[3] = {oak_stmt_int(stmt, 4), oak_stmt_int(stmt, 5), oak_stmt_int(stmt, 6)};
		struct open_span *span = OAK_NEW(s->arena, struct open_span);
		span->id = oak_stmt_int(stmt, 0);
		copy_digest(stmt, 9, span->digest);
		oak_map_put(map, span_key(s->arena, oak_stmt_text(stmt, 1), oak_stmt_text(stmt, 2), oak_stmt_text(stmt, 3),
					  numbers, oak_stmt_text(stmt, 7), oak_stmt_text(stmt, 8)), span);
	}
	return row;
}

static int begin_span(struct save *s, const struct oak_patch *p, const char *kb, int64_t detail, struct oak_error *err)
{
	int64_t package, installed, available;
	if (oak_intern_package(s->intern, p->name ? p->name : "", p->arch ? p->arch : "", kb, &package, err) < 0 ||
	    oak_intern_evr(s->intern, p->installed, &installed, err) < 0 ||
	    oak_intern_evr(s->intern, p->available, &available, err) < 0)
		return -1;
	return oak_intern_span(s->intern, s->series, package, p, installed, available, detail, s->at, err);
}

static int save_patch(struct save *s, const struct oak_patch *p, struct oak_map *open, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf doc = {0};
	unsigned char digest[DIGEST];
	int64_t detail;
	const char *kb = oak_kb_of(s->arena, p);
	const int64_t numbers[3] = {p->state, p->reason, p->level};
	const char *key = span_key(s->arena, p->name ? p->name : "", p->arch ? p->arch : "", kb, numbers, p->installed,
				   p->available);
	struct open_span *span = oak_map_find(open, key);
	if (span && span->still)
		return 0; /* the same row twice in one verdict is one interval */
	oak_buf_init(&doc, TEXT_MAX);
	oak_detail_format(p, &doc);
	digest_of(doc.p, doc.n, digest);
	if (span && memcmp(span->digest, digest, DIGEST) == 0) {
		span->still = true;
		return 0;
	}
	if (oak_intern_detail(s->intern, p, oak_buf_text(&doc), digest, DIGEST, &detail, err) < 0)
		return -1;
	if (span) {
		span->still = true;
		return oak_db_run(s->store->db, err, "UPDATE span SET detail = ? WHERE id = ?", "ii", detail, span->id);
	}
	span = OAK_NEW(s->arena, struct open_span);
	span->still = true;
	oak_map_put(open, key, span);
	return begin_span(s, p, kb, detail, err);
}

static int end_spans(struct save *s, const struct oak_map *open, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	/* A clock set back must not make an interval end before it began. */
	if (oak_db_prepare(s->store->db, "UPDATE span SET until = CASE WHEN since > ? THEN since ELSE ? END WHERE id = ?",
			   &stmt, err) < 0)
		return -1;
	for (size_t i = 0; i < open->cap; i++) {
		const struct open_span *span = open->slots[i].key ? open->slots[i].value : NULL;
		if (span && !span->still &&
		    (oak_stmt_bind(stmt, err, "nni", s->at, s->at, span->id) < 0 || oak_stmt_step(stmt, err) < 0))
			return -1;
	}
	return 0;
}

static int save_spans(struct save *s, struct oak_error *err)
{
	struct oak_map open;
	oak_map_init(&open, s->arena, s->verdict->patches.n);
	if (load_open(s, &open, err) < 0)
		return -1;
	for (size_t i = 0; i < s->verdict->patches.n; i++)
		if (save_patch(s, &s->verdict->patches.v[i], &open, err) < 0)
			return -1;
	return end_spans(s, &open, err);
}

static int save_state(struct save *s, const struct last *last, const struct oak_memory *memory, bool *ret_changed,
		      int64_t *ret, struct oak_error *err)
{
	unsigned char digest[DIGEST];
	digest_state(s, digest);
	*ret_changed = !last->state || memcmp(digest, last->state_digest, DIGEST) != 0;
	if (!*ret_changed) {
		*ret = last->state;
		return 0;
	}
	if (save_spans(s, err) < 0 ||
	    (memory && oak_intern_first_seen(s->intern, s->node, s->verdict->inventory, memory, s->at, err) < 0))
		return -1;
	return oak_db_query_int(s->store->db, ret, err, "INSERT INTO state(digest, summary) VALUES(?, ?) RETURNING id", "bt",
				(const void *)digest, (size_t)DIGEST, oak_buf_text(&s->summary));
}

static int save_head(struct save *s, const struct last *last, int64_t *ret, struct oak_error *err)
{
	unsigned char digest[DIGEST];
	digest_of(s->head.p, s->head.n, digest);
	if (last->head && memcmp(digest, last->head_digest, DIGEST) == 0) {
		*ret = last->head;
		return 0;
	}
	if (oak_db_run(s->store->db, err, "INSERT INTO head(digest, doc) VALUES(?, ?) ON CONFLICT DO NOTHING", "bt",
		       (const void *)digest, (size_t)DIGEST, oak_buf_text(&s->head)) < 0)
		return -1;
	return oak_db_query_int(s->store->db, ret, err, "SELECT id FROM head WHERE digest = ?", "b", (const void *)digest,
				(size_t)DIGEST);
}

static int save_all(struct save *s, const struct oak_memory *memory, bool *ret_changed, int64_t *ret, struct oak_error *err)
{
	struct last last;
	int64_t state, head;
	if (save_node(s, err) < 0 || save_series(s, err) < 0 || find_last(s, &last, err) < 0 ||
	    save_state(s, &last, memory, ret_changed, &state, err) < 0 || save_head(s, &last, &head, err) < 0)
		return -1;
	return oak_db_query_int(s->store->db, ret, err,
				"INSERT INTO scan(series, at, metadata_at, state, head, times) VALUES(?, ?, ?, ?, ?, ?) RETURNING id",
				"inniit", s->series, s->at, s->verdict->inventory->metadata_at, state, head,
				oak_buf_text(&s->times));
}

static int save_in_transaction(struct save *s, const struct oak_memory *memory, int64_t *ret, struct oak_error *err)
{
	bool changed = false;
	if (oak_db_begin(s->store->db, true, err) < 0)
		return -1;
	s->intern = oak_intern_new(s->store->db, s->arena);
	int rc = save_all(s, memory, &changed, ret, err);
	oak_intern_free(s->intern);
	if (rc < 0 || oak_db_commit(s->store->db, err) < 0)
		return -1;
	if (!memory || (!changed && oak_seen_copy_exists(s->store->dir, s->verdict->inventory->node.id)))
		return 0;
	return oak_seen_copy_save(s->store, s->node, s->verdict->inventory->node.id, err);
}

int oak_store_save_scan(struct oak_store *store, const struct oak_verdict *verdict, const struct oak_memory *memory,
			int64_t *ret_scan, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct save s = {.store = store, .verdict = verdict, .arena = arena, .at = verdict->evaluated_at};
	int64_t scan = 0;
	oak_buf_init(&s.summary, TEXT_MAX);
	oak_buf_init(&s.head, TEXT_MAX);
	oak_buf_init(&s.times, TEXT_MAX);
	oak_summary_pack(&verdict->summary, &s.summary);
	oak_head_format(verdict, &s.head, &s.times);
	int rc = save_in_transaction(&s, memory, &scan, err);
	oak_buf_done(&s.summary);
	oak_buf_done(&s.head);
	oak_buf_done(&s.times);
	if (rc == 0 && ret_scan)
		*ret_scan = scan;
	return oak_store_settle(store, rc, err);
}
