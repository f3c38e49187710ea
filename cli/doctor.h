/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of oakum doctor: each looks at one thing and adds findings. */
#ifndef OAK_CLI_DOCTOR_H
#define OAK_CLI_DOCTOR_H

#include "cli/scan_run.h"

enum oak_health { OAK_HEALTH_OK, OAK_HEALTH_SKIPPED, OAK_HEALTH_WARNING, OAK_HEALTH_ERROR, OAK_HEALTH_COUNT };

struct oak_finding {
	enum oak_health health;
	const char *check;   /* "configuration" "database" "repository" … */
	const char *subject; /* a path, a repository */
	const char *detail, *remedy;
};

struct oak_doctor {
	struct oak_context *ctx;
	bool configured;          /* the configuration could be read */
	bool untrusted;           /* some error was one of trust: exit 5 */
	struct oak_scan_run scan; /* inventory NULL = the host could not be examined */
	OAK_VEC(struct oak_finding) list;
};

/* Strings are borrowed, or in ctx->arena. REMEDY may be NULL. */
void oak_doctor_add(struct oak_doctor *doctor, enum oak_health health, const char *check, const char *subject,
		    const char *detail, const char *remedy);
/* An error as a finding. */
void oak_doctor_add_error(struct oak_doctor *doctor, const char *check, const char *subject, const struct oak_error *err);

/* In this order; later ones use what earlier ones filled in. */
void oak_doctor_configuration(struct oak_doctor *doctor);
void oak_doctor_state(struct oak_doctor *doctor);
void oak_doctor_database(struct oak_doctor *doctor);
void oak_doctor_audit(struct oak_doctor *doctor);
void oak_doctor_host(struct oak_doctor *doctor);
void oak_doctor_baseline(struct oak_doctor *doctor);
void oak_doctor_repositories(struct oak_doctor *doctor);
void oak_doctor_feeds(struct oak_doctor *doctor);
void oak_doctor_trusted(struct oak_doctor *doctor);
void oak_doctor_windows(struct oak_doctor *doctor);
void oak_doctor_notifications(struct oak_doctor *doctor);
void oak_doctor_clock(struct oak_doctor *doctor);

/* True if HOST accepts a connection on PORT ("80") within TIMEOUT_MS; else WHY gets a reason (256 bytes). */
bool oak_reach_host(const char *host, const char *port, int timeout_ms, char *why);

#endif
