/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What systeminfo prints, read by its order and its values, because its words are those of the host's language. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/str.h"
#include "scanners/foreign.h"
#include "scanners/host.h"

enum { FIELDS_MAX = 4096, MIN_KB_DIGITS = 5, MAX_KB_DIGITS = 8 };

/* One "Key: value", and the "[01]: value" lines below it. */
struct field {
	const char *key, *value;
	OAK_VEC(const char *) items;
};

struct fields {
	OAK_VEC(struct field) list;
};

/* ------------------------------------------------------------------------------------------- lines to fields */

/* "[01]: KB4100347" -> "KB4100347"; NULL = it is no such item. */
static const char *item_of(struct oak_arena *arena, struct oak_str line)
{
	size_t i = 1;
	if (line.n < 4 || line.p[0] != '[')
		return NULL;
	while (i < line.n && isdigit((unsigned char)line.p[i]))
		i++;
	if (i == 1 || i + 1 >= line.n || line.p[i] != ']' || line.p[i + 1] != ':')
		return NULL;
	struct oak_str value = oak_str_trim((struct oak_str){line.p + i + 2, line.n - i - 2});
	return oak_arena_strndup(arena, value.p ? value.p : "", value.n);
}

static void add_line(struct oak_arena *arena, struct fields *f, struct oak_str line)
{
	struct oak_str text = oak_str_trim(line);
	bool indented = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
	if (!text.n || f->list.n >= FIELDS_MAX)
		return;
	if (indented) {
		const char *item = item_of(arena, text);
		if (item && f->list.n)
			*oak_push(arena, &f->list.v[f->list.n - 1].items) = item;
		return;
	}
	/* French puts a blank, and sometimes one that does not break, before the colon */
	size_t n = colon ? (size_t)(colon - text.p) : text.n;
	struct oak_str key = oak_str_trim((struct oak_str){text.p, n});
	struct oak_str value = colon ? oak_str_trim((struct oak_str){colon + 1, text.n - n - 1}) : (struct oak_str){"", 0};
	*oak_push(arena, &f->list) = (struct field){oak_arena_strndup(arena, key.p, key.n), oak_arena_strndup(arena, value.n ? value.p : "", value.n), {0}};
}

/* The cells of a line of CSV, all of them quoted. */
static void read_cells(struct oak_arena *arena, struct oak_str line, struct fields *f, bool keys)
{
	size_t i = 0, column = 0;
	while (i < line.n && f->list.n < FIELDS_MAX) {
		bool quoted = line.p[i] == '"';
		OAK_AUTO(oak_buf_done) struct oak_buf cell;
		oak_buf_init(&cell, 1 << 20);
		for (i += quoted; i < line.n && (quoted || line.p[i] != ','); i++) {
			if (quoted && line.p[i] == '"' && (i + 1 >= line.n || line.p[i + 1] != '"'))
				break;
			i += quoted && line.p[i] == '"';
			oak_buf_addc(&cell, line.p[i]);
		}
		const char *text = oak_arena_strdup(arena, oak_buf_text(&cell));
		if (keys)
			*oak_push(arena, &f->list) = (struct field){.key = text, .value = ""};
		else if (column < f->list.n)
			f->list.v[column].value = text;
		column++;
		i += quoted && i < line.n;
		i += i < line.n && line.p[i] == ',';
	}
}

/* "5 Hotfix(s) Installed.,[01]: KB4100347,[02]: KB…" */
static void split_items(struct oak_arena *arena, struct field *field)
{
	struct oak_str rest = oak_str_of(field->value), part;
	while (oak_str_next(&rest, ',', &part)) {
		const char *item = item_of(arena, oak_str_trim(part));
		if (item)
			*oak_push(arena, &field->items) = item;
	}
}

static void read_fields(struct oak_arena *arena, const char *text, size_t n, struct fields *f)
{
	struct oak_str rest = {text, n}, line;
	bool csv = false;
	int lines = 0;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_str trimmed = oak_str_trim(line);
		if (!trimmed.n)
			continue;
		csv = lines ? csv : trimmed.p[0] == '"';
		if (csv && lines < 2)
			read_cells(arena, trimmed, f, lines == 0);
		else if (!csv)
			add_line(arena, f, line);
		lines++;
	}
	for (size_t i = 0; csv && i < f->list.n; i++)
		split_items(arena, &f->list.v[i]);
}

/* ------------------------------------------------------------------------------------------- what they mean */

