/* SPDX-License-Identifier: MIT
 *
 * getuid(2), credentials(7): real and effective ids, over fork and over exec of a set-user-ID and set-group-ID
 * program, and not when exec is told no_new_privs. The program executes a copy of itself.
 */
#include "contract.h"

#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/prctl.h>

static void copy_self(const char *path)
{
	static char buffer[1 << 20];
	int from = (int)MUST(open("/proc/self/exe", O_RDONLY));
	int to = (int)MUST(open(path, O_WRONLY | O_CREAT, 0755));
	long count = MUST(read(from, buffer, sizeof(buffer)));
	MUST(write(to, buffer, (size_t)count));
	MUST(close(from));
	MUST(close(to));
}

static int executes(void *quiet)
{
	MUST(setresgid(200, 200, 200));
	MUST(setresuid(1000, 1000, 1000));
	if (quiet)
		MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	execl("./copy", "copy", "show", (char *)NULL);
	say("exec: %s\n", errno_name(errno));
	return 1;
}

static int show(void)
{
	uid_t saved, unused;
	MUST(getresuid(&unused, &unused, &saved));
	say("uid %u euid %u suid %u gid %u egid %u secure %lu\n", getuid(), geteuid(), saved, getgid(),
	    getegid(), getauxval(AT_SECURE));
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return show();
	show();
	pid_t child = fork();
	if (child == 0)
		_exit(show());
	reap("fork", child);
	MUST(mkdir("suid", 0755));
	MUST(mount("tmpfs", "suid", "tmpfs", 0, "mode=0755"));
	MUST(chdir("suid"));
	copy_self("copy");
	run_child("plain", executes, NULL);
	MUST(chown("copy", 33, 44));
	MUST(chmod("copy", 04755));
	run_child("set-user-ID", executes, NULL);
	MUST(chmod("copy", 02755));
	run_child("set-group-ID", executes, NULL);
	MUST(chmod("copy", 06755));
	run_child("both", executes, NULL);
	run_child("both with no_new_privs", executes, "quiet");
	MUST(chmod("copy", 02745));
	run_child("set-group-ID without group execution", executes, NULL);
	MUST(chdir(".."));
	CALL(mount(NULL, "suid", NULL, MS_REMOUNT | MS_NOSUID, NULL));
	MUST(chdir("suid"));
	MUST(chmod("copy", 06755));
	run_child("on a nosuid mount", executes, NULL);
	MUST(chdir(".."));
	CALL(umount("suid"));
	return 0;
}
