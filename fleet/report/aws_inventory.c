/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's answers about what is installed, and about the nodes themselves. */
#include "fleet/report/aws_impl.h"

#include "core/str.h"

static const char schema_version[] = "1.1"; /* of AWS:Application */

/* When what is said about NODE was so. */
static oak_time seen_at(const struct oak_report_node *node)
{
	return node->collected_at != OAK_TIME_NONE && (node->evaluated_at == OAK_TIME_NONE || node->collected_at > node->evaluated_at)
		       ? node->collected_at
		       : node->evaluated_at;
}

/* AWS:Application of one node, as a list of maps of texts. */
static int put_applications(struct oak_aws_answer *a, const struct oak_report_node *node, const char *key)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_report_items items;
	struct oak_sink *sink = a->sink;
	if (oak_report_installed(a->report, node, arena, &items, a->err) < 0)
		return -1;
	oak_put_begin_array(sink, key);
	for (size_t i = 0; i < items.list.n; i++) {
		const struct oak_report_item *item = &items.list.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "Name", item->name);
		oak_put_string(sink, "Version", item->version ? item->version : "");
		oak_put_string(sink, "Architecture", item->arch ? item->arch : "");
		oak_put_string(sink, "PackageId", item->id ? item->id : item->name);
		sink->ops->end_object(sink);
		if (oak_report_drain(a->out, a->err) < 0)
			return -1;
	}
	oak_put_end_array(sink);
	return 0;
}

int oak_aws_get_inventory(struct oak_aws_answer *a)
{
	struct oak_sink *sink = a->sink;
	oak_put_begin_array(sink, "Entities");
	for (size_t i = 0; i < a->report->nodes.n; i++) {
		const struct oak_report_node *node = a->report->nodes.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "Id", node->node.id);
		oak_put_begin_object(sink, "Data");
		if (seen_at(node) != OAK_TIME_NONE) {
			oak_put_begin_object(sink, "AWS:Application");
			oak_put_string(sink, "TypeName", "AWS:Application");
			oak_put_string(sink, "SchemaVersion", schema_version);
			oak_put_time(sink, "CaptureTime", seen_at(node));
			if (put_applications(a, node, "Content") < 0)
				return -1;
			oak_put_end_object(sink);
		}
		oak_put_end_object(sink);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	return 0;
}

int oak_aws_inventory_entries(struct oak_aws_answer *a)
{
	const struct oak_report_node *node = a->report->nodes.n == 1 ? a->report->nodes.v[0] : NULL;
	if (!node)
		return oak_fail(a->err, OAK_INVALID, "report.aws", 0, "'list-inventory-entries' is about one node, there are %zu (give --node ID)", a->report->nodes.n);
	oak_put_string(a->sink, "TypeName", "AWS:Application");
	oak_put_string(a->sink, "InstanceId", node->node.id);
	oak_put_string(a->sink, "SchemaVersion", schema_version);
	oak_put_time_opt(a->sink, "CaptureTime", seen_at(node));
	return put_applications(a, node, "Entries");
}

int oak_aws_instances(struct oak_aws_answer *a)
{
	struct oak_sink *sink = a->sink;
	oak_put_begin_array(sink, "InstanceInformationList");
	for (size_t i = 0; i < a->report->nodes.n; i++) {
		const struct oak_report_node *node = a->report->nodes.v[i];
		const struct oak_platform *p = &node->node.platform;
		sink->ops->begin_object(sink);
		oak_put_string(sink, "InstanceId", node->node.id);
		oak_put_string(sink, "PingStatus", seen_at(node) == OAK_TIME_NONE ? "Inactive" : node->stale ? "ConnectionLost" : "Online");
		oak_put_time_opt(sink, "LastPingDateTime", seen_at(node));
		if (p->family)
			oak_put_string(sink, "PlatformType", oak_streq(p->family, "windows") ? "Windows" : "Linux");
		oak_put_string_opt(sink, "PlatformName", p->id);
		oak_put_string_opt(sink, "PlatformVersion", p->version);
		oak_put_string(sink, "ResourceType", "ManagedInstance");
		oak_put_string_opt(sink, "ComputerName", node->node.name);
		sink->ops->end_object(sink);
		if (oak_report_drain(a->out, a->err) < 0)
			return -1;
	}
	oak_put_end_array(sink);
	return 0;
}
