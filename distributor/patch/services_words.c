/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for services and what became of them. */
#include "core/str.h"
#include "distributor/patch/services.h"

static const char *const restarts[OAK_RESTART_COUNT] = {"none", "list", "auto"};
static const char *const statuses[OAK_SERVICE_STATUS_COUNT] = {"LISTED", "RESTARTED", "FAILED", "LEFT_ALONE"};

const char *oak_restart_to_string(enum oak_restart restart)
{
	return restarts[restart];
}

int oak_restart_from_string(const char *text)
{
	for (int i = 0; i < OAK_RESTART_COUNT; i++)
		if (oak_streq(restarts[i], text))
			return i;
	return -1;
}

const char *oak_service_status_to_string(enum oak_service_status status)
{
	return statuses[status];
}
