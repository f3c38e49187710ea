/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdict files of a fleet that does not exist: make_verdicts DIR NODES [PATCHES [DAYS [hostile]]]. Same arguments, same bytes.
 * DAYS over 1: one verdict a day and node, whose missing patches come and go. */
#include <stdio.h>
#include <stdlib.h>

#include "baseline/verdict.h"
#include "core/fs.h"
#include "core/str.h"

enum { NOW = 1795435200 }; /* 2026-11-23T12:00:00Z */

static const struct {
	const char *family, *id, *version, *arch, *suffix;
} platforms[] = {
	{"debian", "debian", "12", "amd64", "+deb12u%d"}, {"debian", "ubuntu", "24.04", "amd64", "ubuntu0.%d"},
	{"rhel", "rhel", "9.4", "x86_64", "-%d.el9"},	  {"suse", "sles", "15.6", "x86_64", "-%d.150600"},
	{"amazon", "amzn", "2023", "aarch64", "-%d.amzn2023"}, {"windows", "windows", "10.0.20348.2113", "x64", NULL},
};
enum { PLATFORMS = sizeof(platforms) / sizeof(*platforms) };

/* What a report must survive as the name of a node. */
static const char *const hostile_ids[] = {
	"<script>alert(1)</script>", "=cmd|' /C calc'!A0", "quote\"and'apos", "comma, and; semicolon", "@SUM(A1)", "-2+3", "+1",
	"back\\slash", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae gnp.exe", "]]>", "&amp;&#0;", "{{7*7}}", "%0a%0d", "a|b`id`$(id)",
	"\xf0\x9f\x92\xa9 \xe2\x98\x83",
};
enum { HOSTILE = sizeof(hostile_ids) / sizeof(*hostile_ids) };

