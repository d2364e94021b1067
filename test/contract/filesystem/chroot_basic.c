/* SPDX-License-Identifier: MIT
 *
 * chroot(2): absolute paths and absolute links start at the new root, ".." stops there, the old working directory
 * stays outside, getcwd says so; normal users may not.
 */
#include "contract.h"

static int inside(void *unused)
{
	char text[64], cwd[256];
	(void)unused;
	CALL(chroot("jail"));
	CALL(access("/inner", F_OK));
	CALL(access("/jail", F_OK));
	CALL(access("jail", F_OK));
	CALL(syscall(SYS_getcwd, cwd, sizeof(cwd)) > 0);
	IS(strncmp(cwd, "(unreachable)", 13) == 0);
	CALL(chdir("/"));
	CALL(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd);
	CALL(access("..", F_OK));
	CALL(access("../../inner", F_OK));
	read_file("/absolute-link", text, sizeof(text));
	TEXT(text);
	CALL(chdir("/sub"));
	CALL(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd);
	CALL(access("/proc/self", F_OK));
	CALL(mkdir("/made", 0755));
	MUST(setuid(1000));
	CALL(chroot("/sub"));
	return 0;
}

int main(void)
{
	MUST(mkdir("jail", 0755));
	MUST(mkdir("jail/sub", 0755));
	write_file("jail/inner", "in the jail");
	MUST(symlink("/inner", "jail/absolute-link"));
	run_child("inside", inside, NULL);
	CALL(access("jail/made", F_OK));
	CALL(access("/proc/self", F_OK));
	CALL(chroot("none"));
	CALL(chroot("jail/inner"));
	CALL(chroot((char *)8));
	return 0;
}
