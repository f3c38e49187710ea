/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core's headers for C++: a function and a struct of one name are fine in C, a hidden constructor here. */
#ifndef OAK_SCANNERS_DPKG_C_CORE_HH
#define OAK_SCANNERS_DPKG_C_CORE_HH

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "core/exec.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "scanners/scanner.h"
}
#pragma GCC diagnostic pop

#endif
