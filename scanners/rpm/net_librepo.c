/* SPDX-License-Identifier: GPL-3.0-or-later */
/* librepo: mirrors, metalinks, certificates, proxies, and gpgme for signatures. The module "rpmnet". */
#include <errno.h>
#include <fcntl.h>
#include <librepo/librepo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/mem.h"
#include "core/module.h"
#include "core/str.h"
#include "scanners/rpm/net.h"

/* What a library warns of is said through its errors, once. */
static void say_nothing(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
	(void)domain, (void)level, (void)text, (void)data;
}

static int write_key(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, bytes, n) == (ssize_t)n;
	return fd >= 0 && close(fd) == 0 && ok ? 0 : -1;
}

static int import_all(const struct oak_gpg_check *check, const char *home, struct oak_error *err)
{
	size_t good = 0;
	char path[4096];
	for (size_t i = 0; i < check->n; i++) {
		GError *problem = NULL;
		snprintf(path, sizeof(path), "%s/key", home);
		if (write_key(path, check->keys[i], check->sizes[i]) < 0)
			return oak_fail_errno(err, "rpm.gpg", "cannot write '%s'", path);
		good += lr_gpg_import_key(path, home, &problem) ? 1 : 0;
		g_clear_error(&problem);
	}
	return good ? 0 : oak_fail(err, OAK_UNTRUSTED, "rpm.gpg-no-key", 0, "none of the configured keys can be read by gpg");
}

/* librepo says no more than "bad": gpg's own status lines tell why. */
static int fail_signature(const struct oak_gpg_check *check, const char *home, const char *said, struct oak_error *err)
{
	static const struct {
		const char *line, *id, *why;
	} rows[] = {
		{"[GNUPG:] BADSIG ", "rpm.metadata-untrusted", "the repository was changed after it was signed"},
		{"[GNUPG:] REVKEYSIG ", "rpm.metadata-untrusted", "its key was revoked"},
		{"[GNUPG:] EXPKEYSIG ", "rpm.gpg-key-expired", "its key has expired; import the repository's present key"},
		{"[GNUPG:] NO_PUBKEY ", "rpm.gpg-no-key", "it is signed with a key that this host does not trust"},
	};
	const char *const argv[] = {"gpg", "--homedir", home, "--batch", "--no-tty", "--status-fd", "1", "--verify", check->signature,
				    check->data, NULL};
	struct oak_buf out OAK_AUTO(oak_buf_done);
	oak_buf_init(&out, 65536);
	struct oak_exec command = {.argv = argv, .timeout_s = 60, .out = &out};
	struct oak_exec_result result;
	struct oak_error ignored = {0};
	if (oak_exec(&command, &result, &ignored) < 0)
		oak_buf_clear(&out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strstr(oak_buf_text(&out), rows[i].line))
			return oak_fail(err, OAK_UNTRUSTED, rows[i].id, 0, "bad signature of '%s': %s", check->data, rows[i].why);
	return oak_fail(err, OAK_UNTRUSTED, "rpm.metadata-untrusted", 0, "bad signature of '%s': %s (is it a signature at all?)", check->data, said);
}

static int verify(const struct oak_gpg_check *check, struct oak_error *err)
{
	char home[4096];
	GError *problem = NULL;
	g_log_set_default_handler(say_nothing, NULL);
	snprintf(home, sizeof(home), "%s/gpg.XXXXXX", check->cache_dir);
	if (!mkdtemp(home))
		return oak_fail_errno(err, "rpm.gpg", "cannot make a keyring folder in '%s'", check->cache_dir);
	int result = import_all(check, home, err);
	if (result == 0 && !lr_gpg_check_signature(check->signature, check->data, home, &problem))
		result = fail_signature(check, home, problem ? problem->message : "", err);
	g_clear_error(&problem);
	struct oak_error ignored = {0};
	(void)!oak_fs_remove_tree(home, &ignored); /* in our own cache */
	return result;
}

