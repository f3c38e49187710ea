/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend for Windows hosts: asks the Windows Update Agent, decodes its answer. */
#include "core/str.h"
#include "scanners/scanner.h"
#include "scanners/wua/wua_session_win32.h"

static int ask(const struct oak_scan_request *request, bool online, struct oak_arena *arena, struct oak_wua_answer *answer, struct oak_error *err)
{
	OAK_AUTO(oak_wua_close) struct oak_wua_session session = {0};
	const struct oak_wua_search search = {.online = online, .catalog = request->offline_catalog, .timeout_s = request->timeout_s,
					      .stop = request->stop, .history = true};
	oak_progress_set(request->progress, OAK_PROGRESS_FETCH, 0, 0, -1);
	if (oak_wua_open(&session, err) < 0 || oak_wua_ask(&session, &search, arena, answer, NULL, err) < 0)
		return -1;
	if (answer->asked_server)
		answer->fetched_at = request->now;
	return 0;
}

static int scan(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_wua_answer answer;
	if (ask(request, !request->no_network, scratch, &answer, err) < 0)
		return -1;
	const struct oak_wua_moment moment = oak_wua_moment_now(scratch, request->now);
	inventory->node.platform.arch = oak_arena_strdup(inventory->arena, "x86_64"); /* what this program is built for */
	oak_wua_decode(&answer, &moment, inventory);
	return 0;
}

/* From what the agent has just found: a plan is made of the scan before it. */
static int resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n, struct oak_arena *arena,
		   struct oak_transaction *ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_wua_answer answer;
	if (n == 0)
		return 0;
	if (ask(request, false, scratch, &answer, err) < 0)
		return -1;
	const struct oak_wua_moment moment = oak_wua_moment_now(scratch, request->now);
	oak_wua_resolve(&answer, &moment, (struct oak_wua_wants){wants, n}, arena, ret);
	return 0;
}

const struct oak_backend oak_backend = {.abi = OAK_BACKEND_ABI, .scan = scan, .resolve = resolve};
