/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Platform, version, architecture: three choices, each final. */
#include "distributor/package/resolve.h"

#include <string.h>

#include "core/str.h"

enum { NOT_FOUND = -1 };

static void note(struct oak_arena *arena, struct oak_resolution *r, const char *level, const char *key, bool chosen, const char *why)
{
	*oak_push(arena, &r->steps) = (struct oak_resolve_step){level, key, chosen, why};
}

/* Parts of TEXT between dots, as Go's strings.Split counts them. */
static size_t parts_of(struct oak_str text)
{
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '.';
	return n;
}

/* How many parts KEY without its ".*" has if all of them begin VERSION; 0 otherwise. "6.*" fits "6", too. */
static size_t prefix_parts(struct oak_str key, struct oak_str version)
{
	size_t n = parts_of(key);
	struct oak_str a, b;
	if (parts_of(version) < n || !key.n)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!oak_str_next(&key, '.', &a) || !oak_str_next(&version, '.', &b) || !oak_str_eq(a, b))
			return 0;
	return n;
}

static struct oak_str without(struct oak_str text, const char *suffix)
{
	size_t n = strlen(suffix);
	if (text.n >= n && memcmp(text.p + text.n - n, suffix, n) == 0)
		text.n -= n;
	return text;
}

/* Parts of the version that the wildcard KEY fixes; 0 if it does not fit. *ret_why says why. */
static size_t wildcard(const char *key, const char *version, const char **ret_why)
{
	bool nano_key = oak_ends_with(key, "nano"), nano_host = oak_ends_with(version, "nano");
	struct oak_str rest = nano_key && nano_host ? without(oak_str_of(key), "nano") : oak_str_of(key);
	*ret_why = "is another version";
	if (nano_key != nano_host) {
		*ret_why = nano_key ? "is for Nano Server only" : "is not for Nano Server";
		return 0;
	}
	if (rest.n < 2 || memcmp(rest.p + rest.n - 2, ".*", 2) != 0)
		return 0;
	rest.n -= 2;
	size_t n = prefix_parts(rest, oak_str_of(version));
	*ret_why = n ? "fits, but another is longer" : "begins differently";
	return n;
}

/* Index of the key that equals WANTED, else of FALLBACK. */
#define FIND(vec, wanted)                                                                                    \
	({                                                                                                   \
		int found_ = NOT_FOUND;                                                                      \
		for (size_t i_ = 0; i_ < (vec)->n; i_++)                                                     \
			if (oak_streq((vec)->v[i_].key, (wanted)))                                           \
				found_ = (int)i_;                                                            \
		found_;                                                                                      \
	})

static const char *why_simple(const char *key, const char *host, bool chosen)
{
	if (chosen)
		return oak_streq(key, host) ? "equals the host's" : "is any";
	return oak_streq(key, "_any") ? "a key of its own was chosen" : "is another one";
}

static int choose_platform(struct oak_arena *arena, const struct oak_manifest *manifest, const char *wanted, struct oak_resolution *r)
{
	int found = FIND(&manifest->packages, wanted);
	if (found < 0)
		found = FIND(&manifest->packages, "_any");
	for (size_t i = 0; i < manifest->packages.n; i++)
		note(arena, r, "platform", manifest->packages.v[i].key, (int)i == found,
		     why_simple(manifest->packages.v[i].key, wanted, (int)i == found));
	return found;
}

static int longest_wildcard(const struct oak_manifest_platform *platform, const char *wanted)
{
	size_t longest = 0;
	int found = NOT_FOUND;
	for (size_t i = 0; i < platform->versions.n; i++) {
		const char *why;
		size_t n = wildcard(platform->versions.v[i].key, wanted, &why);
		if (n > longest) {
			longest = n;
			found = (int)i;
		}
	}
	return found;
}

static int choose_version(struct oak_arena *arena, const struct oak_manifest_platform *platform, const char *wanted, struct oak_resolution *r)
{
	int found = FIND(&platform->versions, wanted);
	if (found < 0)
		found = longest_wildcard(platform, wanted);
	if (found < 0)
		found = FIND(&platform->versions, "_any");
	if (found < 0)
		found = FIND(&platform->versions, "*");
	for (size_t i = 0; i < platform->versions.n; i++) {
		const char *key = platform->versions.v[i].key, *why;
		bool chosen = (int)i == found, any = oak_streq(key, "_any") || oak_streq(key, "*");
		size_t n = wildcard(key, wanted, &why);
		if (chosen)
			why = oak_streq(key, wanted) ? "equals the host's" : n ? "is the longest that fits" : "is any";
		else if (any)
			why = "a more specific key was chosen";
		note(arena, r, "version", key, chosen, why);
	}
	return found;
}

