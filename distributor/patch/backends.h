/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The installers that are linked in. */
#ifndef OAK_DISTRIBUTOR_PATCH_BACKENDS_H
#define OAK_DISTRIBUTOR_PATCH_BACKENDS_H

#include "distributor/patch/installer.h"

extern const struct oak_installer oak_installer_apt, oak_installer_dnf, oak_installer_zypper, oak_installer_wua;

#endif
