/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIGINT and SIGTERM: a flag for those who look, an end after 1 s for those who do not. */
#ifndef OAK_CLI_SIGNALS_H
#define OAK_CLI_SIGNALS_H

#include <stdbool.h>

/* Begin to catch; GRACEFUL commands are never ended by force. SIGPIPE is ignored: a closed pipe is an error of write. */
void oak_signals_init(bool graceful);

/* Exit code of the signal that asked us to stop: 130, 143; 0 = none. */
int oak_signals_exit(void);

#endif
