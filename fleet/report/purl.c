/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Package URLs (purl-spec) of what a distribution's package manager installed. */
#include "core/str.h"
#include "fleet/report/format.h"

/* Everything but the unreserved characters is percent-encoded; ':' stays, as the specification's examples have it. */
static void add_encoded(struct oak_buf *buf, const char *text)
{
	static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:";
	for (; *text; text++) {
		if (strchr(kept, *text))
			oak_buf_addc(buf, *text);
		else
			oak_buf_addf(buf, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

static const char *type_of(const struct oak_platform *platform)
{
	static const struct {
		const char *family, *type;
	} types[] = {{"debian", "deb"}, {"rhel", "rpm"}, {"suse", "rpm"}, {"amazon", "rpm"}};
	for (size_t i = 0; platform->family && i < sizeof(types) / sizeof(*types); i++)
		if (oak_streq(types[i].family, platform->family))
			return types[i].type;
	return NULL;
}

/* An rpm's epoch is a qualifier; a Debian one is part of the version. */
static const char *split_epoch(struct oak_arena *arena, const char *type, const char *version, const char **ret_epoch)
{
	size_t n = strspn(version, "0123456789");
	*ret_epoch = NULL;
	if (!oak_streq(type, "rpm") || !n || version[n] != ':')
		return version;
	*ret_epoch = n == 1 && *version == '0' ? NULL : oak_arena_strndup(arena, version, n);
	return version + n + 1;
}

const char *oak_purl(struct oak_arena *arena, const struct oak_platform *platform, const char *name, const char *arch,
		     const char *version)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	const char *type = type_of(platform), *epoch = NULL, *gap = "?";
	oak_buf_init(&buf, 65536);
	if (!type || !name || !*name)
		return NULL;
	version = version ? split_epoch(arena, type, version, &epoch) : NULL;
	oak_buf_addf(&buf, "pkg:%s/", type);
	add_encoded(&buf, platform->id ? platform->id : platform->family);
	oak_buf_addc(&buf, '/');
	add_encoded(&buf, name);
	if (version && *version) {
		oak_buf_addc(&buf, '@');
		add_encoded(&buf, version);
	}
	const struct {
		const char *key, *value, *more;
	} qualifiers[] = {{"arch", arch, NULL}, {"distro", platform->version ? platform->id : NULL, platform->version}, {"epoch", epoch, NULL}};
	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(*qualifiers); i++) {
		if (!qualifiers[i].value || !*qualifiers[i].value)
			continue;
		oak_buf_addf(&buf, "%s%s=", gap, qualifiers[i].key);
		gap = "&";
		add_encoded(&buf, qualifiers[i].value);
		if (qualifiers[i].more) {
			oak_buf_addc(&buf, '-');
			add_encoded(&buf, qualifiers[i].more);
		}
	}
	return oak_arena_strdup(arena, oak_buf_text(&buf));
}
