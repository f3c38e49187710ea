/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and releases of kernels per family. */
#include "baseline/kernel.h"

#include <stdio.h>
#include <string.h>

#include "baseline/evaluate.h"
#include "core/str.h"

/* rpm packages that hold an image, and what they append to the release. */
static const struct {
	const char *name, *suffix;
} images[] = {
	{"kernel", ""},		     {"kernel-core", ""},	   {"kernel-rt", "+rt"},
	{"kernel-rt-core", "+rt"},   {"kernel-64k-core", "+64k"},  {"kernel-debug-core", "+debug"},
	{"kernel-uek", ""},	     {"kernel-uek-core", ""},	   {"kernel6.12", ""},
	{"kernel-lt", ""},	     {"kernel-ml", ""},		   {"kernel-ml-core", ""},
	{"kernel-lt-core", ""},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *debian_release(const struct oak_package *p, char *out)
{
	static const char prefix[] = "linux-image-";
	const char *release = p->name + sizeof(prefix) - 1;
	if (!oak_starts_with(p->name, prefix))
		return NULL;
	if (oak_starts_with(release, "unsigned-"))
		release += strlen("unsigned-");
	if (!is_digit(*release) || !strchr(release, '-') || oak_ends_with(release, "-dbg") ||
	    oak_ends_with(release, "-dbgsym") || strlen(release) >= OAK_KERNEL_TEXT)
		return NULL;
	return memcpy(out, release, strlen(release) + 1);
}

static const char *without_epoch(const char *evr)
{
	const char *colon = strchr(evr, ':');
	return colon ? colon + 1 : evr;
}

static const char *rhel_release(const struct oak_package *p, char *out)
{
	for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++) {
		if (!oak_streq(p->name, images[i].name))
			continue;
		int n = snprintf(out, OAK_KERNEL_TEXT, "%s.%s%s", without_epoch(p->evr), p->arch, images[i].suffix);
		return n > 0 && n < OAK_KERNEL_TEXT ? out : NULL;
	}
	return NULL;
}

/* The last number of a SUSE package's release counts rebuilds and is not in uname -r. */
static const char *suse_release(const struct oak_package *p, char *out)
{
	static const char *const flavours[] = {"default", "azure", "rt", "64kb", "preempt", "longterm"};
	const char *evr = without_epoch(p->evr), *dash = strrchr(evr, '-'), *dot = strrchr(evr, '.');
	if (!oak_starts_with(p->name, "kernel-") || !dash || !dot || dot < dash)
		return NULL;
	const char *flavour = p->name + strlen("kernel-");
	for (size_t i = 0; i < sizeof(flavours) / sizeof(*flavours); i++) {
		if (!oak_streq(flavour, flavours[i]))
			continue;
		int n = snprintf(out, OAK_KERNEL_TEXT, "%.*s-%s", (int)(dot - evr), evr, flavour);
		return n > 0 && n < OAK_KERNEL_TEXT ? out : NULL;
	}
	return NULL;
}

const char *oak_kernel_release(const char *family, const struct oak_package *package, char out[OAK_KERNEL_TEXT])
{
	static const struct {
		const char *family;
		const char *(*release)(const struct oak_package *, char *);
	} rows[] = {
		{"debian", debian_release}, {"rhel", rhel_release}, {"amazon", rhel_release}, {"suse", suse_release}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(family, rows[i].family))
			return rows[i].release(package, out);
	return NULL;
}

/* Where the flavour begins: behind "6.1.0-40" in 6.1.0-40-cloud-amd64; behind the arch in …el9.x86_64+rt. */
static const char *flavour_of(const char *family, const char *release)
{
	if (oak_streq(family, "rhel") || oak_streq(family, "amazon")) {
		const char *plus = strchr(release, '+'), *uek = strstr(release, "uek");
		return plus ? plus : uek ? "uek" : "";
	}
	const char *dash = strchr(release, '-');
	while (dash && is_digit(dash[1]))
		dash = strchr(dash + 1, '-');
	return dash ? dash : "";
}

int oak_kernel_compare(const char *family, const char *a, const char *b, bool *ret_same)
{
	const char *fa = flavour_of(family, a), *fb = flavour_of(family, b);
	*ret_same = oak_streq(fa, fb);
	if (!*ret_same)
		return 0;
	bool inside = oak_ends_with(a, fa) && oak_ends_with(b, fb);
	char left[OAK_KERNEL_TEXT], right[OAK_KERNEL_TEXT];
	snprintf(left, sizeof(left), "%.*s", (int)(strlen(a) - (inside ? strlen(fa) : 0)), a);
	snprintf(right, sizeof(right), "%.*s", (int)(strlen(b) - (inside ? strlen(fb) : 0)), b);
	return oak_evr_for_family(family)(left, right);
}

const struct oak_package *oak_kernel_not_booted(const struct oak_inventory *inventory)
{
	const struct oak_platform *platform = &inventory->node.platform;
	const struct oak_package *newest = NULL;
	char best[OAK_KERNEL_TEXT] = "", release[OAK_KERNEL_TEXT];
	if (!platform->kernel || strlen(platform->kernel) >= sizeof(best))
		return NULL;
	memcpy(best, platform->kernel, strlen(platform->kernel) + 1);
	for (size_t i = 0; i < inventory->packages.n; i++) {
		bool same;
		const struct oak_package *p = &inventory->packages.v[i];
		if (!oak_kernel_release(platform->family, p, release) ||
		    oak_kernel_compare(platform->family, release, best, &same) <= 0 || !same)
			continue;
		newest = p;
		memcpy(best, release, sizeof(best));
	}
	return newest;
}
