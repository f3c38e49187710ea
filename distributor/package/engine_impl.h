/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What engine.c, engine_end.c and recover.c share; nobody else includes it. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_ENGINE_IMPL_H
#define OAK_DISTRIBUTOR_PACKAGE_ENGINE_IMPL_H

#include "distributor/package/script.h"

struct oak_op_outcome {
	bool failed, reboot;
	int code;                    /* of a script; -1 = none */
	const char *detail, *output; /* NULL */
	const char *error_id;        /* NULL */
};

/* Do one operation, tell it as a step. The outcome says how it went. */
void oak_op_act(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *ret);
int oak_op_intent(struct oak_package_job *job, enum oak_work work, size_t index, const char *label, struct oak_error *err) OAK_MUST_USE;
int oak_op_outcome(struct oak_package_job *job, enum oak_work work, size_t index, const struct oak_package_op *op,
		   const struct oak_op_outcome *outcome, oak_time started_at, struct oak_error *err) OAK_MUST_USE;
enum oak_work oak_op_work(enum oak_op_kind kind);

/* Go back from operation REACHED, then end the run as STATUS because of WHY. */
int oak_package_undo(struct oak_package_job *job, const struct oak_package_ops *ops, size_t reached, enum oak_package_status status,
		     const char *why, struct oak_error *err) OAK_MUST_USE;

/* Ends (engine_end.c). */
int oak_package_commit(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE;
int oak_package_end_undone(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE;
int oak_package_end_broken(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE;
int oak_package_close(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE; /* run's end in the journal; files away */

#endif
