/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard between apt and dpkg: a script that compares what dpkg is about to do with the plan, then asks us. */
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/apt.h"

enum { SCRIPT_MAX = 16 * 1024 * 1024 };

const char oak_apt_guard_words[] = "the plan does not say";

/* apt's protocol, version 3: its settings up to an empty line, then "name old arch multi-arch < new arch multi-arch what". */
static const char head[] = "#!/bin/sh\n"
			   "# Made by oakum: apt may go on with what the plan says, and with nothing else.\n"
			   "plan='\n";
static const char tail[] = "'\n"
			   "while read -r line && [ -n \"$line\" ]; do :; done\n"
			   "while read -r name old oldarch oldmulti way new arch multi what; do\n"
			   "\tcase $what in\n"
			   "\t'**CONFIGURE**') continue ;;\n"
			   "\t'**REMOVE**') new=- arch=$oldarch ;;\n"
			   "\tesac\n"
			   "\tcase $plan in\n"
			   "\t*\"\n$name $new $arch\n\"*) ;;\n"
			   "\t*)\n"
			   "\t\techo \"E: the package manager would change '$name' from $old to $new, which %s\" >&2\n"
			   "\t\texit 1 ;;\n"
			   "\tesac\n"
			   "done\n"
			   "echo ready >&8 && read -r answer <&9 && [ \"$answer\" = go ]\n";
_Static_assert(OAK_TOOL_ASK_FD == 8 && OAK_TOOL_ANSWER_FD == 9, "as the script has them");

/* Names, versions and architectures go into a script: nothing else than their own characters. */
static int check_word(const char *word, struct oak_error *err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-~:_^";
	if (word && *word && strspn(word, good) == strlen(word))
		return 0;
	return oak_fail(err, OAK_INVALID, "patch.name", 0, "'%s' is no name, version or architecture of a package", word ? word : "");
}

static int write_script(struct oak_action_list actions, const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, SCRIPT_MAX);
	oak_buf_adds(&text, head);
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *to = a->kind == OAK_ACTION_REMOVE ? "-" : a->to, *arch = a->arch ? a->arch : "all";
		if (check_word(a->name, err) < 0 || check_word(to, err) < 0 || check_word(arch, err) < 0)
			return -1;
		oak_buf_addf(&text, "%s %s %s\n", a->name, to, arch);
	}
	oak_buf_addf(&text, tail, oak_apt_guard_words);
	if (oak_fs_write_atomic(path, oak_buf_text(&text), text.n, 0700, err) < 0)
		return -1;
	return chmod(path, 0700) < 0 ? oak_fail_errno(err, "file.write", "cannot make '%s' executable", path) : 0;
}

int oak_apt_guard(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char **ret_path,
		  struct oak_error *err)
{
	const char *path, *seen; /* apt runs it below the root, whichever apt it is */
	if (oak_tool_scratch(host, "guard", true, argv->arena, &path, &seen, err) < 0)
		return -1;
	*ret_path = path;
	oak_argv_add(argv, "-o");
	oak_argv_addf(argv, "DPkg::Pre-Install-Pkgs::=%s/guard", seen);
	oak_argv_add(argv, "-o");
	oak_argv_addf(argv, "DPkg::Tools::Options::%s/guard::Version=3", seen);
	oak_argv_add_all(argv, (const char *const[]){"-o", "APT::Keep-Fds::=8", "-o", "APT::Keep-Fds::=9", NULL});
	return write_script(actions, oak_arena_printf(argv->arena, "%s/guard", path), err);
}
