/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about a host that a plan tells: ways back, space, services that will have to be restarted. Reads only. */
#ifndef OAK_DISTRIBUTOR_PATCH_FACTS_H
#define OAK_DISTRIBUTOR_PATCH_FACTS_H

#include "distributor/patch/installer.h"

/* Fill RET's undo, disk and restarts for the actions of DRAFT. Errors: patch.tool and those of installer->undoable. */
int oak_plan_facts_gather(const struct oak_installer *installer, const struct oak_patch_host *host, const struct oak_plan *draft,
			  struct oak_arena *arena, struct oak_plan_facts *ret, struct oak_error *err) OAK_MUST_USE;

#endif
