/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On Windows the backend works in a thread of this process, under the same time limit: there is no fork. */
#include <stdlib.h>
#include <windows.h>

#include "core/str.h"
#include "scanners/answer.h"
#include "scanners/child.h"

enum { TIMEOUT_S = 600, TICK_MS = 100 };

struct letter {
	const struct oak_child_work *work;
	struct oak_arena *arena;
	void *answer;
	int result;
	struct oak_error err;
};

static DWORD WINAPI run(void *arg)
{
	struct letter *letter = arg;
	letter->result = letter->work->run(letter->work->arg, letter->arena, &letter->answer, &letter->err);
	return 0;
}

/* True when the thread ended by itself. What it holds when it did not is left to the end of the process. */
static bool wait_end(HANDLE thread, const struct oak_scan_request *request, bool *ret_stopped)
{
	int64_t left_ms = (request->timeout_s > 0 ? request->timeout_s : TIMEOUT_S) * 1000;
	*ret_stopped = false;
	for (; left_ms > 0 && !*ret_stopped; left_ms -= TICK_MS) {
		if (WaitForSingleObject(thread, TICK_MS) == WAIT_OBJECT_0)
			return true;
		*ret_stopped = request->stop && *request->stop;
	}
	return false;
}

int oak_child_run(const struct oak_child_work *work, struct oak_arena **ret_arena, void **ret_answer,
		  struct oak_error *err)
{
	/* on the heap: a thread that never ends may still write into it */
	struct letter *letter = oak_alloc_zero(1, sizeof(*letter));
	letter->work = work;
	letter->arena = oak_arena_new();
	HANDLE thread = CreateThread(NULL, 0, run, letter, 0, NULL);
	if (!thread) {
		oak_arena_free(letter->arena);
		free(letter);
		return oak_fail(err, OAK_IO, "scan.fork", (int)GetLastError(), "cannot start a thread for the scan");
	}
	if (work->meanwhile)
		work->meanwhile(work->arg);
	bool stopped, ended = wait_end(thread, work->request, &stopped);
	CloseHandle(thread);
	if (stopped)
		return oak_fail(err, OAK_INTERRUPTED, "scan.interrupted", 0, "interrupted while examining '%s'", work->request->root);
	if (!ended)
		return oak_fail(err, OAK_TRANSIENT, "scan.timeout", 0,
				"examining '%s' took longer than %lld s (try again, or see what is slow with -v)", work->request->root,
				(long long)(work->request->timeout_s > 0 ? work->request->timeout_s : TIMEOUT_S));
	int rc = letter->result;
	if (rc < 0) {
		if (err)
			*err = letter->err;
		oak_arena_free(letter->arena);
	} else {
		*ret_arena = letter->arena;
		*ret_answer = letter->answer;
	}
	free(letter);
	return rc;
}

/* The answer was made in this process: there is no boundary to check it at. */
int oak_answer_check_inventory(const struct oak_arena *arena, struct oak_inventory *inventory, ptrdiff_t delta,
			       struct oak_error *err)
{
	(void)arena;
	(void)inventory;
	(void)delta;
	(void)err;
	return 0;
}

int oak_answer_check_transaction(const struct oak_arena *arena, struct oak_transaction *transaction, struct oak_error *err)
{
	(void)arena;
	(void)transaction;
	(void)err;
	return 0;
}
