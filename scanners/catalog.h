/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Microsoft's catalogue for scans without a server, wsusscn2.cab: cabinets in a cabinet, one file for each facet of an update. */
#ifndef OAK_SCANNERS_CATALOG_H
#define OAK_SCANNERS_CATALOG_H

#include "baseline/inventory.h"

/* GUIDs are in lower case. Strings are in the catalogue's arena; NULL = the catalogue does not say. */
struct oak_catalog_update {
	int64_t revision_id; /* which joins the facets; of this catalogue alone */
	const char *id;      /* GUID */
	int revision;
	oak_time created;
	bool leaf, bundle, software;
	const char *action;                              /* DeploymentAction: "Bundle" "Evaluate"; NULL = install */
	const char *classification, *family;             /* GUIDs of categories */
	OAK_VEC(const char *) products;
	OAK_VEC(int64_t) superseded_by;                  /* revision ids */
	OAK_VEC(const char *) supersedes;                /* GUIDs */
	/* what it says of itself */
	const char *type;                                /* "Software" "Category" "Detectoid" "Driver" */
	const char *severity, *bulletin, *kb, *support_url; /* kb: digits */
	int64_t size;                                    /* MaxDownloadSize, -1 = not said */
	const char *title, *description;                 /* in English, else in the update's own language */
};

struct oak_catalog {
	OAK_VEC(struct oak_catalog_update) updates; /* in the order of package.xml */
};

/* Read the whole catalogue FILE into ARENA. Needs module "archive".
 * Errors: catalog.invalid, catalog.too-large, catalog.xml, unpack.broken (INVALID), file.open. */
int oak_catalog_load(struct oak_arena *arena, const char *file, struct oak_catalog *ret, struct oak_error *err) OAK_MUST_USE;

/* Is FILE a whole cabinet with a catalogue in it? Looks at its length and its index only. Errors as above. */
int oak_catalog_check(const char *file, struct oak_error *err) OAK_MUST_USE;

/* The update with this revision id; NULL = none. */
const struct oak_catalog_update *oak_catalog_find(const struct oak_catalog *catalog, int64_t revision_id);

/* Add to a recorded inventory of a Windows host the updates of its product that are not installed, as if a server had offered them.
 * A product is told by its name and build: without the update agent what an update asks of files and registry cannot be looked
 * at, which becomes a problem "catalog-by-product". */
void oak_catalog_offer(const struct oak_catalog *catalog, const char *file, struct oak_inventory *inventory);

#endif
