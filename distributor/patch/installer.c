/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding one in the table of installers. */
#include "distributor/patch/installer.h"

#include "core/str.h"

const struct oak_installer *oak_installer_detect(const char *root, const char *family, struct oak_error *err)
{
	for (size_t i = 0; oak_installers[i]; i++)
		if (oak_installers[i]->detect(root, family ? family : ""))
			return oak_installers[i];
	oak_fail(err, OAK_UNSUPPORTED, "patch.no-installer", 0,
		 "no package manager for '%s': neither it nor this host has apt-get, dnf, yum or zypper for its packages", root);
	return NULL;
}

const struct oak_installer *oak_installer_find(const char *name)
{
	for (size_t i = 0; oak_installers[i]; i++)
		if (oak_streq(oak_installers[i]->name, name))
			return oak_installers[i];
	return NULL;
}
