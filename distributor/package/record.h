/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store remembers of a package: its state, its generations, the run that is under way. docs/formats/store.md. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_RECORD_H
#define OAK_DISTRIBUTOR_PACKAGE_RECORD_H

#include "core/time.h"
#include "distributor/package/manifest.h"
#include "distributor/package/store.h"

enum oak_package_state { OAK_PACKAGE_INSTALLED, OAK_PACKAGE_FAILED, OAK_PACKAGE_PENDING, OAK_PACKAGE_STATE_COUNT };
const char *oak_package_state_to_string(enum oak_package_state state);

typedef OAK_VEC(struct oak_pair) oak_package_args; /* SSM_X: value, by name */

/* state.json (oakum.packageState/1): what is committed. PENDING is never written: it is a journal without its end. */
struct oak_package_record {
	const char *name, *version;
	enum oak_package_model model;
	enum oak_package_state state;
	int generation;
	oak_time installed_at;
	const char *args_digest;   /* of what it was installed with: other arguments are a reason to run again */
	oak_package_args args;
	const char *manifest_sha256;
	int attempts;              /* failed ones in a row of the same version and arguments */
	const char *attempted;     /* "VERSION ARGS-DIGEST" of those; NULL */
	const char *detail;        /* why it is FAILED; NULL */
};

/* gen-N/generation.json (oakum.generation/1): what was unpacked there; written once, before the folder gets its name. */
struct oak_generation {
	int number;
	const char *name, *version;
	enum oak_package_model model;
	const char *archive, *archive_sha256, *manifest_sha256;
	const char *seal_sha256;   /* of the file "seal" beside it */
	int64_t bytes;
	oak_time sealed_at;
	const char *unpacked;      /* under which restrictions, in words */
	struct oak_manifest *manifest; /* loaded with it */
	struct oak_seal seal;          /* the same */
};

enum oak_package_verb { OAK_VERB_INSTALL, OAK_VERB_UPDATE, OAK_VERB_UNINSTALL, OAK_VERB_ROLLBACK, OAK_VERB_COUNT };
const char *oak_package_verb_to_string(enum oak_package_verb verb);

enum oak_package_status {
	OAK_PACKAGE_RUN_SUCCESS,
	OAK_PACKAGE_RUN_PENDING_REBOOT,
	OAK_PACKAGE_RUN_FAILED,
	OAK_PACKAGE_RUN_INTERRUPTED,
	OAK_PACKAGE_RUN_MISSED_WINDOW,
	OAK_PACKAGE_RUN_SKIPPED,
	OAK_PACKAGE_RUN_RUNNING,
	OAK_PACKAGE_RUN_PLANNED, /* --dry-run */
	OAK_PACKAGE_RUN_STATUS_COUNT
};
const char *oak_package_status_to_string(enum oak_package_status status);

struct oak_package_step {
	const char *name;   /* "verify" "unpack" "uninstall-old" "install" "switch" "validate" "detect" "health" … "undo-…" */
	const char *status; /* DONE FAILED SKIPPED PLANNED REBOOT UNKNOWN */
	int exit_code;      /* of a script; -1 = none */
	const char *detail, *output; /* NULL */
	oak_time started_at, ended_at;
};

/* A package that a run brought along because it is needed; it has a run of its own. */
struct oak_package_brought {
	const char *name, *from, *to, *run_id; /* from NULL = it was not installed */
	enum oak_package_status status;
	bool taken_back;                       /* afterwards, when what needed it failed */
};

/* run.json while it runs, and the source of oakum.packageRun/1. */
struct oak_package_run {
	const char *id, *name;
	enum oak_package_verb verb;
	enum oak_package_model model;
	bool in_place, without_scripts;
	const char *from, *to;                 /* versions; NULL = none */
	int from_generation, to_generation;    /* 0 = none */
	oak_package_args args;
	const char *args_digest;
	oak_time started_at, ended_at;
	/* not in run.json */
	enum oak_package_status status;
	const char *rollback;                  /* exact compensated none */
	int exit_code;                         /* of the script that decided; else 0, or 1 on failure */
	bool reboot_required;
	const char *detail, *error_id;         /* NULL */
	OAK_VEC(struct oak_package_step) steps;
	OAK_VEC(struct oak_package_brought) dependencies; /* in the order in which they were installed */
};

/* Load and save. Absent: *ret NULL. A record that cannot be read is made anew from the generation that is current (*ret_rebuilt).
 * Errors: file.*, package.damaged (IO: neither). */
int oak_record_load(const struct oak_pkgs *pkgs, const char *name, struct oak_package_record **ret, bool *ret_rebuilt, struct oak_error *err)
	OAK_MUST_USE;
int oak_record_save(const struct oak_pkgs *pkgs, const struct oak_package_record *record, struct oak_error *err) OAK_MUST_USE;

/* Errors: package.damaged (IO), package.tampered (UNTRUSTED: the seal is not the one that was made). */
int oak_generation_load(const struct oak_pkgs *pkgs, const char *name, int number, struct oak_generation **ret, struct oak_error *err)
	OAK_MUST_USE;
int oak_generation_save(const char *folder, const struct oak_generation *generation, struct oak_error *err) OAK_MUST_USE;

/* run.json of package NAME; *ret NULL = there is none. Errors: file.*, package.damaged. */
int oak_package_run_load(const struct oak_pkgs *pkgs, const char *name, struct oak_package_run **ret, struct oak_error *err) OAK_MUST_USE;
int oak_package_run_save(const struct oak_pkgs *pkgs, const struct oak_package_run *run, struct oak_error *err) OAK_MUST_USE;

/* oakum.packageRun/1. */
void oak_package_run_format(const struct oak_package_run *run, struct oak_sink *sink);

/* Digest of arguments, sorted by name; as hex in ARENA. "" for none. */
const char *oak_package_args_digest(struct oak_arena *arena, oak_package_args *args);

#endif
