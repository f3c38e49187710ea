#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command with the path of an empty folder as its last word, and removes the folder afterwards.
set -eu
folder=$(mktemp -d "${TMPDIR:-/tmp}/oakum-test.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$@" "$folder"
