/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the update agent's records to an inventory: no system call, so that recorded answers decode anywhere. */
#ifndef OAK_SCANNERS_WUA_WUA_DECODE_H
#define OAK_SCANNERS_WUA_WUA_DECODE_H

#include "baseline/transaction.h"
#include "scanners/wua/wua_record.h"

/* Whom and when the agent was asked. */
struct oak_wua_moment {
	oak_time now, booted_at; /* booted_at OAK_TIME_NONE = not known */
	const char *product;     /* "Windows Server 2022 Standard"; NULL = not known */
};

/* Add ANSWER to INVENTORY, which has no repository yet: one (where the updates come from), every update, and a package for each
 * installed one. All strings are copied into the inventory's arena. */
void oak_wua_decode(const struct oak_wua_answer *answer, const struct oak_wua_moment *moment, struct oak_inventory *inventory);

/* How an update is called in plans and packages: "KB5000001", or its GUID where it has no KB. In ARENA. */
const char *oak_wua_name(struct oak_arena *arena, const struct oak_wua_update *update);
/* Its version: the revision; where another update of the answer has the same KB and revision, with a part of the GUID behind it. */
const char *oak_wua_evr(struct oak_arena *arena, const struct oak_wua_answer *answer, const struct oak_wua_update *update);
/* True if it is on the host, even if a boot must complete it. */
bool oak_wua_is_installed(const struct oak_wua_answer *answer, const struct oak_wua_update *update, const struct oak_wua_moment *moment);
/* The update that is called NAME and EVR; NULL = not in the answer. */
const struct oak_wua_update *oak_wua_find(struct oak_arena *arena, const struct oak_wua_answer *answer, const char *name, const char *evr);

/* What installing the wanted updates would do: each by itself, for the agent knows what else an update brings. What is installed
 * already needs nothing. */
struct oak_wua_wants {
	const struct oak_want *v;
	size_t n;
};
void oak_wua_resolve(const struct oak_wua_answer *answer, const struct oak_wua_moment *moment, struct oak_wua_wants wants,
		     struct oak_arena *arena, struct oak_transaction *ret);

/* OLE automation date (days since 1899-12-30, UTC) to seconds; 0 and nonsense give OAK_TIME_NONE. */
oak_time oak_wua_time(double date);

#endif
