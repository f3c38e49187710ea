/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zypp writes the way to a server into the query of the URL: certificates, proxies, credentials. */
#include <stdlib.h>

#include "core/str.h"
#include "scanners/rpm/repoconf.h"

/* What a query said, before it is put together. */
struct way {
	const char *verify, *proxy, *proxy_port, *proxy_user, *proxy_password, *credentials;
};

static const char *decoded(struct oak_arena *arena, struct oak_str s)
{
	char *text = oak_arena_strndup(arena, s.n ? s.p : "", s.n), *out = text;
	for (const char *in = text; *in; in++) {
		char digits[3] = {in[0] == '%' ? in[1] : '\0', in[0] == '%' && in[1] ? in[2] : '\0', '\0'};
		char *end;
		long code = strtol(digits, &end, 16);
		bool coded = digits[0] && digits[1] && end == digits + 2 && code > 0;
		*out++ = coded ? (char)code : *in;
		in += coded ? 2 : 0;
	}
	*out = '\0';
	return text;
}

/* True if the parameter is one of zypp's own: it is not sent to the server. */
static bool take_parameter(struct oak_arena *arena, struct oak_str name, struct oak_str value, struct oak_rpm_repo *repo, struct way *way)
{
	static const char *const ignored[] = {"auth", "timeout", "cookies", "head_requests", "mediahandler", "proxyauth", "ssl_verifydepth"};
	const struct {
		const char *name, **to;
	} taken[] = {{"ssl_verify", &way->verify},	     {"ssl_capath", &repo->ssl_ca},	     {"ssl_clientcert", &repo->ssl_cert},
		     {"ssl_clientkey", &repo->ssl_key},	     {"proxy", &way->proxy},		     {"proxyport", &way->proxy_port},
		     {"proxyuser", &way->proxy_user},	     {"proxypass", &way->proxy_password},    {"credentials", &way->credentials}};
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (oak_str_eq(name, oak_str_of(taken[i].name))) {
			*taken[i].to = decoded(arena, value);
			return true;
		}
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if (oak_str_eq(name, oak_str_of(ignored[i])))
			return true;
	return false;
}

/* A file of /etc/zypp/credentials.d with username= and password=. */
static void credentials_load(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *name, struct oak_rpm_repo *repo)
{
	struct oak_ini ini;
	const char *path = name[0] == '/' ? name : oak_arena_printf(arena, "/etc/zypp/credentials.d/%s", name);
	*oak_push(arena, &conf->elsewhere.list) = path;
	if (strstr(path, "/../") || !oak_rpm_conf_ini(arena, conf, path, &ini)) {
		oak_rpm_conf_problem(arena, conf, repo->id,
				     oak_arena_printf(arena, "repository '%s' names the credentials '%s', which cannot be read", repo->id, path), NULL);
		return;
	}
	const char *user = oak_ini_get(&ini, "", "username"), *password = oak_ini_get(&ini, "", "password");
	if (user)
		repo->userpwd = oak_arena_printf(arena, "%s:%s", user, password ? password : "");
}

static void settle(struct oak_arena *arena, struct oak_rpm_conf *conf, const struct way *way, struct oak_rpm_repo *repo)
{
	if (way->verify)
		repo->ssl_verify = oak_ini_bool(way->verify, 1) != 0;
	if (way->proxy && !oak_streq(way->proxy, "_none_"))
		repo->proxy = oak_arena_printf(arena, "%s%s%s%s", strstr(way->proxy, "://") ? "" : "http://", way->proxy, way->proxy_port ? ":" : "",
					       way->proxy_port ? way->proxy_port : "");
	else if (way->proxy)
		repo->proxy = way->proxy;
	if (way->proxy_user)
		repo->proxy_userpwd = oak_arena_printf(arena, "%s:%s", way->proxy_user, way->proxy_password ? way->proxy_password : "");
	if (way->credentials)
		credentials_load(arena, conf, way->credentials, repo);
}

const char *oak_zypp_url(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *url, struct oak_rpm_repo *repo)
{
	const char *query = strchr(url, '?');
	struct way way = {0};
	struct oak_str rest = oak_str_of(query ? query + 1 : ""), part;
	const char *kept = oak_arena_strndup(arena, url, query ? (size_t)(query - url) : strlen(url));
	char joint = '?';
	while (rest.n && oak_str_next(&rest, '&', &part)) {
		const char *equals = part.n ? memchr(part.p, '=', part.n) : NULL;
		struct oak_str name = {part.p, equals ? (size_t)(equals - part.p) : part.n};
		struct oak_str value = equals ? (struct oak_str){equals + 1, (size_t)(part.p + part.n - equals - 1)} : (struct oak_str){"", 0};
		if (part.n == 0 || take_parameter(arena, name, value, repo, &way))
			continue;
		kept = oak_arena_printf(arena, "%s%c%.*s", kept, joint, (int)part.n, part.p);
		joint = '&';
	}
	settle(arena, conf, &way, repo);
	return kept;
}
