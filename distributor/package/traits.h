/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a package says of itself beyond AWS's manifest: model, relations, detection, health, times, arguments.
 * The same members stand in a recipe and under "x-oakum" in a manifest. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_TRAITS_H
#define OAK_DISTRIBUTOR_PACKAGE_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "baseline/reader.h"
#include "core/mem.h"

enum oak_package_model { OAK_MODEL_SCRIPT, OAK_MODEL_TREE, OAK_MODEL_COUNT };
const char *oak_package_model_to_string(enum oak_package_model model); /* "script", "tree" */

/* The four scripts that AWS's agent knows, and the health check's own. */
enum oak_package_action { OAK_PACKAGE_INSTALL, OAK_PACKAGE_UNINSTALL, OAK_PACKAGE_UPDATE, OAK_PACKAGE_VALIDATE, OAK_PACKAGE_COUNT };
const char *oak_package_action_to_string(enum oak_package_action action); /* "install": its script is install.sh or install.ps1 */

enum oak_package_reboot { OAK_PACKAGE_REBOOT_MAYBE, OAK_PACKAGE_REBOOT_NEVER, OAK_PACKAGE_REBOOT_ALWAYS, OAK_PACKAGE_REBOOT_COUNT };

/* Versions of packages compare the Debian way (oak_evr_compare of OAK_EVR_DEB). */
enum oak_package_operator { OAK_VERSION_ANY, OAK_VERSION_LT, OAK_VERSION_LE, OAK_VERSION_EQ, OAK_VERSION_GE, OAK_VERSION_GT, OAK_VERSION_COUNT };
struct oak_package_bound {
	enum oak_package_operator operator;
	const char *version;
};

/* Another package of ours, in words "tool", "tool >= 1.2", "tool >= 1.2, < 2". */
struct oak_package_relation {
	const char *name;
	OAK_VEC(struct oak_package_bound) bounds; /* all must hold; none = any version */
};
bool oak_package_relation_holds(const struct oak_package_relation *relation, const char *version);
/* Parse such words; false if they are none. */
bool oak_package_relation_parse(struct oak_arena *arena, const char *text, struct oak_package_relation *ret);
const char *oak_package_relation_text(struct oak_arena *arena, const struct oak_package_relation *relation);

/* Where the truth is read from: all of a package's rules must hold for it to count as present on the host. */
enum oak_detect_kind { OAK_DETECT_FILE, OAK_DETECT_DPKG, OAK_DETECT_RPM, OAK_DETECT_SERVICE, OAK_DETECT_REGISTRY, OAK_DETECT_COUNT };
struct oak_package_detect {
	enum oak_detect_kind kind;
	const char *path;   /* FILE: absolute; REGISTRY: HKLM\Software\… */
	const char *sha256; /* FILE: of its content, NULL = it is enough that it exists */
	const char *name;   /* DPKG, RPM, SERVICE; REGISTRY: the value's name, NULL = the key alone */
	const char *value;  /* REGISTRY: its data as text; SERVICE: "running" or "present" (NULL = present) */
	const char *version; /* DPKG, RPM: at least this one; NULL = any */
	const char *platform; /* rule for this platform only; NULL = all */
};

/* Asked after install and update; when it fails the package is rolled back. */
struct oak_package_health {
	bool given;
	const char *script;             /* a script of the archive, run as the others are; NULL = none */
	OAK_VEC(const char *) command;  /* argv, first word below the package's folder or absolute; empty = none */
	int attempts;                   /* tries before it counts as failed, 1 and up */
	int64_t interval, timeout;      /* seconds between tries; of one try */
};

/* An argument SSM_X of the scripts. */
enum oak_package_arg_type { OAK_ARG_STRING, OAK_ARG_INTEGER, OAK_ARG_BOOLEAN, OAK_ARG_COUNT };
struct oak_package_arg {
	const char *name; /* SSM_… */
	enum oak_package_arg_type type;
	bool required, secret;
	const char *fallback; /* "default"; NULL */
	const char *description;
};
bool oak_package_arg_accepts(const struct oak_package_arg *arg, const char *value);

