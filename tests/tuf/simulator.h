/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TUF repository in memory for tests: roles are signed when they are fetched, requests are counted, everything can be bent.
 * Included by the tests of repo/tuf*. */
#ifndef OAK_TESTS_TUF_SIMULATOR_H
#define OAK_TESTS_TUF_SIMULATOR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/sink.h"
#include "core/str.h"
#include "repo/tuf.h"
#include "repo/tuf_sign.h"

enum { SIM_KEYS = 14, SIM_ROLES = 48, SIM_TARGETS = 64, SIM_ROOTS = 320, SIM_LOG = 512 };
enum { ROOT, TIMESTAMP, SNAPSHOT, TARGETS, DELEGATED };
static const char *const sim_top[] = {"root", "timestamp", "snapshot", "targets"};
static const oak_time sim_now = 1795435200; /* 2026-11-23T12:00:00Z */

struct sim_role {
	const char *name;
	int64_t version;
	oak_time expires;
	int keys[SIM_KEYS], key_count; /* that its delegator lists */
	int sigs[SIM_KEYS], sig_count; /* that sign it */
	const char *threshold;
	const char *delegator; /* NULL = root */
	bool terminating, hashed;
	const char *paths; /* JSON list */
	const char *extra; /* members of the signed part, ending with ',' */
	const char *type, *spec;
	int64_t meta_version; /* as snapshot lists it */
	char meta_hash[65];
	size_t meta_length;
};

struct sim_target {
	const char *role, *path, *listed, *served;
};

struct sim {
	struct oak_arena *arena;
	struct sim_role roles[SIM_ROLES];
	int role_count;
	struct sim_target targets[SIM_TARGETS];
	int target_count;
	struct oak_buf roots[SIM_ROOTS];
	int root_count;
	char log[SIM_LOG][96];
	int log_count;
	bool hashes; /* meta with hashes and lengths */
	int64_t snapshot_meta;
	char snapshot_hash[65];
	size_t snapshot_length;
	const char *extra_key; /* member of every key */
	bool same_key_ids;	/* key 2 is listed under other ids too */
	char dir[64];
	struct oak_error err;
	oak_time now;
	bool opaque;
	/* what to do to the bytes that are served */
	void (*bend)(struct sim *sim, const char *role, struct oak_buf *bytes);
	struct oak_buf last; /* bytes of the last file served */
};

static struct oak_signer *sim_signers[SIM_KEYS];
static char sim_folder[] = "/dev/shm/oak-tuf-XXXXXX"; /* many small files, each synced: in memory where there is such a folder */

__attribute__((unused)) static int sim_make_keys(void **state)
{
	(void)state;
	if (access("/dev/shm", W_OK) != 0)
		memcpy(sim_folder, "/tmp/oak-tuf-XXXXXX", sizeof("/tmp/oak-tuf-XXXXXX"));
	if (!mkdtemp(sim_folder))
		return -1;
	for (int i = 0; i < SIM_KEYS; i++) {
		struct oak_buf secret, public;
		struct oak_error err = {0};
		char path[128];
		oak_buf_init(&secret, OAK_PEM_MAX);
		oak_buf_init(&public, OAK_PEM_MAX);
		snprintf(path, sizeof(path), "%s/key%d", sim_folder, i);
		enum oak_scheme scheme = i == 12 ? OAK_SCHEME_ECDSA_P256 : i == 13 ? OAK_SCHEME_RSA_PSS : OAK_SCHEME_ED25519;
		if (oak_key_generate(scheme, NULL, &secret, &public, &err) < 0 ||
		    oak_fs_write_atomic(path, secret.p, secret.n, 0600, &err) < 0 ||
		    !(sim_signers[i] = oak_signer_open(path, NULL, &err)))
			return -1;
		oak_buf_done(&secret);
		oak_buf_done(&public);
	}
	return 0;
}