static uint64_t seed;
static unsigned roll(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static enum oak_state a_state(unsigned chance)
{
	static const enum oak_state bad[] = {OAK_STATE_MISSING, OAK_STATE_MISSING, OAK_STATE_MISSING, OAK_STATE_FAILED,
					     OAK_STATE_INSTALLED_REJECTED, OAK_STATE_INSTALLED_PENDING_REBOOT};
	if (roll(100) < chance)
		return bad[roll(6)];
	return roll(3) ? OAK_STATE_INSTALLED : OAK_STATE_INSTALLED_OTHER;
}

static void add_patch(struct oak_arena *arena, struct oak_verdict *v, size_t index, unsigned chance, bool hostile)
{
	const struct oak_platform *platform = &v->inventory->node.platform;
	bool windows = oak_streq(platform->family, "windows");
	struct oak_patch *p = oak_push(arena, &v->patches);
	*p = (struct oak_patch){.until = OAK_TIME_NONE, .released = OAK_TIME_NONE, .approved_at = OAK_TIME_NONE};
	p->name = oak_arena_printf(arena, windows ? "2026-11 Update %04zu" : "package-%04zu", index);
	p->arch = platform->arch;
	p->id = windows ? oak_arena_printf(arena, "KB50%05zu", index) : oak_arena_printf(arena, "%s.%s", p->name, p->arch);
	p->installed = windows ? NULL : oak_arena_printf(arena, "1.%u-%u", roll(9), roll(4));
	p->state = a_state(chance);
	if (hostile && index == 3) {
		p->state = OAK_STATE_MISSING;
		p->reason_detail = "a\n\"b\"\t<c> & 'd' \x01 \x7f";
		p->id = oak_arena_printf(arena, "<b onmouseover=x>.%s", p->arch);
	}
	if (p->state == OAK_STATE_INSTALLED_OTHER)
		return;
	p->available = windows ? NULL : oak_arena_printf(arena, "2.%zu-1", index);
	p->level = (enum oak_level)roll(OAK_LEVEL_COUNT);
	p->classification = roll(2) ? "Security" : "Bugfix";
	p->severity = roll(2) ? "Important" : "Critical";
	p->approved_at = NOW - 20 * (oak_time)OAK_DAY;
	p->rule = "rule 1";
	*oak_push(arena, &p->advisories) = oak_arena_printf(arena, "ADV-2026-%04zu", index);
	for (unsigned i = roll(4); i > 0; i--)
		*oak_push(arena, &p->cves) = oak_arena_printf(arena, "CVE-2026-%04zu", 1000 + (index * 3 + i) % 500);
	if (p->cves.n && index % 50 == 7)
		*oak_push(arena, &p->known_exploited) = p->cves.v[0];
}

static void sum_up(struct oak_verdict *v, bool unknown)
{
	struct oak_summary *s = &v->summary;
	for (size_t i = 0; i < v->patches.n; i++) {
		const struct oak_patch *p = &v->patches.v[i];
		bool bad = p->state == OAK_STATE_MISSING || p->state == OAK_STATE_FAILED || p->state == OAK_STATE_INSTALLED_REJECTED ||
			   p->state == OAK_STATE_INSTALLED_PENDING_REBOOT;
		s->count[p->state]++;
		if (!bad)
			continue;
		bool security = oak_streq(p->classification, "Security");
		s->non_compliant_by_level[p->level]++;
		s->critical_non_compliant += p->level == OAK_LEVEL_CRITICAL;
		s->security_non_compliant += security;
		s->other_non_compliant += p->level != OAK_LEVEL_CRITICAL && !security;
		s->severity = p->level > s->severity ? p->level : s->severity;
		s->status = OAK_NON_COMPLIANT;
	}
	if (s->status == OAK_COMPLIANT && unknown)
		s->status = OAK_UNKNOWN;
	s->count[OAK_STATE_NOT_APPLICABLE] = roll(50);
	s->available_security_update = roll(5);
}

static const char *node_id(struct oak_arena *arena, size_t i, bool hostile)
{
	if (hostile && i == HOSTILE) {
		char *id = oak_arena_alloc(arena, 129); /* the longest that there may be */
		memset(id, 'W', 128);
		return id;
	}
	return hostile && i < HOSTILE ? hostile_ids[i] : oak_arena_printf(arena, "00000000-0000-4000-8000-%012zu", i);
}

static int write_one(const char *dir, size_t i, size_t day, size_t days, size_t patches, bool hostile)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_verdict v = {.arena = arena, .inventory = inventory, .baseline_id = "org-strict", .baseline_name = "Organisation, strict"};
	struct oak_sink sink;
	struct oak_error err = {0};
	size_t k = i % PLATFORMS;
	seed = i * 977 + 13;
	inventory->node = (struct oak_node){
		.id = node_id(arena, i, hostile),
		.name = hostile ? oak_arena_printf(arena, "host \"%zu\" <i>", i) : oak_arena_printf(arena, "host%04zu", i),
		.platform = {.family = platforms[k].family, .id = platforms[k].id, .version = platforms[k].version, .arch = platforms[k].arch,
			     .kernel = "6.1.0", .booted_at = OAK_TIME_NONE}};
	*oak_push(arena, &inventory->node.tags) = (struct oak_tag){"Patch Group", i % 2 ? "prod" : "test"};
	v.evaluated_at = NOW - (oak_time)(days - 1 - day) * OAK_DAY - (oak_time)(i % 11 == 5 ? 9 * OAK_DAY : i % 3600);
	inventory->metadata_at = v.evaluated_at - 3600;
	unsigned chance = i % 3 == 0 ? 0 : days > 1 ? (unsigned)(30 - 30 * day / days) : 6;
	for (size_t p = 0; p < patches; p++)
		add_patch(arena, &v, p, chance, hostile);
	sum_up(&v, i % 9 == 3);
	oak_buf_init(&text, (size_t)1 << 26);
	oak_sink_json(&sink, &text);
	oak_verdict_format(&v, &sink);
	if (oak_fs_write_atomic(oak_arena_printf(arena, "%s/%05zu-%03zu.json", dir, i, day), text.p, text.n, 0644, &err) < 0) {
		fprintf(stderr, "%s\n", err.cause);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct oak_error err = {0};
	int64_t nodes, patches = 60, days = 1;
	if (argc < 3 || !oak_parse_int(oak_str_of(argv[2]), 1, 1000000, &nodes) ||
	    (argc > 3 && !oak_parse_int(oak_str_of(argv[3]), 1, 100000, &patches)) ||
	    (argc > 4 && !oak_parse_int(oak_str_of(argv[4]), 1, 4000, &days))) {
		fprintf(stderr, "usage: make_verdicts DIR NODES [PATCHES [DAYS [hostile]]]\n");
		return 2;
	}
	if (oak_fs_mkdirs(argv[1], 0755, &err) < 0) {
		fprintf(stderr, "%s\n", err.cause);
		return 1;
	}
	for (size_t i = 0; i < (size_t)nodes; i++)
		for (size_t day = 0; day < (size_t)days; day++)
			if (write_one(argv[1], i, day, (size_t)days, (size_t)patches, argc > 5) < 0)
				return 1;
	return 0;
}
