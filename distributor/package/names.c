/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which texts may be names, versions and files of a package, and the words of its enumerations. */
#include <string.h>

#include "core/str.h"
#include "distributor/package/traits.h"

const char *const oak_package_model_names[OAK_MODEL_COUNT] = {"script", "tree"};
const char *const oak_package_reboot_names[OAK_PACKAGE_REBOOT_COUNT] = {"maybe", "never", "always"};
static const char *const action_names[OAK_PACKAGE_COUNT] = {"install", "uninstall", "update", "validate"};

const char *oak_package_model_to_string(enum oak_package_model model)
{
	return oak_package_model_names[model];
}

const char *oak_package_action_to_string(enum oak_package_action action)
{
	return action_names[action];
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 1..128 characters, the first a letter or digit, the others also of MORE. */
static bool word(const char *text, const char *more)
{
	size_t n = strlen(text);
	if (n < 1 || n > 128 || !is_alnum(text[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(text[i]) && !strchr(more, text[i]))
			return false;
	return true;
}

bool oak_package_name_check(const char *text)
{
	return word(text, "._+-") && !strstr(text, "..");
}

bool oak_package_version_check(const char *text)
{
	return word(text, "._+~:-");
}

bool oak_package_file_check(const char *text)
{
	static const char *const taken[] = {".", "..", "manifest.json", "manifest.json.sig"};
	size_t n = strlen(text);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (oak_strcaseeq(text, taken[i]))
			return false;
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f || strchr("/\\:*?\"<>|", *p))
			return false;
	return n >= 1 && n <= 255 && oak_utf8_check(text, n);
}

bool oak_sha256_check(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64;
}

bool oak_package_arg_accepts(const struct oak_package_arg *arg, const char *value)
{
	int64_t number;
	switch (arg->type) {
	case OAK_ARG_STRING:
		return true;
	case OAK_ARG_INTEGER:
		return oak_parse_int(oak_str_of(value), INT64_MIN, INT64_MAX, &number);
	case OAK_ARG_BOOLEAN:
		return oak_streq(value, "true") || oak_streq(value, "false");
	case OAK_ARG_COUNT:
		break;
	}
	return false;
}
