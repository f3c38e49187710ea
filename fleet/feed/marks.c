/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking up KEV and EPSS. */
#include <stdlib.h>

#include "core/str.h"
#include "fleet/feed/index.h"
#include "fleet/feed/join.h"

struct oak_feed_marks {
	struct oak_db *db[2]; /* kev, epss; NULL = not imported */
	struct oak_stmt *stmt[2];
};

int oak_feed_marks_open(const char *dir, struct oak_feed_marks **ret, struct oak_error *err)
{
	static const char *const names[2] = {"kev", "epss"};
	OAK_AUTO(oak_feed_marks_free_p) struct oak_feed_marks *marks = oak_alloc_zero(1, sizeof(*marks));
	for (size_t i = 0; i < 2; i++) {
		if (oak_feed_index_open(dir, names[i], &marks->db[i], err) < 0)
			return -1;
		if (marks->db[i] && oak_db_prepare(marks->db[i], "SELECT added, note, score, percentile FROM mark WHERE cve = ?",
						   &marks->stmt[i], err) < 0)
			return oak_context(err, "feed '%s' (import it again)", names[i]);
	}
	*ret = oak_steal(&marks);
	return 0;
}

void oak_feed_marks_free(struct oak_feed_marks *marks)
{
	if (!marks)
		return;
	for (size_t i = 0; i < 2; i++) {
		oak_stmt_free(marks->stmt[i]);
		oak_db_close(marks->db[i]);
	}
	free(marks);
}

int oak_feed_mark_of(struct oak_feed_marks *marks, const char *cve, struct oak_feed_mark *ret, struct oak_error *err)
{
	*ret = (struct oak_feed_mark){.added = OAK_TIME_NONE};
	for (size_t i = 0; i < 2; i++) {
		struct oak_stmt *stmt = marks->stmt[i];
		if (!stmt)
			continue;
		int row = oak_stmt_bind(stmt, err, "t", cve) < 0 ? -1 : oak_stmt_step(stmt, err);
		if (row < 0)
			return -1;
		if (row == 0)
			continue;
		if (i == 0) {
			ret->known_exploited = true;
			ret->added = oak_stmt_time(stmt, 0);
			ret->ransomware = oak_streq(oak_stmt_text(stmt, 1), "ransomware");
		} else {
			ret->scored = true;
			ret->epss = oak_stmt_real(stmt, 2);
			ret->percentile = oak_stmt_real(stmt, 3);
		}
	}
	return 0;
}
