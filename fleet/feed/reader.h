/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of the feed formats share: one document in, records into indices. */
#ifndef OAK_FLEET_FEED_READER_H
#define OAK_FLEET_FEED_READER_H

#include "core/buf.h"
#include "core/value.h"
#include "fleet/feed/index.h"
#include "fleet/feed/slices.h"

enum { OAK_FEED_INDICES = 16 };

/* One import: the indices begun so far, and where we are for messages. */
struct oak_feed_reader {
	const struct oak_feed_import *options;
	struct oak_feed_index *index[OAK_FEED_INDICES];
	size_t n;
	const char *name;     /* of the document that is read */
	struct oak_buf text;  /* scratch for joined lists */
	size_t documents;     /* read so far */
};

/* A format: what it looks like at its beginning, and how it is read. Borrowed text; nothing behind it is touched. */
struct oak_feed_format {
	const char *name;
	bool (*looks)(struct oak_str text);
	int (*read)(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
};
extern const struct oak_feed_format oak_feed_formats[]; /* ends with a NULL name; the first that fits counts */

/* Each reader, in its own file. Errors: feed.invalid, feed.truncated, json.invalid, db.*. */
int oak_feed_read_tracker(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_dsa(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_notices(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_usn_database(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_ubuntu_cves(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_osv(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_osv_list(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_kev(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);
int oak_feed_read_epss(struct oak_feed_reader *reader, struct oak_str text, struct oak_error *err);

/* The index NAME of this import, begun when first needed; NULL with ERR set. */
struct oak_feed_index *oak_feed_reader_index(struct oak_feed_reader *reader, const char *name, struct oak_error *err);

/* A slice as a document in ARENA. WHAT names it in messages ("openssl", "USN-1-1"). */
int oak_feed_parse(struct oak_feed_reader *reader, struct oak_arena *arena, struct oak_str slice, const char *what,
		   const struct oak_value **ret, struct oak_error *err) OAK_MUST_USE;

/* The member KEY of V: of KIND, or an error that names WHAT and KEY. *ret NULL = absent, which is an error when NEEDED.
 * null counts as absent. */
int oak_feed_member(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		    enum oak_value_kind kind, bool needed, const struct oak_value **ret, struct oak_error *err) OAK_MUST_USE;
int oak_feed_string(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		    bool needed, const char **ret, struct oak_error *err) OAK_MUST_USE;
/* An RFC 3339 time; one without zone (as the Ubuntu API has it) is UTC. */
int oak_feed_time(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		  oak_time *ret, struct oak_error *err) OAK_MUST_USE;

int oak_feed_bad(const struct oak_feed_reader *reader, const char *what, const char *why, struct oak_error *err);
/* After a walk over slices: was it whole? */
int oak_feed_whole(const struct oak_feed_reader *reader, const struct oak_slices *slices, struct oak_error *err);

/* CVE ids in READER's scratch text, comma-separated, each once; "" = none. */
void oak_feed_cves_begin(struct oak_feed_reader *reader);
void oak_feed_cves_add(struct oak_feed_reader *reader, const char *id); /* what is no CVE id is left out */
const char *oak_feed_cves(const struct oak_feed_reader *reader);       /* NULL = none */

/* "jammy" of "22.04", "bookworm" of "12"; NULL = not known. */
const char *oak_feed_codename(const char *distribution, const char *version);

#endif
