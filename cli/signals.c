/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signal handler does two things only: it sets the flag and arms the alarm. */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/cmd.h"

enum { FORCE_SECONDS = 1, SIGNAL_EXIT = 128 };

volatile int oak_stop_signal;

int oak_signals_exit(void)
{
	return oak_stop_signal ? SIGNAL_EXIT + oak_stop_signal : 0;
}

#ifdef _WIN32
static void on_stop(int number)
{
	oak_stop_signal = number;
}

void oak_signals_init(bool graceful)
{
	(void)graceful;
	signal(SIGINT, on_stop);
	signal(SIGTERM, on_stop);
}
#else
static volatile sig_atomic_t force; /* a second signal, or the alarm, ends the process */

static void on_stop(int number)
{
	if (oak_stop_signal && force)
		_exit(SIGNAL_EXIT + oak_stop_signal);
	oak_stop_signal = number;
	if (force)
		alarm(FORCE_SECONDS);
}

static void on_alarm(int number)
{
	(void)number;
	_exit(oak_signals_exit());
}

void oak_signals_init(bool graceful)
{
	force = !graceful;
	struct sigaction stop = {.sa_handler = on_stop}, last = {.sa_handler = on_alarm};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGINT, &stop, NULL); /* also where a shell's background job inherits it ignored */
	sigaction(SIGTERM, &stop, NULL);
	struct sigaction hangup;
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* nohup: the caller wants it to go on */
		sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGALRM, &last, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}
#endif