/* A document beside the manifest that the manifest's signature covers by its hash. */
struct oak_package_attachment {
	const char *file; /* in the package's folder; NULL = none */
	const char *sha256;
	int64_t size;
};

struct oak_package_traits {
	enum oak_package_model model;
	OAK_VEC(struct oak_package_relation) requires, conflicts;
	OAK_VEC(struct oak_package_detect) detect;
	struct oak_package_health health;
	enum oak_package_reboot reboot;
	int64_t timeouts[OAK_PACKAGE_COUNT]; /* seconds; 0 = nothing said: OAK_PACKAGE_TIMEOUT */
	OAK_VEC(struct oak_package_arg) args;
	bool idempotent;                    /* an interrupted script may simply be run again */
};
enum { OAK_PACKAGE_TIMEOUT = 3600 };

/* Rows of these members for both documents: OAK_TRAITS_ROWS(struct x, traits), where x has a member TRAITS of this kind. */
#define OAK_TRAITS_ROWS(type, t)                                                                                                 \
	{.key = "model", .kind = OAK_FIELD_ENUM, OAK_AT(type, t.model), .names = oak_package_model_names, .name_count = OAK_MODEL_COUNT},       \
	{.key = "requires", .kind = OAK_FIELD_CUSTOM, OAK_AT(type, t.requires), .flags = OAK_OPTIONAL, .read = oak_relations_read,      \
	 .write = oak_relations_write},                                                                                         \
	{.key = "conflicts", .kind = OAK_FIELD_CUSTOM, OAK_AT(type, t.conflicts), .flags = OAK_OPTIONAL, .read = oak_relations_read,    \
	 .write = oak_relations_write},                                                                                         \
	{.key = "detect", .kind = OAK_FIELD_OBJECTS, OAK_AT(type, t.detect), .flags = OAK_OPTIONAL, .shape = &oak_package_detect_shape}, \
	{.key = "health", .kind = OAK_FIELD_CUSTOM, OAK_AT(type, t.health), .flags = OAK_OPTIONAL, .read = oak_health_read,            \
	 .write = oak_health_write},                                                                                            \
	{.key = "reboot", .kind = OAK_FIELD_ENUM, OAK_AT(type, t.reboot), .names = oak_package_reboot_names,                            \
	 .name_count = OAK_PACKAGE_REBOOT_COUNT},                                                                               \
	{.key = "timeouts", .kind = OAK_FIELD_CUSTOM, OAK_AT(type, t.timeouts), .read = oak_timeouts_read, .write = oak_timeouts_write}, \
	{.key = "args", .kind = OAK_FIELD_CUSTOM, OAK_AT(type, t.args), .flags = OAK_OPTIONAL, .read = oak_args_read,                  \
	 .write = oak_args_write},                                                                                              \
	{.key = "idempotent", .kind = OAK_FIELD_BOOL, OAK_AT(type, t.idempotent), .flags = OAK_OPTIONAL}

extern const char *const oak_package_model_names[OAK_MODEL_COUNT];
extern const char *const oak_package_reboot_names[OAK_PACKAGE_REBOOT_COUNT];
extern const struct oak_shape oak_package_detect_shape;
typedef void oak_field_reader(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
typedef bool oak_field_writer(const void *at, const char *key, struct oak_sink *sink);
extern oak_field_reader oak_relations_read, oak_health_read, oak_timeouts_read, oak_args_read, oak_scalar_read;
extern oak_field_writer oak_relations_write, oak_health_write, oak_timeouts_write, oak_args_write, oak_scalar_write;

/* True if TEXT can be a package's name: 1..128 of letters, digits, . _ + - , the first a letter or digit. */
bool oak_package_name_check(const char *text);
/* True if TEXT can be a version: 1..128 of letters, digits, . + ~ : - _ and the first a letter or digit. */
bool oak_package_version_check(const char *text);
/* A file of the package's folder: 1..255 bytes, no separators, no control characters, not "." or "..", nor one of our own names. */
bool oak_package_file_check(const char *text);
bool oak_sha256_check(const char *text); /* 64 hex digits */

#endif
