/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report in one of its formats, piece by piece, so that thousands of nodes need no memory. */
#ifndef OAK_FLEET_REPORT_FORMAT_H
#define OAK_FLEET_REPORT_FORMAT_H

#include "core/buf.h"
#include "core/sink.h"
#include "fleet/report/report.h"

/* Where a report goes: whatever is in BUF is handed over from time to time; DRAIN clears it. NULL = all stays in BUF. */
struct oak_report_out {
	struct oak_buf *buf;
	int (*drain)(void *arg, struct oak_buf *buf, struct oak_error *err);
	void *arg;
};
/* To be called between pieces: hands over when there is enough. */
int oak_report_drain(struct oak_report_out *out, struct oak_error *err) OAK_MUST_USE;

/* Write REPORT as FORMAT: json yaml csv html junit sarif openmetrics cyclonedx nagios.
 * Errors: report.format (INVALID: unknown, or not for this kind), and those of the source. */
int oak_report_write(struct oak_report *report, const char *format, struct oak_report_out *out, struct oak_error *err)
	OAK_MUST_USE;

/* The formats' media type, "application/json" …; NULL = unknown format. */
const char *oak_report_media_type(const char *format);

/* AWS's answer to CALL ("describe-instance-patch-states" …).
 * Errors: report.aws (INVALID: unknown call; one node is needed), and those of the source. */
int oak_report_aws(struct oak_report *report, const char *call, struct oak_report_out *out, struct oak_error *err)
	OAK_MUST_USE;

/* Exit code of a monitoring plugin: 0 OK, 1 WARNING (stale nodes), 2 CRITICAL, 3 UNKNOWN. */
int oak_report_nagios_exit(const struct oak_report *report);

/* The writers, one file each. */
typedef int oak_report_writer(struct oak_report *report, struct oak_report_out *out, struct oak_error *err);
oak_report_writer oak_report_json, oak_report_yaml, oak_report_csv, oak_report_html, oak_report_junit, oak_report_sarif,
	oak_report_openmetrics, oak_report_cyclonedx, oak_report_nagios;

/* Call EACH with the whole verdict of every node that has one, in the report's order. */
int oak_report_each(struct oak_report *report, struct oak_report_out *out,
		    int (*each)(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict,
				struct oak_error *err),
		    void *arg, struct oak_error *err) OAK_MUST_USE;

/* Members that several JSON formats have: strings of a vector joined by SEPARATOR in ARENA, NULL when there are none. */
const char *oak_texts_join(struct oak_arena *arena, const char *const *v, size_t n, const char *separator);
/* RFC 3339 in ARENA; NULL for NONE and NEVER. */
const char *oak_time_text(struct oak_arena *arena, oak_time t);
/* Value of tag KEY, NULL = none. */
const char *oak_node_tag(const struct oak_node *node, const char *key);
/* Package URL of a package on that platform (pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12); NULL on Windows. */
const char *oak_purl(struct oak_arena *arena, const struct oak_platform *platform, const char *name, const char *arch,
		     const char *version);

#endif
