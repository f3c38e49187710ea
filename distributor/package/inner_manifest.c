/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what an older AWS package says of itself inside its archive. */
#include "distributor/package/inner_manifest.h"

#include "core/buf.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/value.h"
#include "distributor/package/manifest_impl.h"

enum { INNER_MAX = 1024 * 1024 };

static int refuse(const char *subject, struct oak_error *err, const char *what, const char *theirs, const char *ours)
{
	return oak_fail(err, OAK_INVALID, "package.inner-manifest", 0, "the manifest.json inside '%s' has the %s '%.100s', and the package '%s' (E_MANIFEST)",
			subject, what, theirs ? theirs : "", ours);
}

/* "SsmTest", or an ARN "arn:aws:ssm:…:package/SsmTest". */
static bool is_called(const char *theirs, const char *name)
{
	const char *slash = strrchr(theirs, '/');
	return oak_strcaseeq(theirs, name) || (oak_starts_with(theirs, "arn:") && slash && oak_strcaseeq(slash + 1, name));
}

int oak_inner_manifest_check(struct oak_arena *arena, const char *path, const char *name, const char *version, const char *subject,
			     struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = INNER_MAX};
	const struct oak_value *doc;
	struct oak_error cause = {.kind = OAK_OK};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, INNER_MAX);
	if (oak_fs_read(path, &text, &cause) < 0 || oak_json_parse(arena, oak_buf_text(&text), text.n, "manifest.json", &limits, &doc, &cause) < 0)
		return oak_fail(err, OAK_INVALID, "package.inner-manifest", 0, "the manifest.json inside '%s' cannot be read: %s (E_MANIFEST)", subject, cause.cause);
	const char *their_name = oak_value_string(oak_manifest_member(doc, "name")), *their_version = oak_value_string(oak_manifest_member(doc, "version"));
	if (!their_name || !*their_name || (name && !is_called(their_name, name)))
		return refuse(subject, err, "name", their_name, name ? name : "must have one");
	return their_version && oak_streq(their_version, version) ? 0 : refuse(subject, err, "version", their_version, version);
}
