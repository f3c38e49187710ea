/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node id from a machine's own id, which it does not give away. */
#include <stdio.h>
#include <string.h>

#include "core/hash.h"
#include "scanners/host.h"

const char *oak_host_uuid(const char *machine_id, const char *path, char out[OAK_NODE_ID_TEXT])
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *text = oak_arena_printf(arena, "oakum node id 1\n%s\n%s", machine_id, path);
	unsigned char d[OAK_SHA256_SIZE];
	oak_sha256(text, strlen(text), d);
	d[6] = (unsigned char)((d[6] & 0x0f) | 0x40); /* RFC 4122: version 4, variant 1 */
	d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
	snprintf(out, OAK_NODE_ID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1],
		 d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
	return out;
}

