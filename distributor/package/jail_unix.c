/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landlock, another user and a seccomp filter, as far as the kernel has them. */
#include "distributor/package/jail.h"

#include <grp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/limit.h"

#ifdef __linux__
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#endif

enum { NOBODY = 65534, CPU_S = 3600 };
static const uint64_t MEMORY = 1 << 30; /* the largest zstd window is 128 MiB */

#ifdef __linux__
/* Every right on files is handled, and none is given: no path can be opened any more. */
static unsigned give_up_files(void)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return 0;
	long rc = syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return rc == 0 ? OAK_JAIL_FILES : 0;
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
#define LET(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Reading, writing and memory; anything else is answered "not permitted". */
static unsigned give_up_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		LET(read), LET(pread64), LET(write), LET(writev), LET(lseek), LET(fstat), LET(brk), LET(mmap), LET(munmap), LET(mremap),
		LET(mprotect), LET(madvise), LET(futex), LET(exit), LET(exit_group), LET(rt_sigreturn), LET(rt_sigprocmask),
		LET(getrandom), LET(clock_gettime), LET(close), LET(newfstatat), LET(sched_yield), LET(restart_syscall), LET(getpid),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(*filter), .filter = filter};
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? OAK_JAIL_CALLS : 0;
}
#else
static unsigned give_up_calls(void)
{
	return 0;
}
#endif
#else
static unsigned give_up_files(void)
{
	return 0;
}
static unsigned give_up_calls(void)
{
	return 0;
}
#endif

static unsigned give_up_user(void)
{
	if (geteuid() != 0)
		return 0;
	return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0 ? OAK_JAIL_USER : 0;
}

unsigned oak_jail_enter(void)
{
	unsigned jail = 0;
	oak_limit(RLIMIT_CORE, 0);
	oak_limit(RLIMIT_CPU, CPU_S);
	oak_limit(RLIMIT_FSIZE, 0);
#ifdef __linux__
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	jail |= give_up_files();
	jail |= give_up_user();
	if (!OAK_SANITIZED) { /* the sanitizers need more of both */
		oak_limit(RLIMIT_AS, MEMORY);
		jail |= give_up_calls();
	}
	return jail;
}

const char *oak_jail_text(unsigned jail)
{
	static const char *const texts[] = {
		"unpacked by a child with the caller's rights: this system has neither Landlock nor seccomp",
		"unpacked by a child of another user; no Landlock, no seccomp here",
		"unpacked by a child that cannot open files; no seccomp here",
		"unpacked by a child of another user that cannot open files; no seccomp here",
		"unpacked by a child with few system calls; no Landlock here",
		"unpacked by a child of another user with few system calls; no Landlock here",
		"unpacked by a child that cannot open files, with few system calls",
		"unpacked by a child of another user that cannot open files, with few system calls",
	};
	return texts[jail & 7];
}
