/* SPDX-License-Identifier: MIT
 *
 * proc(5), ptrace(2) "Ptrace access mode checking": who may look into a process. Root's files are closed to others; a process that
 * changed its ids is not dumpable, so its files are root's until it says otherwise; credentials.
 */
#include "proc_text.h"

#include <sys/prctl.h>

static pid_t parent;

static void try_open(pid_t pid, const char *name, int flags)
{
	char path[64], link[256];
	struct stat status;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	errno = 0;
	int fd = open(path, flags);
	say("%s: %s", name, fd < 0 ? errno_name(errno) : "opened");
	if (fd >= 0)
		close(fd);
	if (lstat(path, &status) == 0)
		say(", mode 0%o, owner %s\n", status.st_mode, status.st_uid ? "other" : "root");
	else
		say(", no attributes: %s\n", errno_name(errno));
	if (S_ISLNK(status.st_mode))
		say("  link: %s\n", readlink(path, link, sizeof(link)) < 0 ? errno_name(errno) : "read");
}

static void try_all(pid_t pid)
{
	static const char *const names[] = { "stat", "status",  "cmdline",      "environ", "maps",
					     "mem",  "auxv",    "limits",       "fd",      "fd/0",
					     "exe",  "cwd",     "root",         "ns",      "ns/mnt",
					     "comm", "syscall", "oom_score_adj" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		try_open(pid, names[i], O_RDONLY);
	try_open(pid, "comm", O_WRONLY);
}

static int as_user(void *unused)
{
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	say("the parent's, as user\n");
	try_all(parent);
	SHOW(prctl(PR_GET_DUMPABLE));
	say("own, not dumpable\n");
	try_all(getpid());
	MUST(prctl(PR_SET_DUMPABLE, 1));
	say("own, dumpable\n");
	try_all(getpid());
	CALL(open("/proc/sys/kernel/hostname", O_WRONLY));
	return 0;
}

int main(void)
{
	parent = getpid();
	run_child("child", as_user, NULL);
	say("own, as root\n");
	try_all(getpid());
	CALL(open("/proc/self/stat", O_WRONLY) >= 0);
	return 0;
}
