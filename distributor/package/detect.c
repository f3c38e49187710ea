/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All rules of a package, files, and dpkg's status as text. */
#include "distributor/package/detect.h"

#include <sys/stat.h>

#include "core/hash.h"
#include "core/str.h"

bool oak_detect(struct oak_arena *arena, const char *root, const char *platform, const struct oak_package_traits *traits,
		const char **ret_why)
{
	*ret_why = NULL;
	for (size_t i = 0; i < traits->detect.n; i++) {
		const struct oak_package_detect *rule = &traits->detect.v[i];
		if (rule->platform && !oak_streq(rule->platform, platform))
			continue;
		if (!oak_detect_rule(arena, root, rule, ret_why))
			return false;
	}
	return true;
}

bool oak_detect_file(struct oak_arena *arena, const char *path, const struct oak_package_detect *rule, const char **ret_why)
{
	struct stat st;
	char hex[OAK_SHA256_TEXT];
	if (lstat(path, &st) < 0)
		*ret_why = oak_arena_printf(arena, "there is no '%s'", rule->path);
	else if (rule->sha256 && (!S_ISREG(st.st_mode) || oak_sha256_file(path, hex, NULL) < 0 || !oak_strcaseeq(hex, rule->sha256)))
		*ret_why = oak_arena_printf(arena, "'%s' has another content", rule->path);
	else
		return true;
	return false;
}

/* The value of FIELD in one stanza. */
static struct oak_str field_of(struct oak_str stanza, const char *field)
{
	struct oak_str line;
	size_t n = strlen(field);
	while (oak_str_next(&stanza, '\n', &line))
		if (line.n > n && line.p[n] == ':' && strncmp(line.p, field, n) == 0)
			return oak_str_trim((struct oak_str){line.p + n + 1, line.n - n - 1});
	return (struct oak_str){NULL, 0};
}

const char *oak_detect_dpkg_version(struct oak_arena *arena, const char *text, size_t n, const char *name)
{
	for (size_t at = 0; at < n;) {
		const char *end = memmem(text + at, n - at, "\n\n", 2);
		size_t len = end ? (size_t)(end - text) - at : n - at;
		struct oak_str stanza = {text + at, len}, status = field_of(stanza, "Status");
		at += len + 2;
		if (!oak_str_eq(field_of(stanza, "Package"), oak_str_of(name)))
			continue;
		if (status.n < 10 || strncmp(status.p + status.n - 10, " installed", 10) != 0)
			continue;
		struct oak_str version = field_of(stanza, "Version");
		return oak_arena_strndup(arena, version.p ? version.p : "", version.n);
	}
	return NULL;
}
