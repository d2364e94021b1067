/* SPDX-License-Identifier: MIT
 *
 * unshare(2), setns(2), namespaces(7): a new UTS namespace starts as a copy and is left alone by the old one; the
 * links in /proc/self/ns tell them apart; setns goes back; unprivileged and unknown requests are refused.
 */
#include "contract.h"

static void host_name(const char *who)
{
	char name[65];
	MUST(gethostname(name, sizeof(name)));
	say("%s: %s\n", who, name);
}

static int child(void *unused)
{
	struct stat before, after;
	(void)unused;
	MUST(stat("/proc/self/ns/uts", &before));
	int old = (int)MUST(open("/proc/self/ns/uts", O_RDONLY));
	CALL(unshare(CLONE_NEWUTS));
	MUST(stat("/proc/self/ns/uts", &after));
	IS(before.st_ino != after.st_ino);
	host_name("child at first");
	CALL(sethostname("inner", 5));
	host_name("child");
	CALL(setns(old, CLONE_NEWNS));
	CALL(setns(old, CLONE_NEWUTS));
	host_name("child back");
	MUST(stat("/proc/self/ns/uts", &after));
	IS(before.st_ino == after.st_ino);
	CALL(setns(0, CLONE_NEWUTS));
	return 0;
}

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(unshare(CLONE_NEWUTS));
	CALL(unshare(CLONE_FILES));
	CALL(unshare(CLONE_FS));
	return 0;
}

int main(void)
{
	char link[64] = { 0 };
	MUST(unshare(CLONE_NEWUTS));
	MUST(sethostname("outer", 5));
	CALL(unshare(0));
	MUST(readlink("/proc/self/ns/uts", link, sizeof(link) - 1));
	IS(strncmp(link, "uts:[", 5) == 0);
	run_child("child", child, NULL);
	host_name("parent");
	run_child("normal user", normal_user, NULL);
	CALL(unshare(0x40));
	CALL(unshare(CLONE_VM));
	CALL(unshare(CLONE_THREAD));
	return 0;
}
