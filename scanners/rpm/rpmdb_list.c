/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one place that asks librpm: every header of a (copied) database becomes a package of the model. */
#include <fcntl.h>
#include <rpm/header.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmts.h>
#include <solv/repo_rpmdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/map.h"
#include "core/str.h"
#include "scanners/rpm/rpmdb.h"
#include "scanners/rpm/solvpool.h"

struct listing {
	struct oak_arena *arena;
	struct oak_installed *out;
	struct oak_map arches; /* arch -> count */
	char said[256];	       /* last complaint of librpm */
};

static int on_log(rpmlogRec rec, rpmlogCallbackData data)
{
	struct listing *l = data;
	if (rpmlogRecPriority(rec) <= RPMLOG_ERR) {
		const char *text = rpmlogRecMessage(rec);
		snprintf(l->said, sizeof(l->said), "%.*s", (int)strcspn(text, "\n"), text);
	}
	return 0; /* nothing is printed */
}

static char *text_of(struct listing *l, Header h, rpmTagVal tag)
{
	return oak_arena_strdup(l->arena, headerGetString(h, tag));
}

static oak_time time_of(Header h, rpmTagVal tag)
{
	uint64_t t = headerGetNumber(h, tag);
	return t ? (oak_time)t : OAK_TIME_NONE;
}

static const char *evr_of(struct listing *l, Header h)
{
	uint64_t epoch = headerGetNumber(h, RPMTAG_EPOCH);
	const char *v = headerGetString(h, RPMTAG_VERSION), *r = headerGetString(h, RPMTAG_RELEASE);
	return epoch ? oak_arena_printf(l->arena, "%llu:%s-%s", (unsigned long long)epoch, v ? v : "", r ? r : "")
		     : oak_arena_printf(l->arena, "%s-%s", v ? v : "", r ? r : "");
}

/* The id of the key that signed the header, as rpm prints it: "…, Key ID 199e2f91fd431d51". */
static const char *key_of(struct listing *l, Header h)
{
	static const char format[] = "%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{%|RSAHEADER?{%{RSAHEADER:pgpsig}}:"
				     "{%|SIGGPG?{%{SIGGPG:pgpsig}}:{%|SIGPGP?{%{SIGPGP:pgpsig}}:{}|}|}|}|";
	char *text = headerFormat(h, format, NULL);
	const char *id = text ? strstr(text, "Key ID ") : NULL;
	const char *key = id ? oak_arena_strdup(l->arena, id + 7) : NULL;
	free(text);
	return key;
}

/* "bash-5.1.8-1.el9.src.rpm" becomes "bash (5.1.8-1.el9)", or "bash" when the version is the package's own. */
static const char *source_of(struct listing *l, Header h, const char *evr)
{
	const char *src = headerGetString(h, RPMTAG_SOURCERPM);
	if (!src || !*src)
		return NULL;
	char *name = oak_arena_strdup(l->arena, src), *end = strstr(name, ".src.rpm");
	end = end ? end : strstr(name, ".nosrc.rpm");
	if (!end)
		return name;
	*end = '\0';
	char *release = strrchr(name, '-');
	if (!release)
		return name;
	*release = '\0';
	char *version = strrchr(name, '-');
	*release = '-';
	if (!version)
		return name;
	*version = '\0';
	const char *own = strchr(evr, ':') ? strchr(evr, ':') + 1 : evr;
	return oak_streq(version + 1, own) ? name : oak_arena_printf(l->arena, "%s (%s)", name, version + 1);
}

static void count_arch(struct listing *l, const char *arch)
{
	if (!arch || oak_streq(arch, "noarch"))
		return;
	void **slot = oak_map_slot(&l->arches, arch);
	*slot = (void *)((uintptr_t)*slot + 1);
	uintptr_t best = l->out->arch ? (uintptr_t)oak_map_find(&l->arches, l->out->arch) : 0;
	if ((uintptr_t)*slot > best)
		l->out->arch = arch;
}

/* dnf's rule for $releasever: "system-release(releasever)", else the version of what provides system-release. */
static void find_releasever(struct listing *l, Header h)
{
	struct rpmtd_s names, versions;
	if (!headerGet(h, RPMTAG_PROVIDENAME, &names, HEADERGET_MINMEM))
		return;
	bool have_versions = headerGet(h, RPMTAG_PROVIDEVERSION, &versions, HEADERGET_MINMEM) != 0;
	const char *name;
	while ((name = rpmtdNextString(&names)) != NULL) {
		const char *version = have_versions ? rpmtdNextString(&versions) : NULL;
		if (oak_streq(name, "system-release(releasever)") && version && *version)
			l->out->releasever = oak_arena_strdup(l->arena, version);
		else if (oak_streq(name, "system-release") && !l->out->releasever)
			l->out->releasever = text_of(l, h, RPMTAG_VERSION);
	}
	rpmtdFreeData(&names);
	if (have_versions)
		rpmtdFreeData(&versions);
}

