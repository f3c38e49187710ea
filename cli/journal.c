/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of systemd's journal, by its native protocol over a datagram. */
#include "cli/journal.h"

#include <stdlib.h>

#include "core/buf.h"
#include "core/str.h"

#ifndef _WIN32
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ENTRY_MAX = 32 * 1024 };

static const char *socket_path(void)
{
	const char *path = getenv("OAKUM_JOURNAL_SOCKET"); /* for tests */
	return path ? path : "/run/systemd/journal/socket";
}

/* NAME=value, or for a value of several lines NAME, its length in eight bytes (little endian), the value. */
static void add_field(struct oak_buf *entry, const struct oak_journal_field *f)
{
	if (!strchr(f->value, '\n')) {
		oak_buf_addf(entry, "%s=%s\n", f->name, f->value);
		return;
	}
	uint64_t n = strlen(f->value);
	unsigned char length[8];
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(n >> (8 * i));
	oak_buf_addf(entry, "%s\n", f->name);
	oak_buf_add(entry, length, sizeof(length));
	oak_buf_addf(entry, "%s\n", f->value);
}

void oak_journal_send(const struct oak_journal_field *fields, size_t n)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	OAK_AUTO(oak_buf_done) struct oak_buf entry;
	oak_buf_init(&entry, ENTRY_MAX);
	if (!getenv("JOURNAL_STREAM") || strlen(socket_path()) >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, socket_path(), strlen(socket_path()) + 1);
	oak_buf_adds(&entry, "SYSLOG_IDENTIFIER=oakum\n");
	for (size_t i = 0; i < n; i++)
		if (fields[i].value)
			add_field(&entry, &fields[i]);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	ssize_t sent = sendto(fd, oak_buf_text(&entry), entry.n, MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&to, sizeof(to));
	(void)sent; /* a journal that does not listen is no reason to fail */
	close(fd);
}
#else
void oak_journal_send(const struct oak_journal_field *fields, size_t n)
{
	(void)fields, (void)n;
}
#endif

void oak_journal_scan(struct oak_context *ctx, const struct oak_verdict *v)
{
	const struct oak_node *node = &v->inventory->node;
	const char *status = oak_status_to_string(v->summary.status);
	const char *missing = oak_arena_printf(ctx->arena, "%lld", (long long)v->summary.count[OAK_STATE_MISSING]);
	bool fine = v->summary.status == OAK_COMPLIANT;
	const struct oak_journal_field fields[] = {
		{"MESSAGE", oak_arena_printf(ctx->arena, "scan: %s, %s missing", status, missing)},
		{"PRIORITY", fine ? "6" : "5"}, {"OAKUM_EVENT", "scan"}, {"OAKUM_NODE", node->id}, {"OAKUM_STATUS", status},
		{"OAKUM_MISSING", missing}, {"OAKUM_BASELINE", v->baseline_name},
	};
	oak_journal_send(fields, sizeof(fields) / sizeof(*fields));
}

void oak_journal_run(struct oak_context *ctx, const char *node_id, const char *run, const char *kind, const char *status)
{
	bool fine = oak_streq(status, "SUCCESS") || oak_streq(status, "PENDING_REBOOT") || oak_streq(status, "CONVERGED");
	const struct oak_journal_field fields[] = {
		{"MESSAGE", oak_arena_printf(ctx->arena, "%s %s: %s", kind, run, status)}, {"PRIORITY", fine ? "6" : "4"}, {"OAKUM_EVENT", "run"},
		{"OAKUM_NODE", node_id}, {"OAKUM_RUN", run}, {"OAKUM_KIND", kind}, {"OAKUM_STATUS", status},
	};
	oak_journal_send(fields, sizeof(fields) / sizeof(*fields));
}