/* "10.0.17134 N/A Build 17134" -> "10.0.17134" */
static const char *version_in(struct oak_arena *arena, const char *value)
{
	size_t n = strspn(value, "0123456789.");
	size_t dots = 0;
	for (size_t i = 0; i < n; i++)
		dots += value[i] == '.';
	return n && dots >= 2 && isdigit((unsigned char)value[0]) ? oak_arena_strndup(arena, value, n) : NULL;
}

static const char *service_pack_in(struct oak_arena *arena, const char *value)
{
	const char *at = oak_strcasestr(value, "Service Pack ");
	return at && isdigit((unsigned char)at[13]) ? oak_arena_printf(arena, "Service Pack %c", at[13]) : NULL;
}

static const char *arch_in(const char *value)
{
	static const struct {
		const char *word, *arch;
	} words[] = {{"x64-", "x86_64"}, {"x86-", "x86"}, {"ARM64-", "arm64"}, {"Itanium", "ia64"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (oak_strcasestr(value, words[i].word) == value)
			return words[i].arch;
	return NULL;
}

/* "KB893803v2 - Update", "Q147222", in a list of them also "943729" -> "KB893803"; NULL = no update ("File 1", a GUID). */
static const char *kb_of(struct oak_arena *arena, const char *item, bool listed)
{
	size_t skip = oak_strcasestr(item, "KB") == item ? 2 : *item == 'Q' || *item == 'q' ? 1 : 0;
	size_t n = strspn(item + skip, "0123456789");
	char next = item[skip + n];
	if ((!skip && !listed) || n < MIN_KB_DIGITS || n > MAX_KB_DIGITS || (next && next != ' ' && tolower((unsigned char)next) != 'v' && next != '_'))
		return NULL;
	return oak_arena_printf(arena, "KB%.*s", (int)n, item + skip);
}

/* The list of updates is the one with a KB in it: its heading is in the host's language. */
static bool lists_updates(struct oak_arena *arena, const struct field *field)
{
	for (size_t i = 0; i < field->items.n; i++)
		if (kb_of(arena, field->items.v[i], false))
			return true;
	return false;
}

static void add_updates(const struct field *field, struct oak_map *known, struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	for (size_t i = 0; i < field->items.n; i++) {
		const char *kb = kb_of(arena, field->items.v[i], true);
		if (!kb || oak_map_has(known, kb))
			continue;
		oak_map_put(known, kb, known);
		struct oak_package *package = oak_push(arena, &inventory->packages);
		oak_package_init(package);
		package->name = kb;
		package->arch = package->evr = "";
	}
}

static void set_platform(const struct fields *f, struct oak_inventory *inventory)
{
	struct oak_platform *p = &inventory->node.platform;
	struct oak_arena *arena = inventory->arena;
	p->family = p->id = "windows";
	for (size_t i = 0; i < f->list.n; i++) {
		const char *value = f->list.v[i].value;
		const char *version = !p->version && i ? version_in(arena, value) : NULL;
		p->arch = p->arch ? p->arch : arch_in(value);
		if (!version)
			continue;
		p->version = version;
		const char *pack = service_pack_in(arena, value), *product = f->list.v[i - 1].value;
		p->product = pack ? oak_arena_printf(arena, "%s %s", product, pack) : product;
	}
}

int oak_foreign_systeminfo(const char *text, size_t n, const char *name, struct oak_inventory *inventory, struct oak_error *err)
{
	struct oak_arena *arena = inventory->arena;
	struct fields f = {0};
	struct oak_map known;
	char id[OAK_NODE_ID_TEXT];
	oak_map_init(&known, arena, 256);
	read_fields(arena, text, n, &f);
	set_platform(&f, inventory);
	if (!inventory->node.platform.version || f.list.n < 3)
		return oak_fail(err, OAK_INVALID, "foreign.systeminfo", 0,
				"'%s' looks like the output of systeminfo but has no version of Windows in it (is it cut off?)", name);
	inventory->node.name = *f.list.v[0].value ? f.list.v[0].value : NULL;
	inventory->node.id = oak_arena_strdup(arena, oak_host_uuid(f.list.v[0].value, "systeminfo", id));
	for (size_t i = 0; i < f.list.n; i++)
		if (lists_updates(arena, &f.list.v[i]))
			add_updates(&f.list.v[i], &known, inventory);
	*oak_push(arena, &inventory->problems) = (struct oak_problem){
		.kind = "installed-only", .subject = name,
		.detail = "systeminfo lists installed updates and offers none: what is missing cannot be told from it alone",
		.remedy = "give the catalogue wsusscn2.cab with --offline-catalog, or scan the host itself"};
	return 0;
}
