/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo serve: a repository's folder over HTTP, for those who have no web server. */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "core/fs.h"
#include "core/str.h"
#include "repo/serve.h"

static const struct oak_opt opts[] = {
	{"listen", 0, OAK_OPT_TEXT, "[ADDRESS:]PORT", "where to listen (default 127.0.0.1:8080; port 0: any free one)", 0},
	{"tls-cert", 0, OAK_OPT_TEXT, "FILE", "certificate chain in PEM: serve https", 0},
	{"tls-key", 0, OAK_OPT_TEXT, "FILE", "its private key in PEM", 0},
	{"access-log", 0, OAK_OPT_TEXT, "FILE", "append one line for each request ('-': standard output)", 0},
	{"connections", 0, OAK_OPT_TEXT, "COUNT", "most connections at once (default 256)", 0},
	{"per-address", 0, OAK_OPT_TEXT, "COUNT", "most connections of one address (default 64)", 0},
	{"timeout", 0, OAK_OPT_TEXT, "DURATION", "for the head of a request, and of silence (default 15s)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct serving {
	struct oak_context *ctx;
	FILE *log;
	bool tls;
	const char *host;
};

static void listening(void *arg, int port)
{
	struct serving *s = arg;
	bool v6 = strchr(s->host, ':') != NULL;
	oak_note(&s->ctx->out, "serving '%s' at %s://%s%s%s:%d", s->ctx->args[0], s->tls ? "https" : "http", v6 ? "[" : "", s->host,
		 v6 ? "]" : "", port);
}

static void put_line(void *arg, const char *line)
{
	struct serving *s = arg;
	fprintf(s->log, "%s\n", line);
	fflush(s->log);
}

/* "8080", "127.0.0.1:8080", "[::1]:8080" */
static int parse_listen(struct oak_context *ctx, const char *text, struct oak_serve_options *o)
{
	const char *colon = strrchr(text, ':'), *port = colon ? colon + 1 : text;
	size_t n = colon ? (size_t)(colon - text) : 0;
	int64_t number;
	o->host = "127.0.0.1";
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']')
		o->host = oak_arena_strndup(ctx->arena, text + 1, n - 2);
	else if (n && !memchr(text, ':', n))
		o->host = oak_arena_strndup(ctx->arena, text, n);
	else if (colon)
		port = "";
	if (!oak_parse_int(oak_str_of(port), 0, 65535, &number))
		return oak_fail(&ctx->err, OAK_INVALID, "serve.listen", 0,
				"'--listen' cannot be '%s' (give ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080)", text);
	o->port = (int)number;
	return 0;
}

static int read_pem(struct oak_context *ctx, const char *file, const char **ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	oak_buf_init(&buf, 1 << 20);
	if (oak_fs_read(file, &buf, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return -1;
	}
	*ret = oak_arena_strndup(ctx->arena, oak_buf_text(&buf), buf.n);
	return 0;
}

static int read_tls(struct oak_context *ctx, struct oak_serve_options *o)
{
	const char *cert = oak_opt_text(ctx, "tls-cert"), *key = oak_opt_text(ctx, "tls-key");
	if (!cert != !key)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'--tls-cert' and '--tls-key' belong together");
	if (!cert)
		return 0;
	return read_pem(ctx, cert, &o->tls_cert) < 0 || read_pem(ctx, key, &o->tls_key) < 0 ? -1 : 0;
}

static int open_log(struct oak_context *ctx, struct serving *s)
{
	const char *file = oak_opt_text(ctx, "access-log");
	if (!file)
		return 0;
	s->log = oak_streq(file, "-") ? stdout : fopen(file, "ae");
	return s->log ? 0 : oak_fail_errno(&ctx->err, "file.open", "cannot open '%s'", file);
}

static int run(struct oak_context *ctx)
{
	struct serving s = {.ctx = ctx};
	const char *listen = oak_opt_text(ctx, "listen");
	struct oak_serve_options o = {.dir = ctx->args[0], .stop = &oak_stop_signal, .listening = listening, .arg = &s};
	if (!oak_fs_exists(oak_arena_printf(ctx->arena, "%s/metadata", o.dir)) &&
	    !oak_fs_exists(oak_arena_printf(ctx->arena, "%s/sync.json", o.dir)))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.absent", 0, "'%s' is no repository (run 'oakum repo init')", o.dir);
	if (parse_listen(ctx, listen ? listen : "127.0.0.1:8080", &o) < 0 || read_tls(ctx, &o) < 0 || open_log(ctx, &s) < 0)
		return -1;
	s.host = o.host;
	s.tls = o.tls_cert != NULL;
	o.log = s.log ? put_line : NULL;
	o.connections = (int)oak_opt_count(ctx, "connections", 0);
	o.per_address = (int)oak_opt_count(ctx, "per-address", 0);
	o.head_s = oak_opt_duration(ctx, "timeout", 0);
	int result = oak_serve_run(&o, &ctx->err);
	if (s.log && s.log != stdout)
		fclose(s.log);
	return result;
}

const struct oak_cmd oak_cmd_repo_serve = {
	.name = "repo serve",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "serve a repository over http or https, read-only",
	.description = "For those who have no web server. Serves the files of DIR that everybody may read, none that is hidden and none behind a "
		       "symbolic link, with ranges, ETags and conditional requests; GET and HEAD only, no lists of folders. Who sends a "
		       "request too slowly or does not take its answer is hung up on. What is served is signed, so http is enough; TLS "
		       "hides who fetches what. Ends at SIGTERM or SIGINT.",
	.opts = opts,
	.flags = OAK_CMD_GRACEFUL,
	.run = run,
};