__attribute__((unused)) static void sim_remove(const char *folder)
{
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.' || entry->d_name[1] == '%')
			if (unlink(path) != 0)
				sim_remove(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
}

__attribute__((unused)) static int sim_free_keys(void **state)
{
	(void)state;
	for (int i = 0; i < SIM_KEYS; i++)
		oak_signer_free(sim_signers[i]);
	sim_remove(sim_folder);
	return 0;
}

__attribute__((unused)) static void sim_key_json(struct sim *sim, int key, const char *id, struct oak_buf *out)
{
	const struct oak_key *k = oak_signer_key(sim_signers[key]);
	struct oak_sink sink;
	struct oak_buf text;
	oak_buf_init(&text, 65536);
	oak_sink_json_compact(&sink, &text);
	sink.ops->string(&sink, oak_key_public(k));
	while (text.p[text.n - 1] == '\n')
		text.n--;
	oak_buf_addf(out, "%s\"%s\":{%s\"keytype\":\"%s\",\"keyval\":{\"public\":%.*s},\"scheme\":\"%s\"}",
		     out->p[out->n - 1] == '{' ? "" : ",", id, sim->extra_key ? sim->extra_key : "",
		     oak_scheme_keytype(oak_key_scheme(k)), (int)text.n, text.p, oak_scheme_to_string(oak_key_scheme(k)));
	oak_buf_done(&text);
}

static const char *sim_id(int key)
{
	return oak_key_id(oak_signer_key(sim_signers[key]));
}

/* keys of all roles that DELEGATOR lists */
__attribute__((unused)) static void sim_keys_json(struct sim *sim, const char *delegator, struct oak_buf *out)
{
	bool seen[SIM_KEYS] = {false};
	oak_buf_adds(out, "\"keys\":{");
	for (int i = 0; i < sim->role_count; i++) {
		struct sim_role *r = &sim->roles[i];
		if (delegator ? !r->delegator || strcmp(r->delegator, delegator) != 0 : r->delegator != NULL)
			continue;
		for (int k = 0; k < r->key_count; k++)
			if (!seen[r->keys[k]]) {
				seen[r->keys[k]] = true;
				sim_key_json(sim, r->keys[k], sim_id(r->keys[k]), out);
			}
	}
	for (int i = 0; sim->same_key_ids && !delegator && i < 9; i++) {
		char id[65];
		snprintf(id, sizeof(id), "%064d", i);
		sim_key_json(sim, 2, id, out);
	}
	oak_buf_adds(out, "}");
}

__attribute__((unused)) static void sim_role_json(struct sim *sim, const struct sim_role *r, struct oak_buf *out)
{
	oak_buf_adds(out, "\"keyids\":[");
	for (int k = 0; k < r->key_count; k++)
		oak_buf_addf(out, "%s\"%s\"", k ? "," : "", sim_id(r->keys[k]));
	for (int i = 0; sim->same_key_ids && strcmp(r->name, "snapshot") == 0 && i < 9; i++)
		oak_buf_addf(out, ",\"%064d\"", i);
	oak_buf_addf(out, "],\"threshold\":%s", r->threshold);
}

__attribute__((unused)) static void sim_root_json(struct sim *sim, struct oak_buf *out)
{
	oak_buf_adds(out, "\"consistent_snapshot\":true,");
	sim_keys_json(sim, NULL, out);
	oak_buf_adds(out, ",\"roles\":{");
	for (int i = 0; i < 4; i++) {
		oak_buf_addf(out, "%s\"%s\":{", i ? "," : "", sim_top[i]);
		sim_role_json(sim, &sim->roles[i], out);
		oak_buf_adds(out, "}");
	}
	oak_buf_adds(out, "}");
}

__attribute__((unused)) static void sim_snapshot_json(struct sim *sim, struct oak_buf *out)
{
	oak_buf_adds(out, "\"meta\":{");
	for (int i = TARGETS; i < sim->role_count; i++) {
		struct sim_role *r = &sim->roles[i];
		if (!r->meta_version)
			continue;
		oak_buf_addf(out, "%s\"%s.json\":{\"version\":%lld", i > TARGETS ? "," : "", r->name, (long long)r->meta_version);
		if (r->meta_length)
			oak_buf_addf(out, ",\"length\":%zu,\"hashes\":{\"sha256\":\"%s\"}", r->meta_length, r->meta_hash);
		oak_buf_adds(out, "}");
	}
	oak_buf_adds(out, "}");
}

__attribute__((unused)) static void sim_timestamp_json(struct sim *sim, struct oak_buf *out)
{
	oak_buf_addf(out, "\"meta\":{\"snapshot.json\":{\"version\":%lld", (long long)sim->snapshot_meta);
	if (sim->snapshot_length)
		oak_buf_addf(out, ",\"length\":%zu,\"hashes\":{\"sha256\":\"%s\"}", sim->snapshot_length, sim->snapshot_hash);
	oak_buf_adds(out, "}}");
}

__attribute__((unused)) static void sim_targets_json(struct sim *sim, const struct sim_role *r, struct oak_buf *out)
{
	bool delegates = false, first = true;
	oak_buf_adds(out, "\"targets\":{");
	for (int i = 0; i < sim->target_count; i++) {
		struct sim_target *t = &sim->targets[i];
		unsigned char digest[OAK_SHA256_SIZE];
		char hex[OAK_SHA256_TEXT];
		if (strcmp(t->role, r->name) != 0)
			continue;
		oak_sha256(t->listed, strlen(t->listed), digest);
		oak_hex(digest, sizeof(digest), hex);
		oak_buf_addf(out, "%s\"%s\":{\"hashes\":{\"sha256\":\"%s\"},\"length\":%zu}", first ? "" : ",", t->path, hex,
			     strlen(t->listed));
		first = false;
	}
	oak_buf_adds(out, "}");
	for (int i = 0; i < sim->role_count; i++)
		delegates |= sim->roles[i].delegator && strcmp(sim->roles[i].delegator, r->name) == 0;
	if (!delegates)
		return;
	oak_buf_adds(out, ",\"delegations\":{");
	sim_keys_json(sim, r->name, out);
	oak_buf_adds(out, ",\"roles\":[");
	first = true;
	for (int i = 0; i < sim->role_count; i++) {
		struct sim_role *d = &sim->roles[i];
		if (!d->delegator || strcmp(d->delegator, r->name) != 0)
			continue;
		oak_buf_addf(out, "%s{\"name\":\"%s\",\"terminating\":%s,\"%s\":%s,", first ? "" : ",", d->name,
			     d->terminating ? "true" : "false", d->hashed ? "path_hash_prefixes" : "paths", d->paths);
		sim_role_json(sim, d, out);
		oak_buf_adds(out, "}");
		first = false;
	}
	oak_buf_adds(out, "]}");
}

/* Sign a role as it stands now. */
__attribute__((unused)) static void sim_sign(struct sim *sim, const struct sim_role *r, struct oak_buf *out)
{
	struct oak_buf text;
	char expires[OAK_TIME_TEXT];
	struct oak_signer *signers[SIM_KEYS];
	const struct oak_value_limits limits = {.bytes = 1 << 24};
	const struct oak_value *part;
	struct oak_error err = {0};
	oak_buf_init(&text, 1 << 24);
	oak_buf_addf(&text, "{\"_type\":\"%s\",\"spec_version\":\"%s\",\"version\":%lld,\"expires\":\"%s\",%s", r->type, r->spec,
		     (long long)r->version, oak_time_format(r->expires, expires), r->extra ? r->extra : "");
	if (strcmp(r->name, "root") == 0)
		sim_root_json(sim, &text);
	else if (strcmp(r->name, "timestamp") == 0)
		sim_timestamp_json(sim, &text);
	else if (strcmp(r->name, "snapshot") == 0)
		sim_snapshot_json(sim, &text);
	else
		sim_targets_json(sim, r, &text);
	oak_buf_adds(&text, "}");
	for (int i = 0; i < r->sig_count; i++)
		signers[i] = sim_signers[r->sigs[i]];
	if (oak_json_parse(sim->arena, text.p, text.n, r->name, &limits, &part, &err) < 0 ||
	    oak_tuf_sign(part, signers, (size_t)r->sig_count, out, &err) < 0)
		fail_msg("%s: %s", r->name, err.cause);
	oak_buf_done(&text);
}

__attribute__((unused)) static void sim_digest(const struct oak_buf *bytes, char hex[65])
{
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(bytes->p, bytes->n, digest);
	oak_hex(digest, sizeof(digest), hex);
}

__attribute__((unused)) static void sim_update_timestamp(struct sim *sim)
{
	sim->snapshot_meta = sim->roles[SNAPSHOT].version;
	sim->snapshot_length = 0;
	if (sim->hashes) {
		struct oak_buf bytes;
		oak_buf_init(&bytes, 1 << 24);
		sim_sign(sim, &sim->roles[SNAPSHOT], &bytes);
		sim->snapshot_length = bytes.n;
		sim_digest(&bytes, sim->snapshot_hash);
		oak_buf_done(&bytes);
	}
	sim->roles[TIMESTAMP].version++;
}

__attribute__((unused)) static void sim_update_meta(struct sim *sim)
{
	for (int i = TARGETS; i < sim->role_count; i++) {
		struct sim_role *r = &sim->roles[i];
		r->meta_version = r->version;
		r->meta_length = 0;
		if (sim->hashes) {
			struct oak_buf bytes;
			oak_buf_init(&bytes, 1 << 24);
			sim_sign(sim, r, &bytes);
			r->meta_length = bytes.n;
			sim_digest(&bytes, r->meta_hash);
			oak_buf_done(&bytes);
		}
	}
}

__attribute__((unused)) static void sim_update_snapshot(struct sim *sim)
{
	sim_update_meta(sim);
	sim->roles[SNAPSHOT].version++;
	sim_update_timestamp(sim);
}

__attribute__((unused)) static void sim_publish_root(struct sim *sim)
{
	struct oak_buf *out = &sim->roots[sim->root_count++];
	oak_buf_init(out, 1 << 24);
	sim_sign(sim, &sim->roles[ROOT], out);
}

__attribute__((unused)) static void sim_bump_root(struct sim *sim)
{
	sim->roles[ROOT].version++;
	sim_publish_root(sim);
}

__attribute__((unused)) static struct sim_role *sim_add_role(struct sim *sim, const char *delegator, const char *name, const char *paths, int key)
{
	struct sim_role *r = &sim->roles[sim->role_count++];
	*r = (struct sim_role){.name = name, .version = 1, .expires = sim_now + 30 * OAK_DAY, .threshold = "1", .delegator = delegator,
			       .paths = paths, .type = "targets", .spec = "1.0.31", .key_count = 1, .sig_count = 1};
	r->keys[0] = r->sigs[0] = key;
	return r;
}

__attribute__((unused)) static void sim_add_target(struct sim *sim, const char *role, const char *path, const char *content)
{
	sim->targets[sim->target_count++] = (struct sim_target){role, path, content, content};
}

__attribute__((unused)) static int sim_get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct sim *sim = arg;
	const char *role = name;
	long version = strtol(name, NULL, 10);
	if (version && strchr(name, '.'))
		role = strchr(name, '.') + 1;
	if (sim->log_count < SIM_LOG)
		snprintf(sim->log[sim->log_count++], sizeof(sim->log[0]), "%s", name);
	struct oak_buf bytes;
	oak_buf_init(&bytes, 1 << 24);
	if (strcmp(role, "root.json") == 0) {
		if (version < 1 || version > sim->root_count)
			return oak_fail(err, OAK_NOT_FOUND, "http.status", 404, "'%s' is not there", name);
		oak_buf_add(&bytes, sim->roots[version - 1].p, sim->roots[version - 1].n);
	} else {
		struct sim_role *found = NULL;
		for (int i = 0; i < sim->role_count && !found; i++) {
			const char *quoted = oak_tuf_quote(sim->arena, sim->roles[i].name, false);
			if (strncmp(quoted, role, strlen(quoted)) == 0 && strcmp(role + strlen(quoted), ".json") == 0)
				found = &sim->roles[i];
		}
		if (!found)
			return oak_fail(err, OAK_NOT_FOUND, "http.status", 404, "'%s' is not there", name);
		sim_sign(sim, found, &bytes);
		if (sim->bend)
			sim->bend(sim, found->name, &bytes);
	}
	oak_buf_clear(&sim->last);
	oak_buf_add(&sim->last, bytes.p, bytes.n);
	bool fits = bytes.n <= (size_t)max;
	if (fits)
		oak_buf_add(out, bytes.p, bytes.n);
	oak_buf_done(&bytes);
	return fits ? 0 : oak_fail(err, OAK_INVALID, "http.too-large", 0, "'%s' is too large", name);
}

