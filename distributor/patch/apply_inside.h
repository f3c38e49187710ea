/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a run's order share. */
#ifndef OAK_DISTRIBUTOR_PATCH_APPLY_INSIDE_H
#define OAK_DISTRIBUTOR_PATCH_APPLY_INSIDE_H

#include "distributor/patch/apply.h"

/* An error as one text in ARENA; a note of the run. */
const char *oak_apply_words(struct oak_arena *arena, const struct oak_error *err);
void oak_apply_note(struct oak_patch_run *run, const char *text);

/* Actions of BATCH (0 = all), only those that are not done yet if UNDONE_ONLY. */
struct oak_action_list oak_apply_list(struct oak_apply *apply, struct oak_patch_run *run, int batch, bool undone_only);

/* Old archives put aside by a copy of the process: begun, and waited for; intent and outcome in the journal. */
int oak_apply_secure_begin(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;
int oak_apply_secure_end(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;
/* End it without waiting for its result. */
int oak_apply_secure_drop(struct oak_apply *apply, struct oak_error *err) OAK_MUST_USE;

/* Every batch that is not done, each after asking the gate. 0 also where one failed or the gate closed: run->status says so.
 * -1: nothing was changed by the first one and the error says why, or the journal cannot be written. */
int oak_apply_batches(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;

#endif
