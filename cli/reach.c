/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a host accept connections: resolve, connect, close. Nothing is sent. */
#include <stdio.h>

#include "cli/doctor.h"

enum { WHY_SIZE = 256 };

#ifdef _WIN32
bool oak_reach_host(const char *host, const char *port, int timeout_ms, char *why)
{
	(void)port;
	(void)timeout_ms;
	snprintf(why, WHY_SIZE, "not checked for '%s' on this system", host);
	return true;
}
#else
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 0, or the errno of the attempt. */
static int connect_one(const struct addrinfo *address, int timeout_ms)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	int number = 0;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		number = errno;
	if (number == EINPROGRESS) {
		struct pollfd ready = {fd, POLLOUT, 0};
		socklen_t size = sizeof(number);
		int n = poll(&ready, 1, timeout_ms);
		if (n <= 0)
			number = n ? errno : ETIMEDOUT;
		else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) < 0)
			number = errno;
	}
	close(fd);
	return number;
}

bool oak_reach_host(const char *host, const char *port, int timeout_ms, char *why)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(host, port, &hints, &found), number = 0;
	if (rc != 0) {
		snprintf(why, WHY_SIZE, "cannot resolve '%.100s': %s", host, gai_strerror(rc));
		return false;
	}
	for (const struct addrinfo *a = found; a; a = a->ai_next) {
		number = connect_one(a, timeout_ms);
		if (number == 0)
			break;
	}
	freeaddrinfo(found);
	if (number)
		snprintf(why, WHY_SIZE, "cannot connect to '%.100s' port %s: %s", host, port, strerror(number));
	return number == 0;
}
#endif
