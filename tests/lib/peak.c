/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run a command and print the most private memory, in MiB, that it and its children had together: peak COMMAND… */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long private_of(long pid)
{
	char path[64], line[256];
	long sum = 0, kb;
	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_Clean: %ld", &kb) == 1 || sscanf(line, "Private_Dirty: %ld", &kb) == 1)
			sum += kb;
	if (f)
		fclose(f);
	return sum;
}

static long tree(long pid)
{
	char path[64];
	long sum = private_of(pid), child;
	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
	FILE *f = fopen(path, "r");
	while (f && fscanf(f, "%ld", &child) == 1)
		sum += tree(child);
	if (f)
		fclose(f);
	return sum;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	long most = 0;
	int status;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		long now = tree(pid);
		most = now > most ? now : most;
		nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	printf("%.1f\n", (double)most / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
