/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Override lists from any bytes: read or refused; what is read can be asked about any package. */
#include "document.h"

#include "baseline/override.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_override *override;
	struct oak_error err = {0};
	if (doc && oak_override_parse(arena, doc, "fuzz", &override, &err) == 0)
		for (size_t i = 0; i < override->entries.n && i < 100; i++) {
			const char *id = override->entries.v[i].id;
			if (!id || !*id)
				abort(); /* an entry without one is refused */
			(void)oak_override_matches(override, OAK_FLAVOUR_DEB, id, "amd64", "1:1.0-1");
			(void)oak_override_matches(override, OAK_FLAVOUR_RPM, "kernel", "x86_64", "5.14.0-1");
		}
	oak_arena_free(arena);
	return 0;
}
