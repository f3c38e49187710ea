/* SPDX-License-Identifier: GPL-3.0-or-later */
/* updateinfo.xml in every dialect: RHEL, Alma, Rocky, Oracle, Fedora, EPEL, Amazon, openSUSE, SLE. */
#ifndef OAK_SCANNERS_RPM_UPDATEINFO_H
#define OAK_SCANNERS_RPM_UPDATEINFO_H

#include <stdio.h>

#include "baseline/inventory.h"
#include "core/buf.h"
#include "core/map.h"

struct oak_ui_package {
	const char *name, *arch, *evr; /* epoch only when not 0 */
	bool reboot;
};

struct oak_ui_module {
	const char *name, *stream, *version, *context, *arch; /* NULL = any */
};

/* Packages that belong together; with modules it counts only where one of them is active. */
struct oak_ui_collection {
	OAK_VEC(struct oak_ui_module) modules;
	OAK_VEC(struct oak_ui_package) packages;
};

struct oak_ui_update {
	struct oak_advisory advisory;
	const char *version, *status;
	OAK_VEC(struct oak_ui_collection) collections;
};

struct oak_updateinfo {
	OAK_VEC(struct oak_ui_update) updates;
};

enum { OAK_UPDATEINFO_MAX = 1024 * 1024 * 1024, OAK_UPDATEINFO_PACKED_MAX = 256 * 1024 * 1024 };

/* Read all updates, with those of their packages that NAMES has (NULL = all). A date is "2008-03-14 12:00:00", "2008-03-14", RFC 3339, or epoch seconds; anything else: absent.
 * Errors: rpm.metadata-invalid, rpm.metadata-too-large. */
int oak_updateinfo_parse(struct oak_arena *arena, FILE *in, const char *name, const struct oak_map *names, struct oak_updateinfo *ret,
			 struct oak_error *err) OAK_MUST_USE;

/* Leave out title and lists of updates that have no package. */
void oak_updateinfo_narrow(struct oak_updateinfo *info);

/* The cached form: unpack(pack(x)) equals x. Unpacked strings are borrowed from TEXT. False if TEXT is not that form. */
void oak_updateinfo_pack(const struct oak_updateinfo *info, struct oak_buf *buf);
bool oak_updateinfo_unpack(struct oak_arena *arena, const char *text, size_t n, struct oak_updateinfo *ret);

#endif
