/* SPDX-License-Identifier: MIT
 *
 * unshare(CLONE_NEWNS) and clone(CLONE_NEWNS): what is mounted on one side is not seen on the other, by absolute and by
 * relative names alike, for root, working directory and a directory below a mount.
 */
#include "contract.h"

#include <sys/mount.h>

static char here[256], name[300];

static const char *absolute(const char *last)
{
	snprintf(name, sizeof(name), "%s/%s", here, last);
	return name;
}

static int apart(void *unused)
{
	(void)unused;
	CALL(unshare(CLONE_NEWNS));
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	CALL(mount("none", "place", "tmpfs", 0, NULL));
	MUST(mkdir("place/inside", 0755));
	CALL(access("place/inside", F_OK));
	CALL(access(absolute("place/inside"), F_OK));
	CALL(chdir("place/inside"));
	CALL(access("../../before/kept", F_OK));
	CALL(umount("../../before"));
	CALL(access("../../before/kept", F_OK));
	return 0;
}

static int inside_a_mount(void *unused)
{
	(void)unused;
	char text[300];
	CALL(chdir("before/kept"));
	CALL(unshare(CLONE_NEWNS | CLONE_FS));
	IS(strstr(getcwd(text, sizeof(text)), "/before/kept"));
	CALL(access("../../place", F_OK));
	CALL(mount("none", "../..", "tmpfs", 0, NULL));
	CALL(access("../../place", F_OK));
	CALL(access(absolute("before"), F_OK));
	return 0;
}

static int cloned_body(void)
{
	CALL(mount("none", "place", "tmpfs", 0, NULL));
	MUST(mkdir("place/clone", 0755));
	CALL(access(absolute("place/clone"), F_OK));
	return 3;
}

static void cloned(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	if (!child)
		_exit(cloned_body());
	reap("cloned", child);
}

static int checks(void *unused)
{
	(void)unused;
	CALL(syscall(SYS_clone, CLONE_NEWNS | CLONE_FS | SIGCHLD, 0, 0, 0, 0));
	MUST(setuid(1000));
	CALL(unshare(CLONE_NEWNS));
	return 0;
}

int main(void)
{
	MUST(getcwd(here, sizeof(here)) ? 0 : -1);
	MUST(mkdir("place", 0755));
	MUST(mkdir("before", 0755));
	MUST(mount("none", "before", "tmpfs", 0, NULL));
	MUST(mkdir("before/kept", 0755));
	run_child("apart", apart, NULL);
	CALL(access("place/inside", F_OK));
	CALL(access("before/kept", F_OK));
	run_child("inside a mount", inside_a_mount, NULL);
	CALL(access("place", F_OK));
	cloned();
	CALL(access("place/clone", F_OK));
	run_child("checks", checks, NULL);
	CALL(umount("before"));
	return 0;
}
