/* SPDX-License-Identifier: MIT
 *
 * setresuid(2), setreuid(2), setuid(2), setfsuid(2): the three ids and the rules which of them a process without
 * privilege may set; -1 leaves a field.
 */
#include "contract.h"

#include <sys/fsuid.h>

static void show_ids(const char *when)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;
	MUST(getresuid(&r, &e, &s));
	MUST(getresgid(&rg, &eg, &sg));
	say("%s: uid %u %u %u gid %u %u %u\n", when, r, e, s, rg, eg, sg);
}

static int drops_and_returns(void *unused)
{
	(void)unused;
	CALL(setresgid(10, 20, 30));
	CALL(setresuid(1, 2, 3));
	show_ids("all different");
	CALL(setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
	CALL(setresuid(0, (uid_t)-1, (uid_t)-1));
	CALL(setresuid(3, 1, 2));
	show_ids("rotated");
	CALL(setresuid((uid_t)-1, 3, (uid_t)-1));
	CALL(setuid(2));
	show_ids("setuid to the saved id");
	CALL(setuid(7));
	CALL(setresgid(20, 30, 10));
	CALL(setresgid(0, (gid_t)-1, (gid_t)-1));
	CALL(setgid(30));
	show_ids("groups");
	return 0;
}

static int saved_root(void *unused)
{
	(void)unused;
	CALL(seteuid(1000));
	show_ids("effective 1000");
	CALL(open("/proc/1/mem", O_RDONLY));
	CALL(seteuid(0));
	show_ids("root again");
	CALL(setreuid(5, 6));
	show_ids("setreuid");
	CALL(setreuid((uid_t)-1, 0));
	CALL(setreuid(6, 5));
	show_ids("swapped");
	return 0;
}

int main(void)
{
	show_ids("at first");
	run_child("drops", drops_and_returns, NULL);
	run_child("saved", saved_root, NULL);
	SHOW(setfsuid(1000));
	SHOW(setfsuid((uid_t)-1));
	SHOW(setfsuid(0));
	SHOW(setfsgid(7));
	SHOW(setfsgid(0));
	CALL(syscall(SYS_getresuid, 8L, 8L, 8L));
	show_ids("at last");
	return 0;
}