__attribute__((unused)) static struct sim *sim_new(void)
{
	static int number;
	struct sim *sim = oak_alloc_zero(1, sizeof(*sim));
	sim->arena = oak_arena_new();
	sim->now = sim_now;
	oak_buf_init(&sim->last, 1 << 24);
	snprintf(sim->dir, sizeof(sim->dir), "%s/client%d", sim_folder, number++);
	for (int i = 0; i < 4; i++) {
		struct sim_role *r = sim_add_role(sim, NULL, sim_top[i], NULL, i);
		r->type = sim_top[i];
	}
	sim->roles[TARGETS].meta_version = 1;
	sim->snapshot_meta = 1;
	sim_publish_root(sim);
	return sim;
}

__attribute__((unused)) static void sim_free(struct sim *sim)
{
	for (int i = 0; i < sim->root_count; i++)
		oak_buf_done(&sim->roots[i]);
	oak_buf_done(&sim->last);
	sim_remove(sim->dir);
	oak_arena_free(sim->arena);
	free(sim);
}

__attribute__((unused)) static int sim_init(struct sim *sim)
{
	sim->err = (struct oak_error){0};
	return oak_tuf_init(sim->dir, sim->roots[0].p, sim->roots[0].n, sim->opaque, &sim->err);
}

__attribute__((unused)) static struct oak_tuf *sim_open(struct sim *sim)
{
	const struct oak_tuf_options options = {
		.dir = sim->dir, .metadata = {sim_get, sim}, .now = sim->now, .opaque_keyids = sim->opaque};
	sim->err = (struct oak_error){0};
	sim->log_count = 0;
	return oak_tuf_open(&options, &sim->err);
}

