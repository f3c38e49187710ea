/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages in the form of our caches. */
#include "scanners/rpm/pack.h"
#include "scanners/rpm/rpmdb.h"

static const char magic[] = "oakum installed 1";

void oak_installed_pack(const struct oak_installed *installed, struct oak_buf *buf)
{
	oak_pack_text(buf, magic);
	oak_pack_text(buf, installed->releasever);
	oak_pack_text(buf, installed->arch);
	oak_pack_number(buf, (int64_t)installed->keys.n);
	for (size_t i = 0; i < installed->keys.n; i++)
		oak_pack_text(buf, installed->keys.v[i]);
	oak_pack_number(buf, (int64_t)installed->packages.n);
	for (size_t i = 0; i < installed->packages.n; i++) {
		const struct oak_package *p = &installed->packages.v[i];
		oak_pack_text(buf, p->name);
		oak_pack_text(buf, p->arch);
		oak_pack_text(buf, p->evr);
		oak_pack_text(buf, p->source);
		oak_pack_text(buf, p->vendor);
		oak_pack_text(buf, p->module);
		oak_pack_text(buf, p->signature_key);
		oak_pack_number(buf, p->build_time);
		oak_pack_number(buf, p->installed_at);
	}
}

bool oak_installed_unpack(struct oak_arena *arena, const char *text, size_t n, struct oak_installed *ret)
{
	struct oak_unpack in = {.p = text, .end = text + n};
	struct oak_installed out = {0};
	const char *have = oak_unpack_text(&in);
	if (!have || strcmp(have, magic) != 0)
		return false;
	out.releasever = oak_unpack_text(&in);
	out.arch = oak_unpack_text(&in);
	for (size_t count = oak_unpack_count(&in); count && !in.bad; count--)
		*oak_push(arena, &out.keys) = oak_unpack_text(&in);
	for (size_t count = oak_unpack_count(&in); count && !in.bad; count--) {
		struct oak_package p = {0};
		p.name = oak_unpack_text(&in);
		p.arch = oak_unpack_text(&in);
		p.evr = oak_unpack_text(&in);
		p.source = oak_unpack_text(&in);
		p.vendor = oak_unpack_text(&in);
		p.module = oak_unpack_text(&in);
		p.signature_key = oak_unpack_text(&in);
		p.build_time = oak_unpack_number(&in);
		p.installed_at = oak_unpack_number(&in);
		in.bad |= !p.name || !p.arch || !p.evr;
		*oak_push(arena, &out.packages) = p;
	}
	if (in.bad)
		return false;
	*ret = out;
	return true;
}
