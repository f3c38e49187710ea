/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One attempt: a program, the local sendmail, or a webhook, and what is known of it afterwards. */
#include "core/exec.h"
#include "core/fs.h"
#include "core/post.h"
#include "core/str.h"
#include "core/system.h"
#include "core/trustfile.h"
#include "fleet/notify/notify.h"

enum { TIMEOUT = 60, BODY_MAX = 1 << 20, WORDS = 4096 };

static enum oak_sent run_program(const struct oak_target *target, const char *const *argv, const char *const *env, const struct oak_buf *input,
				 const volatile int *stop, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf words;
	struct oak_exec_result result;
	oak_buf_init(&words, WORDS);
	const struct oak_exec exec = {.argv = argv, .env = env, .timeout_s = target->timeout_s ? target->timeout_s : TIMEOUT,
				      .input = oak_buf_text(input), .input_n = input->n, .out = &words, .err = &words, .stop = stop};
	if (oak_exec(&exec, &result, err) < 0)
		return OAK_SENT_NOT; /* it was never started */
	if (result.code == 0)
		return OAK_SENT;
	if (result.code < 0) {
		oak_fail(err, OAK_TRANSIENT, "notify.program", result.signal, "'%s' %s", argv[0], result.timed_out ? "took too long" : "was ended by a signal");
		return OAK_SENT_UNKNOWN;
	}
	oak_fail(err, OAK_TRANSIENT, "notify.program", result.code, "'%s' ended with %d: %.200s", argv[0], result.code, oak_buf_text(&words));
	return OAK_SENT_NOT; /* a program that fails says that it did not */
}

static int trusted(const char *path, struct oak_error *err)
{
	if (!path || !oak_path_is_absolute(path))
		return oak_fail(err, OAK_INVALID, "notify.path", 0, "'%s' must be an absolute path", path ? path : "");
	return oak_trust_check(path, err);
}

static enum oak_sent send_command(const struct oak_target *target, const struct oak_event *event, const char *key, const volatile int *stop,
				  struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	const char *argv[] = {target->command, NULL};
	const char *env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
			     "LC_ALL=C.UTF-8",
			     oak_arena_printf(arena, "OAKUM_EVENT=%s", oak_event_kind_to_string(event->kind)),
			     oak_arena_printf(arena, "OAKUM_STATUS=%s", event->status),
			     oak_arena_printf(arena, "OAKUM_NODE=%s", event->node_id ? event->node_id : ""),
			     oak_arena_printf(arena, "OAKUM_RUN=%s", event->run ? event->run : ""),
			     oak_arena_printf(arena, "OAKUM_TEXT=%s", oak_event_text(arena, event)),
			     oak_arena_printf(arena, "OAKUM_KEY=%s", key),
			     NULL};
	oak_buf_init(&body, BODY_MAX);
	if (trusted(target->command, err) < 0)
		return OAK_SENT_NOT;
	oak_event_format(event, &body);
	return run_program(target, argv, env, &body, stop, err);
}

static enum oak_sent send_mail(const struct oak_target *target, const struct oak_event *event, const char *key, const volatile int *stop,
			       struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf message;
	const char *argv[] = {target->sendmail ? target->sendmail : "/usr/sbin/sendmail", "-t", "-oi", NULL};
	oak_buf_init(&message, BODY_MAX);
	if (trusted(argv[0], err) < 0)
		return OAK_SENT_NOT;
	oak_notify_mail(target, event, key, &message);
	return run_program(target, argv, NULL, &message, stop, err);
}

static enum oak_sent judge_status(const struct oak_target *target, int status, const struct oak_buf *answer, struct oak_error *err)
{
	if (status >= 200 && status < 300)
		return OAK_SENT;
	oak_fail(err, OAK_TRANSIENT, "notify.status", status, "the server of '%s' answers %d: %.200s", target->name, status, oak_buf_text(answer));
	bool later = status >= 500 || status == 408 || status == 425 || status == 429 || status == 401 || status == 403 || status == 404;
	return later ? OAK_SENT_NOT : OAK_SENT_REFUSED; /* a right or an address may be mended, a body that is refused stays so */
}

static enum oak_sent send_webhook(const struct oak_target *target, const struct oak_event *event, const char *key, const volatile int *stop,
				  struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf body, answer;
	OAK_VEC(const char *) headers = {0};
	oak_buf_init(&body, BODY_MAX);
	oak_buf_init(&answer, WORDS);
	if (oak_notify_render(target, event, key, &body, err) < 0)
		return OAK_SENT_NOT;
	*oak_push(arena, &headers) = "Content-Type: application/json";
	*oak_push(arena, &headers) = "Accept: application/json, */*";
	*oak_push(arena, &headers) = oak_arena_printf(arena, "Idempotency-Key: %s", key);
	for (size_t i = 0; i < target->headers.n; i++)
		*oak_push(arena, &headers) = target->headers.v[i];
	*oak_push(arena, &headers) = NULL;
	struct oak_post post = {.url = target->url, .headers = headers.v, .body = oak_buf_text(&body), .n = body.n, .timeout_s = target->timeout_s,
				.proxy = target->proxy, .ca_file = target->ca_file, .answer = &answer, .stop = stop};
	if (oak_http_post(&post, err) == 0)
		return judge_status(target, post.status, &answer, err);
	return post.reached ? OAK_SENT_UNKNOWN : OAK_SENT_NOT;
}

enum oak_sent oak_notify_send(const struct oak_target *target, const struct oak_event *event, const char *key, const volatile int *stop,
			      struct oak_error *err)
{
	static enum oak_sent (*const senders[OAK_TARGET_KIND_COUNT])(const struct oak_target *target, const struct oak_event *event, const char *key,
								     const volatile int *stop, struct oak_error *err) = {
		[OAK_TARGET_COMMAND] = send_command, [OAK_TARGET_MAIL] = send_mail, [OAK_TARGET_WEBHOOK] = send_webhook};
	return senders[target->kind](target, event, key, stop, err);
}

bool oak_target_wants(const struct oak_target *target, const struct oak_event *event)
{
	if (event->kind == OAK_EVENT_TEST)
		return true;
	if (!(target->events & (1u << event->kind)))
		return false;
	for (size_t i = 0; i < target->statuses.n; i++)
		if (oak_strcaseeq(target->statuses.v[i], event->status))
			return true;
	return target->statuses.n == 0;
}