__attribute__((unused)) static int sim_refresh(struct sim *sim)
{
	struct oak_tuf *tuf = sim_open(sim);
	int result = tuf ? oak_tuf_refresh(tuf, &sim->err) : -1;
	oak_tuf_close(tuf);
	return result;
}

/* Refresh, find, and check what the mirror serves. */
__attribute__((unused)) static int sim_download(struct sim *sim, const char *path)
{
	struct oak_tuf *tuf = sim_open(sim);
	const struct oak_tuf_target *target;
	int result = tuf && oak_tuf_refresh(tuf, &sim->err) == 0 && oak_tuf_find(tuf, path, &target, &sim->err) == 0 ? 0 : -1;
	for (int i = 0; result == 0 && i < sim->target_count; i++)
		if (strcmp(sim->targets[i].path, path) == 0 && strcmp(sim->targets[i].role, target->role) == 0)
			result = oak_tuf_check_bytes(target, sim->targets[i].served, strlen(sim->targets[i].served), &sim->err);
	oak_tuf_close(tuf);
	return result;
}

__attribute__((unused)) static bool sim_read(struct sim *sim, const char *role, struct oak_buf *ret)
{
	char path[256];
	struct oak_error err = {0};
	snprintf(path, sizeof(path), "%s/%s.json", sim->dir, role);
	oak_buf_init(ret, 1 << 24);
	return oak_fs_exists(path) && oak_fs_read(path, ret, &err) == 0;
}

