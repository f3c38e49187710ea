/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo init, add, publish, renew: the publisher's side of a repository. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/assignments.h"
#include "cli/cmd.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/port.h"
#include "core/str.h"
#include "cli/signers.h"
#include "distributor/package/verify.h"
#include "repo/bins.h"
#include "repo/chunk.h"
#include "repo/keys.h"
#include "repo/proposal.h"

static const struct oak_opt init_opts[] = {
	{"keys", 0, OAK_OPT_TEXT, "DIR", "folder for the keys, which are made there", OAK_OPT_NO_CONFIG},
	{"root-keys", 0, OAK_OPT_TEXT, "COUNT", "number of root keys (default 1)", OAK_OPT_NO_CONFIG},
	{"root-threshold", 0, OAK_OPT_TEXT, "COUNT", "how many of them must sign a new root (default 1)", OAK_OPT_NO_CONFIG},
	{"threshold", 0, OAK_OPT_LIST, "ROLE=K/N", "this many keys must sign: targets, policy or packages/main (packages/main=2/3)", OAK_OPT_NO_CONFIG},
	{"bins", 0, OAK_OPT_TEXT, "COUNT", "roles of packages have 16, 256 or 4096 hashed bins from the first publication on; 0 = never (default: 256 from "
						"2,000 files on)", OAK_OPT_NO_CONFIG},
	{"trust", 0, OAK_OPT_TEXT, "POLICY", "'repo add' takes only packages that pass this trust policy (signatures, SBOM, provenance)", OAK_OPT_NO_CONFIG},
	{"expires", 0, OAK_OPT_LIST, "ROLE=DURATION", "how long metadata of a role live (timestamp=1d)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "encrypt the keys with the passphrase in FILE", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* A list of ROLE=VALUE as an object; NULL = none was given. CHECK says whether a value is one. */
static int by_role(struct oak_context *ctx, const char *option, bool (*check)(const char *role, const char *text), const char *id,
		   const char *example, const struct oak_value **ret)
{
	const char *const *list;
	size_t n = oak_opt_list(ctx, option, &list);
	struct oak_member *members = oak_arena_alloc(ctx->arena, n * sizeof(*members) + 1);
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(list[i], '=');
		const char *role = equals ? oak_repo_role_name(ctx->arena, oak_arena_strndup(ctx->arena, list[i], (size_t)(equals - list[i]))) : "";
		if (!*role || !check(role, equals + 1))
			return oak_fail(&ctx->err, OAK_INVALID, id, 0, "'--%s' cannot be '%s' (give %s)", option, list[i], example);
		members[i].key = role;
		members[i].value = (struct oak_value){.kind = OAK_VALUE_STRING, .string = equals + 1};
	}
	struct oak_value *object = OAK_NEW(ctx->arena, struct oak_value);
	object->kind = OAK_VALUE_OBJECT;
	object->object.v = members;
	object->object.n = n;
	*ret = n ? object : NULL;
	return 0;
}

static bool is_life(const char *role, const char *text)
{
	static const char *const roles[] = {"root", "targets", "snapshot", "timestamp", "policy"};
	int64_t seconds;
	bool known = oak_starts_with(role, "packages-") && role[strlen("packages-")];
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		known = known || oak_streq(role, roles[i]);
	return known && oak_duration_parse(text, &seconds) && seconds > 0;
}

static bool is_share(const char *role, const char *text)
{
	return *text && (oak_streq(role, "targets") || oak_streq(role, "policy") || oak_streq(role, "packages-main"));
}

static int expiries(struct oak_context *ctx, struct oak_repo_init *init)
{
	if (by_role(ctx, "expires", is_life, "repo.expires", "ROLE=DURATION, such as timestamp=2d, of root, targets, snapshot, timestamp, policy or packages/TEAM", &init->expires) < 0)
		return -1;
	return by_role(ctx, "threshold", is_share, "repo.threshold", "ROLE=K/N, such as packages/main=2/3", &init->thresholds);
}

static int bins(struct oak_context *ctx, const struct oak_value **ret)
{
	const char *text = oak_opt_text(ctx, "bins");
	int64_t count;
	if (!text)
		return 0;
	if (!oak_parse_int(oak_str_of(text), 0, INT32_MAX, &count) || oak_bin_digits_of(count) < 0)
		return oak_fail(&ctx->err, OAK_INVALID, "repo.bins", 0, "'--bins' cannot be '%s' (give 16, 256 or 4096, or 0 for none)", text);
	struct oak_value *value = OAK_NEW(ctx->arena, struct oak_value);
	value->kind = OAK_VALUE_INT;
	value->integer = count;
	*ret = value;
	return 0;
}

static const char *absolute(struct oak_context *ctx, const char *path)
{
	char *full = realpath(path, NULL);
	const char *copy = oak_arena_strdup(ctx->arena, full ? full : path);
	free(full);
	return copy;
}

static int run_init(struct oak_context *ctx)
{
	struct oak_repo_init init = {.dir = ctx->args[0], .keys_dir = oak_opt_text(ctx, "keys"), .now = oak_ctx_now(ctx)};
	const char *trust = oak_opt_text(ctx, "trust");
	init.root_keys = (int)oak_opt_count(ctx, "root-keys", 1);
	init.root_threshold = (int)oak_opt_count(ctx, "root-threshold", 1);
	if (!init.root_keys || !init.root_threshold) /* 0 would mean: not given */
		init.root_keys = -1;
	if (!init.keys_dir)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo init' needs '--keys DIR'");
	if (trust && !oak_fs_exists(trust))
		return oak_fail(&ctx->err, OAK_INVALID, "file.open", 0, "cannot open '%s' (give a trust policy)", trust);
	if (oak_passphrase(ctx, &init.passphrase) < 0 || expiries(ctx, &init) < 0 || bins(ctx, &init.bins) < 0)
		return -1;
	if (ctx->dry_run)
		return 0;
	if (oak_fs_mkdirs(init.keys_dir, 0700, &ctx->err) < 0)
		return -1;
	init.keys_dir = absolute(ctx, init.keys_dir);
	init.trust = trust ? absolute(ctx, trust) : NULL;
	if (oak_repo_init(ctx->arena, &init, &ctx->err) < 0)
		return -1;
	oak_note(&ctx->out, "repository '%s' made; clients trust '%s/metadata/1.root.json'", init.dir, init.dir);
	return 0;
}

const struct oak_cmd oak_cmd_repo_init = {
	.name = "repo init",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "make a repository and its keys",
	.description = "Makes DIR/metadata and DIR/targets, which any web server can carry, and one key a role in the folder of --keys, "
		       "whose place is remembered. Take the root keys off this machine afterwards; only snapshot and timestamp are needed "
		       "every day.",
	.opts = init_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_init,
};

static const struct oak_opt add_opts[] = {
	{"role", 0, OAK_OPT_TEXT, "packages/TEAM", "role that lists it (default packages/main)", OAK_OPT_NO_CONFIG},
	{"trust", 0, OAK_OPT_TEXT, "POLICY", "take the package only if it passes this trust policy (default: the one of 'repo init --trust', else none)", OAK_OPT_NO_CONFIG},
	{"policy", 0, OAK_OPT_TEXT, "FILE", "add a baseline, window, calendar or snapshot as policy/FILE, an assignment as policy/assignments/FILE", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static const char *base_name(struct oak_context *ctx, const char *path)
{
	const char *full = absolute(ctx, path), *slash = strrchr(full, '/');
	return slash ? slash + 1 : full;
}

static const struct oak_value *text_member(struct oak_arena *arena, const char *kind, const char *name, const char *version)
{
	const char *const texts[] = {"kind", kind, "name", name, "version", version};
	struct oak_member *m = oak_arena_alloc(arena, 3 * sizeof(*m));
	struct oak_value *object = OAK_NEW(arena, struct oak_value);
	for (int i = 0; i < 3; i++) {
		m[i].key = texts[2 * i];
		m[i].value = (struct oak_value){.kind = OAK_VALUE_STRING, .string = texts[2 * i + 1]};
	}
	object->kind = OAK_VALUE_OBJECT;
	object->object.v = m;
	object->object.n = 3;
	return object;
}

/* Stage one file of a package, if it is there. */
static int stage(struct oak_context *ctx, struct oak_repo *repo, const char *dir, const char *file, const char *name,
		 const char *version, const char *role, size_t *added)
{
	bool new;
	const char *from = oak_arena_printf(ctx->arena, "%s/%s", dir, file);
	if (strchr(file, '/') || strchr(file, '\\'))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.package", 0, "'%s' names the file '%s' outside its folder", dir, file);
	if (oak_repo_stage(repo, from, oak_arena_printf(ctx->arena, "pkg/%s/%s/%s", name, version, file), role,
			   text_member(ctx->arena, "package", name, version), &new, &ctx->err) < 0)
		return -1;
	*added += new;
	return 0;
}

/* The chunks of a large archive, so that who has another version fetches only what changed. */
static int stage_index(struct oak_context *ctx, struct oak_repo *repo, const char *dir, const char *file, const char *name, const char *version,
		       const char *role)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const char *from = oak_arena_printf(ctx->arena, "%s/%s", dir, file);
	const char *index = oak_arena_printf(ctx->arena, "%s/.oakum/index.chunks", repo->dir);
	const char *path = oak_arena_printf(ctx->arena, "pkg/%s/%s/%s.chunks", name, version, file);
	struct oak_chunks chunks;
	struct stat st;
	bool new;
	oak_buf_init(&text, 256 << 20);
	if (stat(from, &st) != 0 || st.st_size < OAK_CHUNKS_LEAST_FILE)
		return 0;
	if (oak_chunks_of_file(ctx->arena, from, &chunks, &ctx->err) < 0)
		return -1;
	oak_chunks_format(&chunks, &text);
	if (oak_fs_write_atomic(index, oak_buf_text(&text), text.n, 0644, &ctx->err) < 0 ||
	    oak_repo_stage(repo, index, path, role, text_member(ctx->arena, "chunks", name, version), &new, &ctx->err) < 0)
		return -1;
	return oak_fs_remove(index, &ctx->err);
}

/* What the manifest says of a file must be true before it is signed: sha256, and the size where it is given. */
static int check_listed(struct oak_context *ctx, const char *dir, const struct oak_member *listed)
{
	char hash[OAK_SHA256_TEXT];
	const char *file = oak_arena_printf(ctx->arena, "%s/%s", dir, listed->key);
	const char *wanted = NULL;
	const struct oak_value *sums = oak_value_get(&listed->value, "checksums"), *size = oak_value_get(&listed->value, "size");
	struct stat st;
	for (size_t i = 0; sums && sums->kind == OAK_VALUE_OBJECT && i < sums->object.n; i++)
		if (oak_strcaseeq(sums->object.v[i].key, "sha256") || oak_strcaseeq(sums->object.v[i].key, "sha-256"))
			wanted = oak_value_string(&sums->object.v[i].value);
	if (!wanted || strlen(wanted) != 64)
		return oak_fail(&ctx->err, OAK_INVALID, "repo.package", 0, "'%s/manifest.json' gives no sha256 of '%s'", dir, listed->key);
	if (oak_sha256_file(file, hash, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return -1;
	}
	bool sized = size && size->kind == OAK_VALUE_INT && stat(file, &st) == 0;
	if (!oak_strcaseeq(hash, wanted) || (sized && st.st_size != size->integer))
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "repo.checksum", 0,
				"'%s' is not the file that its manifest lists (another hash or size)", file);
	return 0;
}

/* SBOM and provenance are files beside the manifest, which names them by hash. */
static int stage_documents(struct oak_context *ctx, struct oak_repo *repo, const char *dir, const struct oak_value *ours, const char *name,
			   const char *version, const char *role, size_t *added)
{
	static const char *const kinds[] = {"sbom", "provenance"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct oak_value *document = oak_value_get(ours, kinds[i]);
		const char *file = oak_value_string(oak_value_get(document, "file")), *sum = oak_value_string(oak_value_get(document, "sha256"));
		if (!document)
			continue;
		if (!file || !sum || !oak_package_file_check(file))
			return oak_fail(&ctx->err, OAK_INVALID, "repo.package", 0, "'%s/manifest.json' names no usable file of its %s", dir, kinds[i]);
		const struct oak_verify_file listed = {oak_arena_printf(ctx->arena, "%s/%s", dir, file), sum, -1};
		if (oak_verify_files(&listed, 1, 1, &ctx->err) < 0 || stage(ctx, repo, dir, file, name, version, role, added) < 0)
			return -1;
	}
	return 0;
}

/* What the repository's policy asks of a package: its signatures, SBOM and provenance. Nodes may ask for more. */
static int check_policy(struct oak_context *ctx, const struct oak_repo *repo, const char *dir)
{
	OAK_AUTO(oak_package_trust_done) struct oak_package_trust trust = {0};
	const char *given = oak_opt_text(ctx, "trust"), *policy = given ? given : repo->trust;
	struct oak_manifest *manifest;
	struct oak_verification found;
	if (!policy)
		return 0;
	oak_package_trust_init(&trust);
	if (oak_package_trust_load(&trust, policy, &ctx->err) < 0 || oak_verify_dir(ctx->arena, dir, NULL, &trust, &manifest, &found, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return oak_context(&ctx->err, "policy '%s' of repository '%s'", policy, repo->dir);
	}
	return 0;
}

static int add_package(struct oak_context *ctx, struct oak_repo *repo, const char *dir, const char *role)
{
	const struct oak_value *manifest;
	if (oak_input_load(ctx, oak_arena_printf(ctx->arena, "%s/manifest.json", dir), 16 << 20, &manifest) < 0)
		return -1;
	const char *version = oak_value_string(oak_value_get(manifest, "version"));
	const char *name = oak_value_string(oak_value_get(oak_value_get(manifest, "x-oakum"), "name"));
	const struct oak_value *files = oak_value_get(manifest, "files");
	size_t added = 0;
	if (check_policy(ctx, repo, dir) < 0)
		return -1;
	if (!name)
		name = oak_value_string(oak_value_get(manifest, "name"));
	if (!name)
		name = base_name(ctx, dir);
	if (!version || !files || files->kind != OAK_VALUE_OBJECT || !files->object.n)
		return oak_fail(&ctx->err, OAK_INVALID, "repo.package", 0, "'%s/manifest.json' has no version or no files", dir);
	for (size_t i = 0; i < files->object.n; i++)
		if (check_listed(ctx, dir, &files->object.v[i]) < 0)
			return -1;
	for (size_t i = 0; i < files->object.n; i++)
		if (stage(ctx, repo, dir, files->object.v[i].key, name, version, role, &added) < 0 ||
		    stage_index(ctx, repo, dir, files->object.v[i].key, name, version, role) < 0)
			return -1;
	if (stage_documents(ctx, repo, dir, oak_value_get(manifest, "x-oakum"), name, version, role, &added) < 0 ||
	    stage(ctx, repo, dir, "manifest.json", name, version, role, &added) < 0 ||
	    (oak_fs_exists(oak_arena_printf(ctx->arena, "%s/manifest.json.sig", dir)) &&
	     stage(ctx, repo, dir, "manifest.json.sig", name, version, role, &added) < 0))
		return -1;
	oak_note(&ctx->out, "%s %s: %zu new files wait to be published (run 'oakum repo publish %s')", name, version, added, repo->dir);
	return 0;
}

static int run_add(struct oak_context *ctx)
{
	struct oak_repo repo;
	const char *policy = oak_opt_text(ctx, "policy"), *role = oak_opt_text(ctx, "role");
	bool new;
	if ((policy != NULL) == (ctx->arg_count == 2))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo add DIR' needs a package's folder or '--policy FILE'");
	if (role && !oak_starts_with(role, "packages/"))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.role", 0, "'--role' must be packages/TEAM, not '%s'", role);
	if (ctx->dry_run)
		return 0;
	if (oak_repo_open(ctx->arena, ctx->args[0], true, &repo, &ctx->err) < 0)
		return -1;
	int result;
	const char *path;
	if (policy)
		result = oak_assignments_policy_path(ctx, absolute(ctx, policy), &path) < 0
				 ? -1
				 : oak_repo_stage(&repo, policy, path, "policy", NULL, &new, &ctx->err);
	else
		result = add_package(ctx, &repo, ctx->args[1], oak_repo_role_name(ctx->arena, role ? role : "packages/main"));
	if (policy && result < 0)
		oak_input_missing(&ctx->err);
	if (result == 0)
		result = oak_repo_save_staged(&repo, &ctx->err);
	oak_repo_done(&repo);
	return result;
}

const struct oak_cmd oak_cmd_repo_add = {
	.name = "repo add",
	.args = "DIR [PACKAGE-DIR]",
	.min_args = 1,
	.max_args = 2,
	.summary = "add a package or a policy to what is published next",
	.description = "Takes over every archive and the manifest of PACKAGE-DIR as pkg/NAME/VERSION/FILE. A version never changes: the same "
		       "version with other bytes is refused. Nothing is visible before 'repo publish'.",
	.opts = add_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_add,
};

static const struct oak_opt publish_opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key (default: all of the remembered folder)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int with_repo(struct oak_context *ctx, int (*call)(struct oak_context *ctx, struct oak_repo *repo, struct oak_repo_signers *signers))
{
	struct oak_repo repo;
	struct oak_repo_signers signers = {0};
	if (ctx->dry_run)
		return 0;
	if (oak_repo_open(ctx->arena, ctx->args[0], true, &repo, &ctx->err) < 0)
		return -1;
	int result = oak_repo_signers_open(ctx, &repo, &signers) < 0 ? -1 : call(ctx, &repo, &signers);
	for (size_t i = 0; i < signers.n; i++)
		oak_signer_free(signers.v[i]);
	oak_repo_done(&repo);
	return result;
}

/* Of a whole folder of keys only the online ones sign with a proposal: approvals are given one by one. */
static void leave_online(const struct oak_repo *repo, struct oak_repo_signers *signers)
{
	const struct oak_value *roles = oak_value_get(repo->root, "roles");
	const struct oak_value *online[] = {oak_value_get(oak_value_get(roles, "snapshot"), "keyids"),
					    oak_value_get(oak_value_get(roles, "timestamp"), "keyids")};
	size_t kept = 0;
	for (size_t i = 0; i < signers->n; i++) {
		bool stays = false;
		for (size_t r = 0; r < 2; r++)
			for (size_t k = 0; online[r] && online[r]->kind == OAK_VALUE_ARRAY && k < online[r]->array.n; k++)
				stays |= oak_streq(oak_value_string(&online[r]->array.v[k]), oak_key_id(oak_signer_key(signers->v[i])));
		if (stays)
			signers->v[kept++] = signers->v[i];
		else
			oak_signer_free(signers->v[i]);
	}
	signers->n = kept;
}

static int publish(struct oak_context *ctx, struct oak_repo *repo, struct oak_repo_signers *signers)
{
	size_t files = repo->staged.n;
	const char *const *keys;
	if (oak_proposal_exists(repo) && !oak_opt_list(ctx, "key", &keys))
		leave_online(repo, signers);
	if (oak_assignments_check_repo(ctx, repo) < 0 || oak_repo_publish(repo, signers, oak_ctx_now(ctx), &ctx->err) < 0)
		return -1;
	if (files)
		oak_note(&ctx->out, "%zu files published in '%s'", files, repo->dir);
	else
		oak_note(&ctx->out, "nothing to publish in '%s'", repo->dir);
	return 0;
}

static int run_publish(struct oak_context *ctx)
{
	return with_repo(ctx, publish);
}

const struct oak_cmd oak_cmd_repo_publish = {
	.name = "repo publish",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "publish what was added",
	.description = "Writes new metadata and renames timestamp.json last: a reader sees the repository as it was or as it is. After a crash, "
		       "publish again. A second publisher is turned away (exit 75). Nobody is ever asked for a passphrase.",
	.opts = publish_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_publish,
};

static int renew(struct oak_context *ctx, struct oak_repo *repo, struct oak_repo_signers *signers)
{
	bool all = oak_opt_flag(ctx, "all");
	if (all && oak_repo_root_renew(repo, signers, oak_ctx_now(ctx), &ctx->err) < 0)
		return -1;
	return oak_repo_renew(repo, signers, oak_ctx_now(ctx), all, &ctx->err);
}

static int run_renew(struct oak_context *ctx)
{
	return with_repo(ctx, renew);
}

static const struct oak_opt renew_opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key (default: all of the remembered folder)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{"all", 0, OAK_OPT_FLAG, NULL, "renew every role that has less than half of its time left", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_repo_renew = {
	.name = "repo renew",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "sign snapshot and timestamp again, with a later expiry",
	.description = "For a timer on the machine that has the online keys: the timestamp of a repository that nobody renews expires, and "
		       "clients stop taking it for fresh.",
	.opts = renew_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_renew,
};
