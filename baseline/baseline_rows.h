/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that the baseline tables of all dialects share, by their keys. Included by those tables only. */
#ifndef OAK_BASELINE_BASELINE_ROWS_H
#define OAK_BASELINE_BASELINE_ROWS_H

#include "baseline/baseline_tables.h"
#include "baseline/verdict_names.h"

/* .valid, .read and .write of the rows. */
bool oak_baseline_id_ok(const char *text);
bool oak_baseline_aws_id_ok(const char *text);
bool oak_patch_group_ok(const char *text);
void oak_read_os(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
bool oak_write_os(const void *at, const char *key, struct oak_sink *sink);
void oak_read_action(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
bool oak_write_action(const void *at, const char *key, struct oak_sink *sink);
void oak_read_kept(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
bool oak_write_kept(const void *at, const char *key, struct oak_sink *sink);
void oak_read_all_kept(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
bool oak_write_all_kept(const void *at, const char *key, struct oak_sink *sink);
void oak_check_baseline(struct oak_reader *reader, const struct oak_path *path, void *record);

#define NAME_TEXT "3 to 128 of the characters a-z A-Z 0-9 _ - ."
#define NAME(k)                                                                                              \
	{.key = k, .kind = OAK_FIELD_STRING, OAK_AT(struct oak_baseline, name), .valid = oak_baseline_name_ok, \
	 .text = NAME_TEXT}
#define ID(k, check, words)                                                                                  \
	{.key = k, .kind = OAK_FIELD_STRING, OAK_AT(struct oak_baseline, id), .flags = OAK_OPTIONAL,         \
	 .valid = (check), .text = words}
#define OS(k, need)                                                                                          \
	{.key = k, .kind = OAK_FIELD_CUSTOM, OAK_AT(struct oak_baseline, os), .flags = (need), .read = oak_read_os, \
	 .write = oak_write_os}
#define DESCRIPTION(k, most)                                                                                 \
	{.key = k, .kind = OAK_FIELD_STRING, OAK_AT(struct oak_baseline, description), .flags = OAK_OPTIONAL, \
	 .min = 1, .max = (most)}
#define GLOBAL(k, dialect) {.key = k, .kind = OAK_FIELD_OBJECT, .shape = &oak_shape_global_filters[dialect]}
#define RULES(k, dialect) {.key = k, .kind = OAK_FIELD_OBJECT, .shape = &oak_shape_rules[dialect]}
#define LIST(k, member, writer)                                                                              \
	{.key = k, .kind = OAK_FIELD_CUSTOM, OAK_AT(struct oak_baseline, member), .read = oak_read_entries,  \
	 .write = (writer)}
#define LEVEL(k)                                                                                             \
	{.key = k, .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_baseline, approved_level),                      \
	 .absent = OAK_LEVEL_UNSPECIFIED, OAK_NAMES(oak_level_names)}
#define NON_SECURITY(k) {.key = k, .kind = OAK_FIELD_BOOL, OAK_AT(struct oak_baseline, approved_enable_non_security)}
#define ACTION(k) {.key = k, .kind = OAK_FIELD_CUSTOM, .read = oak_read_action, .write = oak_write_action}
#define GROUPS(k, opt)                                                                                       \
	{.key = k, .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_baseline, patch_groups), .flags = (opt),     \
	 .valid = oak_patch_group_ok, .text = "1 to 256 printable characters"}
#define SOURCES(k, dialect, opt)                                                                             \
	{.key = k, .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_baseline, sources), .flags = (opt), .max = 20, \
	 .shape = &oak_shape_source[dialect]}
#define AVAILABLE(k)                                                                                         \
	{.key = k, .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_baseline, available_security_status),           \
	 .flags = OAK_OPTIONAL, .absent = -1, .names = oak_status_names, .name_count = 2}
#define KEPT(k) {.key = k, .kind = OAK_FIELD_CUSTOM, .read = oak_read_kept, .write = oak_write_kept}
#define BASELINE_TABLE(table)                                                                                         \
	{.fields = (table), .count = sizeof(table) / sizeof(*(table)), .size = sizeof(struct oak_baseline),  \
	 .check = oak_check_baseline}

#endif
