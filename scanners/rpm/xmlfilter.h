/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sieve for big XML: passes on only those elements that a test accepts, without parsing the others. */
#ifndef OAK_SCANNERS_RPM_XMLFILTER_H
#define OAK_SCANNERS_RPM_XMLFILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/map.h"
#include "core/str.h"

/* Why: nine tenths of a distribution's primary.xml are packages that this host has not; parsing them is nine tenths
 * of a cold scan. The sieve works on bytes and leaves out only what it is sure of: an element with a comment or CDATA
 * in it, and everything in a foreign encoding, passes through. */
struct oak_xmlfilter {
	const char *tag; /* "package", "update": not nested in itself */
	bool (*keep)(const void *arg, struct oak_str element);
	const void *arg;
	int64_t max_bytes; /* unpacked; the stream ends with an error above it */
	bool refused;	   /* set: a document type was declared, or max_bytes exceeded: the stream ended with an error */
	const char *why;   /* what was refused */
};

enum { OAK_XMLFILTER_ELEMENT_MAX = 64 * 1024 * 1024 };

/* A stream of what FILTER lets through of IN. Closing it closes IN. FILTER must outlive it. */
FILE *oak_xmlfilter_open(struct oak_xmlfilter *filter, FILE *in);

/* Tests for "package" of primary.xml and "update" of updateinfo.xml: does it concern one of the names in the map
 * (primary: its own name, or a name that it obsoletes)? ARG is a struct oak_map. */
bool oak_xmlfilter_keep_primary(const void *names, struct oak_str element);
bool oak_xmlfilter_keep_update(const void *names, struct oak_str element);

#endif
