/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advisories in the form of our caches. */
#include "scanners/rpm/pack.h"
#include "scanners/rpm/updateinfo.h"

static const char magic[] = "oakum updateinfo 2";

static void pack_advisory(const struct oak_advisory *a, struct oak_buf *buf)
{
	oak_pack_text(buf, a->id);
	oak_pack_text(buf, a->classification);
	oak_pack_text(buf, a->severity);
	oak_pack_text(buf, a->title);
	oak_pack_number(buf, a->issued);
	oak_pack_number(buf, a->updated);
	oak_pack_number(buf, a->reboot_suggested);
	oak_pack_number(buf, (int64_t)a->cves.n);
	for (size_t i = 0; i < a->cves.n; i++)
		oak_pack_text(buf, a->cves.v[i]);
	oak_pack_number(buf, (int64_t)a->bugs.n);
	for (size_t i = 0; i < a->bugs.n; i++)
		oak_pack_text(buf, a->bugs.v[i]);
}

static void pack_collection(const struct oak_ui_collection *c, struct oak_buf *buf)
{
	oak_pack_number(buf, (int64_t)c->modules.n);
	for (size_t i = 0; i < c->modules.n; i++) {
		const struct oak_ui_module *m = &c->modules.v[i];
		oak_pack_text(buf, m->name);
		oak_pack_text(buf, m->stream);
		oak_pack_text(buf, m->version);
		oak_pack_text(buf, m->context);
		oak_pack_text(buf, m->arch);
	}
	oak_pack_number(buf, (int64_t)c->packages.n);
	for (size_t i = 0; i < c->packages.n; i++) {
		const struct oak_ui_package *p = &c->packages.v[i];
		oak_pack_text(buf, p->name);
		oak_pack_text(buf, p->arch);
		oak_pack_text(buf, p->evr);
		oak_pack_number(buf, p->reboot);
	}
}

void oak_updateinfo_pack(const struct oak_updateinfo *info, struct oak_buf *buf)
{
	oak_pack_text(buf, magic);
	oak_pack_number(buf, (int64_t)info->updates.n);
	for (size_t i = 0; i < info->updates.n; i++) {
		const struct oak_ui_update *u = &info->updates.v[i];
		pack_advisory(&u->advisory, buf);
		oak_pack_text(buf, u->version);
		oak_pack_text(buf, u->status);
		oak_pack_number(buf, (int64_t)u->collections.n);
		for (size_t k = 0; k < u->collections.n; k++)
			pack_collection(&u->collections.v[k], buf);
	}
}

static void unpack_advisory(struct oak_arena *arena, struct oak_unpack *in, struct oak_advisory *a)
{
	a->id = oak_unpack_text(in);
	a->classification = oak_unpack_text(in);
	a->severity = oak_unpack_text(in);
	a->title = oak_unpack_text(in);
	a->issued = oak_unpack_number(in);
	a->updated = oak_unpack_number(in);
	a->reboot_suggested = oak_unpack_number(in) != 0;
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--)
		*oak_push(arena, &a->cves) = oak_unpack_text(in);
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--)
		*oak_push(arena, &a->bugs) = oak_unpack_text(in);
}

static void unpack_collection(struct oak_arena *arena, struct oak_unpack *in, struct oak_ui_collection *c)
{
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_ui_module m = {0};
		m.name = oak_unpack_text(in);
		m.stream = oak_unpack_text(in);
		m.version = oak_unpack_text(in);
		m.context = oak_unpack_text(in);
		m.arch = oak_unpack_text(in);
		*oak_push(arena, &c->modules) = m;
	}
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_ui_package p = {0};
		p.name = oak_unpack_text(in);
		p.arch = oak_unpack_text(in);
		p.evr = oak_unpack_text(in);
		p.reboot = oak_unpack_number(in) != 0;
		in->bad |= !p.name || !p.evr;
		*oak_push(arena, &c->packages) = p;
	}
}

bool oak_updateinfo_unpack(struct oak_arena *arena, const char *text, size_t n, struct oak_updateinfo *ret)
{
	struct oak_unpack in = {.p = text, .end = text + n};
	struct oak_updateinfo info = {0};
	const char *have = oak_unpack_text(&in);
	if (!have || strcmp(have, magic) != 0)
		return false;
	for (size_t count = oak_unpack_count(&in); count && !in.bad; count--) {
		struct oak_ui_update u = {0};
		unpack_advisory(arena, &in, &u.advisory);
		u.version = oak_unpack_text(&in);
		u.status = oak_unpack_text(&in);
		for (size_t k = oak_unpack_count(&in); k && !in.bad; k--) {
			struct oak_ui_collection c = {0};
			unpack_collection(arena, &in, &c);
			*oak_push(arena, &u.collections) = c;
		}
		in.bad |= !u.advisory.id;
		*oak_push(arena, &info.updates) = u;
	}
	if (in.bad)
		return false;
	*ret = info;
	return true;
}
