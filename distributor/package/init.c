/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a first recipe. */
#include "distributor/package/init.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/init_aws.h"
#include "distributor/package/manifest.h"

static const char recipe_text[] =
	"# What the package is built from: oakum package build recipe.yaml --out out\n"
	"schema: oakum.recipe/1\n"
	"name: %s\n"
	"version: \"1.0.0\"\n"
	"publisher: Example\n"
	"description: An example; replace files and scripts by your own\n"
	"# script: install.sh does the work, as in AWS Distributor; going back runs scripts again.\n"
	"# tree: the files are the installation, switched at once; going back is exact.\n"
	"model: script\n"
	"targets:\n"
	"  - platform: _any            # or debian, ubuntu, redhat, amazon, suse, windows ...\n"
	"    version: _any             # as VERSION_ID of os-release; \"12\", \"8.*\"\n"
	"    arch: _any                # x86_64, arm64 ...\n"
	"    files:\n"
	"      - {from: files/hello.txt, to: hello.txt}\n"
	"    scripts:\n"
	"      install: scripts/install.sh\n"
	"      uninstall: scripts/uninstall.sh\n"
	"      update: scripts/update.sh\n"
	"      validate: scripts/validate.sh\n"
	"  - platform: windows\n"
	"    files:\n"
	"      - {from: files/hello.txt, to: hello.txt}\n"
	"    scripts:\n"
	"      install: scripts/install.ps1\n"
	"      uninstall: scripts/uninstall.ps1\n"
	"reboot: never\n"
	"timeouts: {install: 10m, uninstall: 10m}\n"
	"sbom: true\n"
	"provenance: true\n";

static const struct {
	const char *path, *text;
} examples[] = {
	{"files/hello.txt", "hello\n"},
	{"scripts/install.sh", "#!/bin/sh\n"
			       "# Runs in the unpacked package. 0 = done, 194 = done but for a reboot, anything else = failed.\n"
			       "set -eu\n"
			       "mkdir -p /opt/@NAME@\n"
			       "cp hello.txt /opt/@NAME@/hello.txt\n"},
	{"scripts/uninstall.sh", "#!/bin/sh\n"
				 "set -eu\n"
				 "rm -f /opt/@NAME@/hello.txt\n"
				 "rmdir /opt/@NAME@ 2>/dev/null || :\n"},
	{"scripts/update.sh", "#!/bin/sh\n"
			      "# In-place update: the new package's script, with the old version still there.\n"
			      "set -eu\n"
			      "mkdir -p /opt/@NAME@\n"
			      "cp hello.txt /opt/@NAME@/hello.txt\n"},
	{"scripts/validate.sh", "#!/bin/sh\n"
				"# 0 = the package is really there.\n"
				"test -f /opt/@NAME@/hello.txt\n"},
	{"scripts/install.ps1", "# Runs in the unpacked package. 0 = done, 3010 = done but for a reboot, anything else = failed.\n"
				"$ErrorActionPreference = 'Stop'\n"
				"New-Item -ItemType Directory -Force -Path \"$env:ProgramFiles\\@NAME@\" | Out-Null\n"
				"Copy-Item hello.txt \"$env:ProgramFiles\\@NAME@\\hello.txt\" -Force\n"
				"exit 0\n"},
	{"scripts/uninstall.ps1", "Remove-Item \"$env:ProgramFiles\\@NAME@\" -Recurse -Force -ErrorAction SilentlyContinue\n"
				  "exit 0\n"},
};
enum { EXAMPLES = sizeof(examples) / sizeof(*examples) };

int oak_init_write(struct oak_arena *arena, const char *dir, const char *path, const char *text, size_t n, struct oak_error *err)
{
	const char *full = oak_arena_printf(arena, "%s/%s", dir, path), *slash = strrchr(full, '/');
	if (oak_fs_exists(full))
		return oak_fail(err, OAK_CONFLICT, "init.exists", 0, "'%s' is there already (choose another folder)", full);
	if (oak_fs_mkdirs(oak_arena_strndup(arena, full, (size_t)(slash - full)), 0755, err) < 0)
		return -1;
	return oak_fs_write_atomic(full, text, n, 0644, err);
}

/* TEXT with NAME in place of its mark. */
static const char *with_name(struct oak_arena *arena, const char *text, const char *name)
{
	const char *mark;
	while ((mark = strstr(text, "@NAME@")))
		text = oak_arena_printf(arena, "%.*s%s%s", (int)(mark - text), text, name, mark + 6);
	return text;
}

static int write_examples(struct oak_arena *arena, const struct oak_recipe_init *init, const char *name, struct oak_error *err)
{
	const char *recipe = oak_arena_printf(arena, recipe_text, oak_init_quote(arena, name));
	for (size_t i = 0; i < EXAMPLES; i++)
		if (oak_fs_exists(oak_arena_printf(arena, "%s/%s", init->dir, examples[i].path)))
			return oak_fail(err, OAK_CONFLICT, "init.exists", 0, "'%s/%s' is there already (choose another folder)", init->dir, examples[i].path);
	for (size_t i = 0; i < EXAMPLES; i++) {
		const char *text = with_name(arena, examples[i].text, name);
		if (oak_init_write(arena, init->dir, examples[i].path, text, strlen(text), err) < 0)
			return -1;
	}
	return oak_init_write(arena, init->dir, "recipe.yaml", recipe, strlen(recipe), err);
}

const char *oak_init_quote(struct oak_arena *arena, const char *text)
{
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 1 << 20);
	oak_buf_addc(&out, '"');
	for (const char *p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			oak_buf_addc(&out, '\\');
		if ((unsigned char)*p < 0x20)
			oak_buf_addf(&out, "\\x%02x", (unsigned)*p);
		else
			oak_buf_addc(&out, *p);
	}
	oak_buf_addc(&out, '"');
	return oak_arena_strdup(arena, oak_buf_text(&out));
}

int oak_recipe_init(struct oak_arena *arena, const struct oak_recipe_init *init, struct oak_recipe_inited *ret, struct oak_error *err)
{
	const struct oak_manifest none = {0};
	if (oak_fs_exists(oak_arena_printf(arena, "%s/recipe.yaml", init->dir)))
		return oak_fail(err, OAK_CONFLICT, "init.exists", 0, "'%s/recipe.yaml' is there already (choose another folder)", init->dir);
	if (init->aws)
		return oak_init_from_aws(arena, init, ret, err);
	if (!init->dry_run && oak_fs_mkdirs(init->dir, 0755, err) < 0)
		return -1;
	char *real = realpath(init->dir, NULL);
	ret->name = oak_manifest_name(arena, &none, init->name, real ? real : init->dir);
	free(real);
	if (!ret->name)
		return oak_fail(err, OAK_INVALID, "package.name", 0, "'%s' is no name for a package: letters, digits, . _ + - (give --name)",
				init->name ? init->name : init->dir);
	return init->dry_run ? 0 : write_examples(arena, init, ret->name, err);
}
