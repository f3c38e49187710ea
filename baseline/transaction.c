/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the kinds of action. */
#include "baseline/transaction.h"

#include "core/str.h"

static const char *const kinds[OAK_ACTION_COUNT] = {
	[OAK_ACTION_UPGRADE] = "UPGRADE",
	[OAK_ACTION_INSTALL] = "INSTALL",
	[OAK_ACTION_REMOVE] = "REMOVE",
	[OAK_ACTION_DOWNGRADE] = "DOWNGRADE",
};

const char *oak_action_kind_to_string(enum oak_action_kind kind)
{
	return kinds[kind];
}

int oak_action_kind_from_string(const char *text)
{
	for (int i = 0; i < OAK_ACTION_COUNT; i++)
		if (oak_strcaseeq(kinds[i], text))
			return i;
	return -1;
}