static void add(void *arg, Header h)
{
	struct listing *l = arg;
	struct oak_package p = {.name = text_of(l, h, RPMTAG_NAME), .arch = text_of(l, h, RPMTAG_ARCH)};
	if (!p.name)
		return;
	if (oak_streq(p.name, "gpg-pubkey")) {
		const char *armour = headerGetString(h, RPMTAG_DESCRIPTION);
		if (armour && strstr(armour, "BEGIN PGP"))
			*oak_push(l->arena, &l->out->keys) = oak_arena_strdup(l->arena, armour);
		return;
	}
	p.arch = p.arch ? p.arch : oak_arena_strdup(l->arena, "noarch");
	p.evr = evr_of(l, h);
	p.source = source_of(l, h, p.evr);
	p.vendor = text_of(l, h, RPMTAG_VENDOR);
	p.build_time = time_of(h, RPMTAG_BUILDTIME);
	p.installed_at = time_of(h, RPMTAG_INSTALLTIME);
	p.module = text_of(l, h, RPMTAG_MODULARITYLABEL);
	p.signature_key = key_of(l, h);
	count_arch(l, p.arch);
	find_releasever(l, h);
	*oak_push(l->arena, &l->out->packages) = p;
}

static int fail_broken(const struct listing *l, const struct oak_rpmdb *db, struct oak_error *err)
{
	if (oak_streq(db->file->backend, "ndb"))
		return oak_fail(err, OAK_UNSUPPORTED, "rpm.db-unknown", 0,
				"cannot read the rpm database '%s%s/%s': this host's librpm does not read its kind, ndb%s%s", db->root,
				db->file->folder, db->file->name, *l->said ? ": " : "", l->said);
	return oak_fail(err, OAK_IO, "rpm.db-broken", 0, "cannot read the rpm database '%s%s/%s': %s (rpm --rebuilddb may help)",
			db->root, db->file->folder, db->file->name, *l->said ? l->said : "it is damaged");
}

/* Every header of the database that configure() named. -1: it cannot be opened, or nothing of it can be read. */
static int each(struct listing *l, const struct oak_rpmdb *db, void (*take)(void *arg, Header h), void *arg, struct oak_error *err)
{
	rpmts ts = rpmtsCreate();
	size_t n = 0;
	rpmtsSetVSFlags(ts, RPMVSF_MASK_NODIGESTS | RPMVSF_MASK_NOSIGNATURES | RPMVSF_NOHDRCHK);
	rpmdbMatchIterator mi = rpmtsOpenDB(ts, O_RDONLY) == 0 ? rpmtsInitIterator(ts, RPMDBI_PACKAGES, NULL, 0) : NULL;
	bool opened = rpmtsGetRdb(ts) != NULL;
	for (Header h; mi && (h = rpmdbNextIterator(mi)) != NULL; n++)
		take(arg, h);
	rpmdbFreeIterator(mi);
	rpmtsFree(ts);
	/* a librpm without ndb takes it for an empty database, silently */
	bool foreign = n == 0 && oak_streq(db->file->backend, "ndb");
	return !opened || foreign || (*l->said && n == 0) ? fail_broken(l, db, err) : 0;
}

/* Macros of the caller's HOME must not matter: the path and the kind are set above whatever files say. */
static void configure(const char *dir, const char *backend)
{
	static bool done;
	if (!done)
		rpmReadConfigFiles("/dev/null", NULL);
	done = true;
	char macro[4200];
	snprintf(macro, sizeof(macro), "_dbpath %s", dir);
	rpmDefineMacro(NULL, macro, RMIL_CMDLINE);
	snprintf(macro, sizeof(macro), "_db_backend %s", backend);
	rpmDefineMacro(NULL, macro, RMIL_CMDLINE);
}

static int run(struct listing *l, const char *dir, const struct oak_rpmdb *db, void (*take)(void *arg, Header h), void *arg,
	       struct oak_error *err)
{
	rpmlogSetCallback(on_log, l);
	configure(dir, db->file->backend);
	int result = each(l, db, take, arg, err);
	rpmlogSetCallback(NULL, NULL);
	return result;
}

int oak_rpmdb_list(struct oak_arena *arena, const char *dir, const struct oak_rpmdb *db, struct oak_installed *ret,
		   struct oak_error *err)
{
	struct oak_installed installed = {0};
	struct listing l = {.arena = arena, .out = &installed};
	oak_map_init(&l.arches, arena, 16);
	if (run(&l, dir, db, add, &l, err) < 0)
		return -1;
	*ret = installed;
	return 0;
}

struct solving {
	Repo *repo;
	void *state;
};

static void add_to_repo(void *arg, Header h)
{
	struct solving *s = arg;
	void *handle = oak_streq(headerGetString(h, RPMTAG_NAME), "gpg-pubkey") ? NULL : rpm_byrpmh(s->state, h);
	if (handle)
		repo_add_rpm_handle(s->repo, handle, REPO_REUSE_REPODATA | REPO_NO_INTERNALIZE);
}

int oak_rpmdb_add_to_repo(const char *dir, const struct oak_rpmdb *db, Repo *repo, struct oak_error *err)
{
	struct listing l = {0};
	struct solving s = {repo, rpm_state_create(repo->pool, "/")};
	int result = run(&l, dir, db, add_to_repo, &s, err);
	rpm_state_free(s.state);
	repo_internalize(repo);
	return result;
}
