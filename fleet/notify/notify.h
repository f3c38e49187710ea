/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications: events, where they go, and a spool that survives a crash and sends nothing twice. */
#ifndef OAK_FLEET_NOTIFY_NOTIFY_H
#define OAK_FLEET_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

enum oak_event_kind { OAK_EVENT_RUN_ENDED, OAK_EVENT_STATUS_CHANGED, OAK_EVENT_TEST, OAK_EVENT_KIND_COUNT };
const char *oak_event_kind_to_string(enum oak_event_kind kind);
int oak_event_kind_from_string(const char *text); /* "run" and "status" too; -1 = unknown */

/* What happened: oakum.event/1. Two events with one id are one event. */
struct oak_event {
	const char *id;
	enum oak_event_kind kind;
	oak_time at;
	const char *node_id, *node_name;
	const char *status, *previous; /* of the run, or of the node; PREVIOUS NULL = none */
	const char *level;             /* highest of a patch that is not compliant */
	const char *run;               /* id; NULL = none */
	const char *detail;            /* NULL = none */
	int64_t missing, failed, pending_reboot;
};
/* "web01 is NON_COMPLIANT (was COMPLIANT): 3 patches missing, worst level CRITICAL" in ARENA. */
const char *oak_event_text(struct oak_arena *arena, const struct oak_event *event);
void oak_event_format(const struct oak_event *event, struct oak_buf *out); /* one line of JSON */
int oak_event_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_event *ret,
		    struct oak_error *err) OAK_MUST_USE;
/* True when a person is wanted: FAILED, PARTIAL, NON_COMPLIANT, UNKNOWN … */
bool oak_event_is_bad(const struct oak_event *event);

enum oak_target_kind { OAK_TARGET_COMMAND, OAK_TARGET_MAIL, OAK_TARGET_WEBHOOK, OAK_TARGET_KIND_COUNT };

/* Where events go, from the configuration. */
struct oak_target {
	const char *name;
	enum oak_target_kind kind;
	unsigned events;                /* bits 1 << enum oak_event_kind */
	OAK_VEC(const char *) statuses; /* only these; none = all */
	const char *command;            /* an absolute path; the event is its standard input */
	OAK_VEC(const char *) to;       /* mail */
	const char *from, *sendmail;
	const char *url, *template;     /* generic slack teams servicenow jira, or a file */
	const char *project, *issue_type; /* jira */
	OAK_VEC(const char *) headers;  /* "Name: value" */
	const char *proxy, *ca_file;
	int64_t timeout_s;
};
bool oak_target_wants(const struct oak_target *target, const struct oak_event *event);

/* The body for TARGET's template. Errors: notify.template (INVALID), trust.*, file.*. */
int oak_notify_render(const struct oak_target *target, const struct oak_event *event, const char *key, struct oak_buf *out,
		      struct oak_error *err) OAK_MUST_USE;
/* The message for sendmail -t. */
void oak_notify_mail(const struct oak_target *target, const struct oak_event *event, const char *key, struct oak_buf *out);

/* What became of one attempt. */
enum oak_sent {
	OAK_SENT,         /* accepted */
	OAK_SENT_NOT,     /* surely not: may be tried again */
	OAK_SENT_REFUSED, /* surely not, and never will be */
	OAK_SENT_UNKNOWN, /* nobody knows: never tried again by itself */
	OAK_SENT_COUNT
};
/* Try once. ERR says why it is not OAK_SENT. */
enum oak_sent oak_notify_send(const struct oak_target *target, const struct oak_event *event, const char *key,
			      const volatile int *stop, struct oak_error *err);

/* The spool: DIR/KEY.json, one file an event and target; KEY is the idempotency key that receivers get too.
 * QUEUED → SENDING (on disk before the attempt) → SENT, QUEUED again, UNKNOWN or FAILED. What is found SENDING was
 * interrupted and becomes UNKNOWN. */
enum oak_spool_state { OAK_SPOOL_QUEUED, OAK_SPOOL_SENDING, OAK_SPOOL_SENT, OAK_SPOOL_UNKNOWN, OAK_SPOOL_FAILED, OAK_SPOOL_STATE_COUNT };
const char *oak_spool_state_to_string(enum oak_spool_state state);
struct oak_spooled {
	const char *key, *target;
	enum oak_spool_state state;
	int64_t attempts;
	oak_time queued_at, next_at;
	const char *why; /* it is not sent; NULL */
	struct oak_event event;
};
struct oak_spool_list {
	OAK_VEC(struct oak_spooled) list; /* oldest first */
};

/* Put EVENT there for every one of TARGETS that wants it; what is there already, in whatever state, stays. *ret_n counts new ones.
 * Errors: file.*. */
int oak_spool_add(const char *dir, const struct oak_event *event, const struct oak_target *targets, size_t n, oak_time now,
		  size_t *ret_n, struct oak_error *err) OAK_MUST_USE;
int oak_spool_load(const char *dir, struct oak_arena *arena, struct oak_spool_list *ret, struct oak_error *err) OAK_MUST_USE;

struct oak_spool_flush {
	const char *dir;
	const struct oak_target *targets;
	size_t n;
	oak_time now;
	bool all;       /* also those whose time has not come, those that failed, and those nobody knows about */
	bool offline;   /* no webhooks */
	const volatile int *stop;
	void (*said)(void *arg, const struct oak_spooled *item); /* after each attempt; may be NULL */
	void *arg;
	size_t sent, waiting, lost; /* results: LOST are UNKNOWN or FAILED since this call */
};
/* Send what is due, one process at a time; forget what was sent 90 days ago. Errors: lock.held (TRANSIENT), file.*. */
int oak_spool_flush(struct oak_spool_flush *flush, struct oak_error *err) OAK_MUST_USE;

#endif
