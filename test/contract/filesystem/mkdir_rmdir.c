/* SPDX-License-Identifier: MIT
 *
 * mkdir(2), rmdir(2): EEXIST, ENOTEMPTY, ENOENT and the rest of their errors; dots, trailing slashes, long names,
 * a normal user's rights, set-group-ID inheritance and the parent's times.
 */
#include "contract.h"

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	CALL(mkdir("mine", 0755));
	CALL(mkdir("open/mine", 0755));
	CALL(rmdir("open/roots"));
	CALL(rmdir("sticky/roots"));
	CALL(mkdir("sticky/mine", 0755));
	CALL(rmdir("sticky/mine"));
	CALL(rename("sticky/roots", "sticky/stolen"));
	return 0;
}

int main(void)
{
	char name[300];
	struct stat before, after;
	CALL(mkdir("a", 0755));
	CALL(mkdir("a", 0755));
	CALL(mkdir("a/b/c", 0755));
	CALL(mkdir("a/b", 0755));
	CALL(mkdir("a/d/", 0755));
	CALL(rmdir("a"));
	CALL(rmdir("a/."));
	CALL(rmdir("a/b/.."));
	CALL(rmdir("a/d/"));
	CALL(rmdir("a/b"));
	MUST(stat(".", &before));
	sleep_ms(20);
	CALL(rmdir("a"));
	MUST(stat(".", &after));
	IS(before.st_nlink == after.st_nlink + 1);
	IS(before.st_mtim.tv_nsec != after.st_mtim.tv_nsec);
	CALL(rmdir("a"));
	write_file("file", "x");
	CALL(rmdir("file"));
	CALL(mkdir("file/x", 0755));
	CALL(mkdir("", 0755));
	CALL(mkdir("/", 0755));
	CALL(rmdir("/"));
	CALL(rmdir("/proc"));
	memset(name, 'n', sizeof(name));
	name[255] = 0;
	CALL(mkdir(name, 0755));
	CALL(rmdir(name));
	name[255] = 'n';
	name[256] = 0;
	CALL(mkdir(name, 0755));
	MUST(mkdir("group", 0755));
	MUST(chown("group", 0, 55));
	MUST(chmod("group", 02755));
	MUST(mkdir("group/sub", 0755));
	MUST(stat("group/sub", &after));
	say("0%o group %u\n", after.st_mode, after.st_gid);
	MUST(chmod(".", 0755));
	MUST(mkdir("open", 0777) | mkdir("sticky", 0777) | chmod("open", 0777) | chmod("sticky", 01777));
	MUST(mkdir("open/roots", 0755) | mkdir("sticky/roots", 0755));
	run_child("normal user", normal_user, NULL);
	return 0;
}