/* Version of the trusted copy on disk; 0 = none. */
__attribute__((unused)) static int64_t sim_version(struct sim *sim, const char *role)
{
	struct oak_buf bytes;
	const struct oak_value_limits limits = {.bytes = 1 << 24};
	const struct oak_value *doc;
	struct oak_error err = {0};
	int64_t version = 0;
	if (sim_read(sim, role, &bytes) && oak_json_parse(sim->arena, bytes.p, bytes.n, role, &limits, &doc, &err) == 0)
		version = oak_value_get(oak_value_get(doc, "signed"), "version")->integer;
	oak_buf_done(&bytes);
	return version;
}

/* Number of files that the client trusts. */
__attribute__((unused)) static int sim_trusted(struct sim *sim)
{
	int count = 0;
	DIR *dir = opendir(sim->dir);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		count += entry->d_name[0] != '.' || entry->d_name[1] == '%' || (entry->d_name[1] == '.' && entry->d_name[2]);
	if (dir)
		closedir(dir);
	return count;
}

/* The requests of the last call, joined by blanks. */
__attribute__((unused)) static const char *sim_requests(struct sim *sim, int from)
{
	struct oak_buf out;
	oak_buf_init(&out, 65536);
	for (int i = from; i < sim->log_count; i++)
		oak_buf_addf(&out, "%s%s", i > from ? " " : "", sim->log[i]);
	const char *text = oak_arena_strdup(sim->arena, oak_buf_text(&out));
	oak_buf_done(&out);
	return text;
}

#define OK(call) assert_int_equal((call), 0)
#define FAILS(call) assert_int_equal((call), -1)

__attribute__((unused)) static struct sim *begin(void)
{
	struct sim *sim = sim_new();
	OK(sim_init(sim));
	return sim;
}

__attribute__((unused)) static void set(struct sim_role *r, const char *threshold, const char *keys, const char *sigs)
{
	r->threshold = threshold;
	r->key_count = r->sig_count = 0;
	for (; *keys; keys++)
		r->keys[r->key_count++] = *keys - '0';
	for (; *sigs; sigs++)
		r->sigs[r->sig_count++] = *sigs - '0';
}

#endif
