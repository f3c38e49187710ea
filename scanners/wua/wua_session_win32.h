/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One conversation with the Windows Update Agent: from opening it to the answer of a search. */
#ifndef OAK_SCANNERS_WUA_WUA_SESSION_WIN32_H
#define OAK_SCANNERS_WUA_WUA_SESSION_WIN32_H

#include "scanners/wua/wua_com_win32.h"
#include "scanners/wua/wua_decode.h"

/* Of one thread: opening joins it to COM, closing leaves. Zero-initialise; oak_wua_close also after a failed open. */
struct oak_wua_session {
	bool joined;
	IUpdateSession *session;
	IUpdateServiceManager *services; /* NULL where the agent has none */
	IUpdateSearcher *searcher;
	BSTR package; /* id of the scan service made of an offline catalogue; removed by oak_wua_close */
};

struct oak_wua_search {
	bool online;         /* ask the server; else what the agent found before */
	const char *catalog; /* wsusscn2.cab as the only source, or NULL */
	int64_t timeout_s;
	const volatile int *stop;
	bool history;        /* what the agent did before, too */
};

/* Errors: wua.session (UNSUPPORTED, DENIED, TRANSIENT …). */
int oak_wua_open(struct oak_wua_session *session, struct oak_error *err) OAK_MUST_USE;
void oak_wua_close(struct oak_wua_session *session);

/* Search; *RET_UPDATES are the agent's own objects (release it), in the order of RET's records. Either may be NULL.
 * Errors: wua.search, wua.timeout (TRANSIENT), wua.catalog, scan.interrupted. */
int oak_wua_ask(struct oak_wua_session *session, const struct oak_wua_search *search, struct oak_arena *arena, struct oak_wua_answer *ret,
		IUpdateCollection **ret_updates, struct oak_error *err) OAK_MUST_USE;

/* Read one update's properties into RECORD: what its version has. */
void oak_wua_read_update(struct oak_arena *arena, IUpdate *update, struct oak_wua_update *record);
/* What the agent did before, newest first. */
void oak_wua_read_history(struct oak_arena *arena, IUpdateSearcher *searcher, struct oak_wua_answer *ret);
/* The service that a search without a catalogue asks, and when it was last asked well. */
void oak_wua_read_service(struct oak_arena *arena, IUpdateService *service, struct oak_wua_service *ret);
void oak_wua_read_default_service(struct oak_arena *arena, IUpdateServiceManager *services, struct oak_wua_service *ret);
oak_time oak_wua_read_last_search(void);
bool oak_wua_read_reboot_required(void);

/* Now, when it was booted, what it is: for decoding. Strings in ARENA. */
struct oak_wua_moment oak_wua_moment_now(struct oak_arena *arena, oak_time now);

#endif
