/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line for Nagios, Icinga and their kin, with performance data. */
#include "fleet/report/format.h"

int oak_report_nagios_exit(const struct oak_report *report)
{
	enum { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };
	const struct oak_report_totals *t = &report->totals;
	if (t->by_status[OAK_NON_COMPLIANT])
		return PLUGIN_CRITICAL;
	if (t->by_status[OAK_UNKNOWN] || !t->nodes || report->unreadable.n)
		return PLUGIN_UNKNOWN;
	return t->stale ? PLUGIN_WARNING : PLUGIN_OK;
}

/* What ends the text or the line for a plugin's reader becomes a blank. */
static void clean(struct oak_buf *buf, const char *text)
{
	for (; text && *text; text++)
		oak_buf_addc(buf, (unsigned char)*text < 0x20 || *text == '|' || *text == 0x7f ? ' ' : *text);
}

static void name_worst(struct oak_buf *buf, const struct oak_report *report)
{
	enum { MOST = 5 };
	size_t named = 0, bad = 0;
	for (size_t i = 0; i < report->nodes.n; i++) {
		const struct oak_report_node *node = report->nodes.v[i];
		if (node->summary.status != OAK_NON_COMPLIANT || bad++ >= MOST)
			continue;
		oak_buf_adds(buf, named++ ? ", " : ": ");
		clean(buf, oak_node_label(&node->node));
	}
	if (bad > named)
		oak_buf_addf(buf, " and %zu more", bad - named);
}

int oak_report_nagios(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	const struct oak_report_totals *t = &report->totals;
	const struct oak_summary *s = &t->sum;
	long long bad = (long long)t->by_status[OAK_NON_COMPLIANT], nodes = (long long)t->nodes;
	long long missing = (long long)(s->count[OAK_STATE_MISSING] + s->count[OAK_STATE_FAILED]);
	oak_buf_addf(out->buf, "OAKUM %s - %lld of %lld nodes not compliant", words[oak_report_nagios_exit(report)], bad, nodes);
	name_worst(out->buf, report);
	oak_buf_addf(out->buf, "; %lld patches missing, %lld of level CRITICAL", missing,
		     (long long)s->non_compliant_by_level[OAK_LEVEL_CRITICAL]);
	if (t->by_status[OAK_UNKNOWN])
		oak_buf_addf(out->buf, "; %lld nodes unknown", (long long)t->by_status[OAK_UNKNOWN]);
	if (t->stale)
		oak_buf_addf(out->buf, "; %lld nodes not seen lately", (long long)t->stale);
	if (report->unreadable.n)
		oak_buf_addf(out->buf, "; %zu files unreadable", report->unreadable.n);
	oak_buf_addf(out->buf,
		     " | nodes=%lld;;;0 noncompliant=%lld;;0;0;%lld unknown=%lld;;;0;%lld stale=%lld;0;;0;%lld missing=%lld;;;0 "
		     "pending_reboot=%lld;;;0 critical=%lld;;;0\n",
		     nodes, bad, nodes, (long long)t->by_status[OAK_UNKNOWN], nodes, (long long)t->stale, nodes, missing,
		     (long long)s->count[OAK_STATE_INSTALLED_PENDING_REBOOT],
		     (long long)s->non_compliant_by_level[OAK_LEVEL_CRITICAL]);
	(void)err;
	return 0;
}