static int choose_arch(struct oak_arena *arena, const struct oak_manifest_version *version, const char *wanted, struct oak_resolution *r)
{
	int found = FIND(&version->arches, wanted);
	if (found < 0)
		found = FIND(&version->arches, "_any");
	for (size_t i = 0; i < version->arches.n; i++)
		note(arena, r, "arch", version->arches.v[i].key, (int)i == found,
		     why_simple(version->arches.v[i].key, wanted, (int)i == found));
	return found;
}

int oak_manifest_resolve(struct oak_arena *arena, const struct oak_manifest *manifest, const struct oak_package_host *host,
			 struct oak_resolution *ret, struct oak_error *err)
{
	memset(ret, 0, sizeof(*ret));
	int p = choose_platform(arena, manifest, host->platform, ret), v = NOT_FOUND, a = NOT_FOUND;
	const struct oak_manifest_platform *platform = p < 0 ? NULL : &manifest->packages.v[p];
	if (platform) {
		ret->platform = platform->key;
		v = choose_version(arena, platform, host->version, ret);
	}
	const struct oak_manifest_version *version = v < 0 ? NULL : &platform->versions.v[v];
	if (version) {
		ret->version = version->key;
		a = choose_arch(arena, version, host->arch, ret);
	}
	if (a < 0)
		return oak_fail(err, OAK_NOT_FOUND, "package.no-platform", 0,
				"no manifest found for platform: %s, version %s, architecture %s", host->platform, host->version, host->arch);
	ret->arch = version->arches.v[a].key;
	ret->file = version->arches.v[a].file;
	ret->listed = oak_manifest_file_find(manifest, ret->file);
	return 0;
}

static void problem(struct oak_arena *arena, struct oak_problems *to, const char *subject, const char *detail, const char *remedy)
{
	*oak_push(arena, &to->list) = (struct oak_problem){.kind = "unreachable", .subject = subject, .detail = detail, .remedy = remedy};
	to->total++;
}

/* "6.*.4" and ".*" match nothing. */
static bool never_matches(const char *key)
{
	const char *star = strchr(key, '*');
	return star && !oak_streq(key, "*") && !(star > key + 1 && star[-1] == '.' && (!star[1] || oak_streq(star + 1, "nano")));
}

static void lint_platform(struct oak_arena *arena, const struct oak_manifest_platform *platform, bool any_platform, struct oak_problems *ret)
{
	bool any = FIND(&platform->versions, "_any") >= 0 || FIND(&platform->versions, "*") >= 0;
	if (any_platform && !any && !oak_streq(platform->key, "_any"))
		problem(arena, ret, oak_arena_printf(arena, "packages.%s", platform->key),
			"hosts of this platform whose version is not listed get nothing: the platform '_any' is not tried for them",
			"add the version '_any' to it");
	for (size_t i = 0; i < platform->versions.n; i++) {
		const struct oak_manifest_version *version = &platform->versions.v[i];
		const char *subject = oak_arena_printf(arena, "packages.%s.%s", platform->key, version->key);
		if (never_matches(version->key))
			problem(arena, ret, subject, "no version matches this key: '*' stands for all, '6.*' for those that begin so", "correct it");
		if (!version->arches.n)
			problem(arena, ret, subject, "has no architecture, so that its hosts get nothing", "add one, or remove it");
	}
	if (oak_streq(platform->key, "_any"))
		return;
	if (!platform->versions.n)
		problem(arena, ret, oak_arena_printf(arena, "packages.%s", platform->key), "has no version, so that its hosts get nothing",
			"add one, or remove it");
}

void oak_manifest_lint(struct oak_arena *arena, const struct oak_manifest *manifest, struct oak_problems *ret)
{
	bool any = FIND(&manifest->packages, "_any") >= 0;
	for (size_t i = 0; i < manifest->packages.n; i++)
		lint_platform(arena, &manifest->packages.v[i], any, ret);
}