static LrHandle *handle_new(const struct oak_fetch *f)
{
	LrHandle *h = lr_handle_init();
	lr_handle_setopt(h, NULL, LRO_REPOTYPE, LR_YUMREPO);
	lr_handle_setopt(h, NULL, LRO_URLS, f->urls[0] ? f->urls : NULL);
	lr_handle_setopt(h, NULL, LRO_MIRRORLISTURL, f->mirrorlist);
	lr_handle_setopt(h, NULL, LRO_METALINKURL, f->metalink);
	lr_handle_setopt(h, NULL, LRO_DESTDIR, f->dir);
	lr_handle_setopt(h, NULL, LRO_YUMDLIST, f->types);
	lr_handle_setopt(h, NULL, LRO_IGNOREMISSING, 1L);
	lr_handle_setopt(h, NULL, LRO_CHECKSUM, 1L);
	lr_handle_setopt(h, NULL, LRO_USERAGENT, "oakum/" OAK_VERSION);
	lr_handle_setopt(h, NULL, LRO_CONNECTTIMEOUT, 30L);
	lr_handle_setopt(h, NULL, LRO_LOWSPEEDTIME, 30L);
	lr_handle_setopt(h, NULL, LRO_LOWSPEEDLIMIT, 1000L);
	lr_handle_setopt(h, NULL, LRO_MAXMIRRORTRIES, 10L);
	lr_handle_setopt(h, NULL, LRO_SSLVERIFYPEER, (long)f->ssl_verify);
	lr_handle_setopt(h, NULL, LRO_SSLVERIFYHOST, (long)f->ssl_verify);
	lr_handle_setopt(h, NULL, LRO_SSLCACERT, f->ssl_ca);
	lr_handle_setopt(h, NULL, LRO_SSLCLIENTCERT, f->ssl_cert);
	lr_handle_setopt(h, NULL, LRO_SSLCLIENTKEY, f->ssl_key);
	if (f->proxy) /* "": none, whatever the environment says */
		lr_handle_setopt(h, NULL, LRO_PROXY, oak_streq(f->proxy, "_none_") ? "" : f->proxy);
	lr_handle_setopt(h, NULL, LRO_PROXYUSERPWD, f->proxy_userpwd);
	lr_handle_setopt(h, NULL, LRO_USERPWD, f->userpwd);
	return h;
}

static const struct {
	int code;
	enum oak_error_kind kind;
	const char *id, *what;
} failures[] = {
	{LRE_BADCHECKSUM, OAK_UNTRUSTED, "rpm.metadata-checksum", "a file does not match its checksum"},
	{LRE_REPOMDXML, OAK_INVALID, "rpm.metadata-invalid", "its repomd.xml cannot be read (a proxy or login page may answer in the mirror's place)"},
	{LRE_XMLPARSER, OAK_INVALID, "rpm.metadata-invalid", "its metadata is not XML"},
	{LRE_NOTLOCAL, OAK_TRANSIENT, "rpm.fetch", "no address"},
};

static int fail_fetch(const GError *problem, struct oak_error *err)
{
	for (size_t i = 0; problem && i < sizeof(failures) / sizeof(*failures); i++)
		if (problem->code == failures[i].code)
			return oak_fail(err, failures[i].kind, failures[i].id, 0, "%s: %s", failures[i].what, problem->message);
	return oak_fail(err, OAK_TRANSIENT, "rpm.fetch", 0, "no mirror gave the metadata: %s", problem ? problem->message : "unknown reason");
}

/* librepo fetches a signature only to check it itself; ours is checked with the same rules as one that lies on this host. */
static void fetch_signature(const struct oak_fetch *f, LrHandle *h, LrResult *result)
{
	LrYumRepo *repo = NULL;
	char path[4096];
	GError *problem = NULL;
	if (!lr_result_getinfo(result, NULL, LRR_YUM_REPO, &repo) || !repo || !repo->url)
		return;
	char *url = lr_pathconcat(repo->url, "repodata/repomd.xml.asc", NULL); /* a query stays at the end */
	snprintf(path, sizeof(path), "%s/repodata/repomd.xml.asc", f->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && lr_download_url(h, url, fd, &problem);
	g_clear_error(&problem);
	g_free(url);
	if (fd >= 0)
		close(fd);
	if (!ok)
		unlink(path);
}

static int fetch(const struct oak_fetch *f, struct oak_error *err)
{
	GError *problem = NULL;
	g_log_set_default_handler(say_nothing, NULL);
	LrHandle *h = handle_new(f);
	LrResult *result = lr_result_init();
	gboolean ok = lr_handle_perform(h, result, &problem);
	int code = ok ? 0 : fail_fetch(problem, err);
	if (ok && f->signature)
		fetch_signature(f, h, result);
	g_clear_error(&problem);
	lr_result_free(result);
	lr_handle_free(h);
	return code;
}

OAK_EXPORT extern const struct oak_rpm_net oak_rpm_net;
const struct oak_rpm_net oak_rpm_net = {verify, fetch};
