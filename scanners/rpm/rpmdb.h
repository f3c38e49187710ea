/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The installed packages of an rpm host, read from a private copy of its database. */
#ifndef OAK_SCANNERS_RPM_RPMDB_H
#define OAK_SCANNERS_RPM_RPMDB_H

#include "baseline/inventory.h"
#include "core/buf.h"

struct oak_rpmdb_file {
	const char *folder; /* below the root: "/var/lib/rpm" */
	const char *name;   /* "rpmdb.sqlite" "Packages" "Packages.db" */
	const char *backend;
	bool wal;
};

/* Where the database is and what kind; identity names its present state (device, inode, size, times, the -wal's too).
 * Errors: rpm.db-missing (NOT_FOUND), rpm.db-unknown (UNSUPPORTED), rpm.db-open (DENIED, IO). */
struct oak_rpmdb {
	const char *root;
	const struct oak_rpmdb_file *file;
	char identity[65];
};
int oak_rpmdb_find(const char *root, struct oak_rpmdb *ret, struct oak_error *err) OAK_MUST_USE;

/* A copy in a new folder below CACHE_DIR, taken again until the database did not change meanwhile; *ret_dir (in ARENA) is
 * removed by oak_rpmdb_drop. The source is only ever opened for reading. Folders that an interrupted scan left are removed.
 * Errors: rpm.db-open, rpm.db-busy (TRANSIENT), file.*. */
int oak_rpmdb_copy(struct oak_arena *arena, const struct oak_rpmdb *db, const char *cache_dir, const char **ret_dir,
		   struct oak_error *err) OAK_MUST_USE;
void oak_rpmdb_drop(const char *dir);

struct oak_installed {
	OAK_VEC(struct oak_package) packages; /* as rpm lists them; gpg-pubkey left out */
	OAK_VEC(const char *) keys;	      /* armoured text of the gpg-pubkey entries */
	const char *releasever;		      /* version of what provides system-release; NULL */
	const char *arch;		      /* most frequent arch but noarch; NULL */
};

/* From the cache of this identity below CACHE_DIR, else from a copy (and then cached).
 * Errors: as above, rpm.db-broken (IO). */
int oak_rpmdb_load(struct oak_arena *arena, const struct oak_rpmdb *db, const char *cache_dir, struct oak_installed *ret,
		   struct oak_error *err) OAK_MUST_USE;

/* The part that needs librpm: list the packages of the database in DIR. */
int oak_rpmdb_list(struct oak_arena *arena, const char *dir, const struct oak_rpmdb *db, struct oak_installed *ret,
		   struct oak_error *err) OAK_MUST_USE;

/* The cached form; borrowed strings. */
void oak_installed_pack(const struct oak_installed *installed, struct oak_buf *buf);
bool oak_installed_unpack(struct oak_arena *arena, const char *text, size_t n, struct oak_installed *ret);

#endif
