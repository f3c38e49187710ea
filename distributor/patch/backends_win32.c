/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The installers of Windows hosts, in order of detection. */
#include "distributor/patch/backends.h"

#include <stddef.h>

const struct oak_installer *const oak_installers[] = {&oak_installer_wua, NULL};
