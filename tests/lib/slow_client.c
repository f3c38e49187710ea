/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_client ADDRESS PORT COUNT: opens COUNT connections, sends one byte of a head on each every 200 ms, and says how many the server
 * ended. Gives up after a minute. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 64, TICKS = 300, TICK_MS = 200 };

int main(int argc, char **argv)
{
	struct pollfd peers[MOST];
	int count = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0, ended = 0;
	struct sockaddr_in to = {.sin_family = AF_INET};
	if (count < 1 || count > MOST || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 2;
	to.sin_port = htons((unsigned short)strtol(argv[2], NULL, 10));
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < count; i++) {
		peers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		peers[i].events = POLLIN;
		if (connect(peers[i].fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			return 1;
	}
	for (int tick = 0; tick < TICKS && ended < count; tick++) {
		poll(peers, (nfds_t)count, 0);
		for (int i = 0; i < count; i++) {
			char byte;
			if (peers[i].fd < 0)
				continue;
			if ((peers[i].revents && read(peers[i].fd, &byte, 1) <= 0) || write(peers[i].fd, "G", 1) != 1) {
				close(peers[i].fd);
				peers[i].fd = -1;
				ended++;
			}
		}
		poll(NULL, 0, TICK_MS);
	}
	printf("ended by the server: %d\n", ended);
	return ended == count ? 0 : 1;
}
