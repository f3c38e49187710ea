/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes manifests: what is taken is checked, resolved, written and read again: the same. Its first byte ';' makes it an envelope. */
#include "distributor/package/dsse.h"
#include "distributor/package/resolve.h"
#include "distributor/package/sbom.h"
#include "document.h"

static void envelope(struct oak_arena *arena, const char *text, size_t n)
{
	struct oak_dsse dsse, again;
	struct oak_error err = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, OAK_DSSE_MAX);
	if (oak_dsse_parse(arena, text, n, "fuzz", &dsse, &err) < 0)
		return;
	oak_dsse_format(&dsse, &out);
	if (oak_dsse_parse(arena, oak_buf_text(&out), out.n, "written", &again, &err) < 0 || again.signatures.n != dsse.signatures.n ||
	    again.payload_n != dsse.payload_n || memcmp(again.payload, dsse.payload, dsse.payload_n) != 0)
		abort();
}

static void manifest(struct oak_arena *arena, const uint8_t *data, size_t size)
{
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_manifest *m, *again;
	struct oak_error err = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf first;
	OAK_AUTO(oak_buf_done) struct oak_buf second;
	struct oak_sink sink;
	struct oak_resolution r;
	struct oak_problems problems = {0};
	oak_buf_init(&first, 8 * DOCUMENT_MAX);
	oak_buf_init(&second, 8 * DOCUMENT_MAX);
	if (!doc || oak_manifest_parse(arena, doc, "fuzz", &m, &err) < 0)
		return;
	const struct oak_package_host host = {.platform = "debian", .version = "12.1", .arch = "x86_64"};
	if (oak_manifest_check(m, "fuzz", &err) == 0 && oak_manifest_resolve(arena, m, &host, &r, &err) == 0 && !r.listed)
		abort(); /* what is named is listed, or the check fails */
	oak_manifest_lint(arena, m, &problems);
	const char *builder = NULL;
	if (m->provenance.file && oak_provenance_check(arena, (const char *)data, size, m, &builder, &err) == 0 && !m->files.n && builder == NULL)
		return;
	oak_sink_json_compact(&sink, &first);
	oak_manifest_format(m, &sink);
	if (oak_manifest_parse(arena, written_again(arena, &first), "written", &again, &err) < 0) {
		fprintf(stderr, "written, but refused: %s\n%s\n", err.cause, oak_buf_text(&first));
		abort();
	}
	oak_sink_json_compact(&sink, &second);
	oak_manifest_format(again, &sink);
	must_equal(&first, &second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	if (size && data[0] == ';')
		envelope(arena, (const char *)data + 1, size - 1);
	else
		manifest(arena, data, size);
	oak_arena_free(arena);
	return 0;
}
