/* SPDX-License-Identifier: GPL-3.0-or-later */
/* os-release(5): assignments with shell quoting; families and ends of support are tables. */
#include "scanners/os_release.h"

#include <stddef.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "scanners/root.h"

enum { OS_RELEASE_MAX = 64 * 1024 };

static const struct {
	const char *id, *family;
} families[] = {
	{"debian", "debian"},	 {"ubuntu", "debian"},	  {"raspbian", "debian"},  {"linuxmint", "debian"},
	{"devuan", "debian"},	 {"kali", "debian"},	  {"pop", "debian"},	   {"rhel", "rhel"},
	{"fedora", "rhel"},	 {"centos", "rhel"},	  {"rocky", "rhel"},	   {"almalinux", "rhel"},
	{"ol", "rhel"},		 {"mariner", "rhel"},	  {"azurelinux", "rhel"},  {"photon", "rhel"},
	{"amzn", "amazon"},	 {"suse", "suse"},	  {"sles", "suse"},	   {"sle_hpc", "suse"},
	{"sles_sap", "suse"},	 {"sled", "suse"},	  {"sle-micro", "suse"},   {"opensuse", "suse"},
	{"opensuse-leap", "suse"}, {"opensuse-tumbleweed", "suse"}, {"suse-microos", "suse"},
};

/* Ends of public security support. Source: the distributions' own life cycle pages, as of 2026-11. */
static const struct {
	const char *id, *version, *day;
} ends[] = {
	{"debian", "8", "2020-06-30"},	     {"debian", "9", "2022-06-30"},	{"debian", "10", "2024-06-30"},
	{"debian", "11", "2026-08-31"},	     {"debian", "12", "2028-06-30"},	{"debian", "13", "2030-06-30"},
	{"raspbian", "10", "2024-06-30"},    {"raspbian", "11", "2026-08-31"},	{"ubuntu", "14.04", "2019-04-25"},
	{"ubuntu", "16.04", "2021-04-30"},   {"ubuntu", "18.04", "2023-05-31"}, {"ubuntu", "20.04", "2025-05-31"},
	{"ubuntu", "22.04", "2027-06-01"},   {"ubuntu", "24.04", "2029-05-31"}, {"ubuntu", "22.10", "2023-07-20"},
	{"ubuntu", "23.04", "2024-01-25"},   {"ubuntu", "23.10", "2024-07-11"}, {"ubuntu", "24.10", "2025-07-10"},
	{"ubuntu", "25.04", "2026-01-15"},   {"ubuntu", "25.10", "2026-07-09"}, {"centos", "6", "2020-11-30"},
	{"centos", "7", "2024-06-30"},	     {"centos", "8", "2021-12-31"},	{"amzn", "2018.03", "2023-12-31"},
	{"amzn", "2", "2026-06-30"},	     {"amzn", "2023", "2029-06-30"},	{"opensuse-leap", "15.5", "2024-12-31"},
	{"opensuse-leap", "15.6", "2026-04-30"},
};

/* Value of an assignment: quotes off, backslash escapes undone. */
static const char *unquote(struct oak_arena *arena, struct oak_str s)
{
	s = oak_str_trim(s);
	char quote = s.n >= 2 && (*s.p == '"' || *s.p == '\'') && s.p[s.n - 1] == *s.p ? *s.p : '\0';
	if (quote) {
		s.p++;
		s.n -= 2;
	}
	char *out = oak_arena_strndup(arena, s.p ? s.p : "", s.n), *to = out;
	for (const char *from = out; *from; from++) {
		if (*from == '\\' && quote != '\'' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return *out ? out : NULL;
}

static const char *family_of(struct oak_str id)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (oak_str_eq(id, oak_str_of(families[i].id)))
			return families[i].family;
	return NULL;
}

static void find_family(struct oak_os_release *os)
{
	os->family = os->id ? family_of(oak_str_of(os->id)) : NULL;
	struct oak_str rest = oak_str_of(os->id_like), word;
	while (!os->family && os->id_like && oak_str_next(&rest, ' ', &word))
		os->family = family_of(word);
}

void oak_os_release_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_os_release *ret)
{
	*ret = (struct oak_os_release){.support_end = OAK_TIME_NONE};
	const char *end = NULL;
	const struct {
		struct oak_str key;
		const char **value;
	} wanted[] = {
		{OAK_STR("ID"), &ret->id},
		{OAK_STR("ID_LIKE"), &ret->id_like},
		{OAK_STR("VERSION_ID"), &ret->version_id},
		{OAK_STR("VERSION_CODENAME"), &ret->version_codename},
		{OAK_STR("PRETTY_NAME"), &ret->pretty_name},
		{OAK_STR("NAME"), &ret->name},
		{OAK_STR("SUPPORT_END"), &end},
	};
	struct oak_str rest = {text, n}, line, key;
	while (oak_str_next(&rest, '\n', &line)) {
		const char *equals = line.n ? memchr(line.p, '=', line.n) : NULL;
		if (!equals || !oak_utf8_check(line.p, line.n))
			continue;
		key = oak_str_trim((struct oak_str){line.p, (size_t)(equals - line.p)});
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
			if (oak_str_eq(key, wanted[i].key))
				*wanted[i].value =
					unquote(arena, (struct oak_str){equals + 1, (size_t)(line.p + line.n - equals - 1)});
	}
	if (end)
		oak_time_parse(end, &ret->support_end);
	find_family(ret);
}

bool oak_os_release_load(struct oak_arena *arena, const char *root, struct oak_os_release *ret)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, OS_RELEASE_MAX);
	bool found = oak_root_read(root, "/etc/os-release", &buf) == 0 ||
		     oak_root_read(root, "/usr/lib/os-release", &buf) == 0;
	oak_os_release_parse(arena, oak_buf_text(&buf), buf.n, ret);
	return found;
}

oak_time oak_os_end_of_life(const struct oak_os_release *os)
{
	oak_time day = os->support_end;
	for (size_t i = 0; day == OAK_TIME_NONE && i < sizeof(ends) / sizeof(*ends); i++)
		if (oak_streq(os->id, ends[i].id) && oak_streq(os->version_id, ends[i].version))
			oak_time_parse(ends[i].day, &day);
	return day == OAK_TIME_NONE ? day : day + OAK_DAY;
}
