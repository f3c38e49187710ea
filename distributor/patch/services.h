/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services that still run old code: found by the deleted files that their processes map, restarted by their unit. */
#ifndef OAK_DISTRIBUTOR_PATCH_SERVICES_H
#define OAK_DISTRIBUTOR_PATCH_SERVICES_H

#include "distributor/patch/installer.h"

enum oak_restart { OAK_RESTART_NONE, OAK_RESTART_LIST, OAK_RESTART_AUTO, OAK_RESTART_COUNT };

enum oak_service_status {
	OAK_SERVICE_LISTED,     /* needs a restart; nobody asked us to do it */
	OAK_SERVICE_RESTARTED,
	OAK_SERVICE_FAILED,     /* systemctl said no, or it is not active afterwards */
	OAK_SERVICE_LEFT_ALONE, /* never restarted by us: the bus, logins, our own session */
	OAK_SERVICE_STATUS_COUNT
};

struct oak_service {
	const char *unit;   /* "nginx.service" */
	const char *reason; /* "maps deleted /usr/lib/…/libssl.so.3" */
	enum oak_service_status status;
	const char *error;  /* NULL */
};
struct oak_services {
	OAK_VEC(struct oak_service) v; /* by unit */
	size_t others; /* processes outside any service that map deleted files: sessions, scopes */
};

/* The unit of a process from the text of its /proc/PID/cgroup ("0::/system.slice/nginx.service\n" is nginx.service); NULL = in
 * no service. In ARENA. Pure. */
const char *oak_service_of_cgroup(struct oak_arena *arena, const char *text);

/* True if a unit is never restarted by us, whatever it maps. Pure. */
bool oak_service_is_sacred(const char *unit);

/* What should be restarted, changing nothing. OWN (the unit in which we run ourselves, and our ancestors) is LEFT_ALONE. */
void oak_services_find(struct oak_arena *arena, const char *root, struct oak_services *ret);

/* Restart those that are LISTED, each once; "/" only, with systemd running. Fills status and error. */
void oak_services_restart(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_services *services);

/* Units whose processes map a file of the given packages now and would map a deleted one after the change: for plans. LISTS
 * holds absolute paths of files that will be replaced. */
void oak_services_forecast(struct oak_arena *arena, const char *root, const char *const *files, size_t n,
			   struct oak_plan_facts *ret);

const char *oak_restart_to_string(enum oak_restart restart);
int oak_restart_from_string(const char *text);
const char *oak_service_status_to_string(enum oak_service_status status);

#endif
