/* SPDX-License-Identifier: MIT
 *
 * getgroups(2), setgroups(2): the count with size 0, all groups else, EINVAL when the room is short; they are
 * inherited, decide over group permissions, and only root may set them.
 */
#include "contract.h"

#include <grp.h>

static int normal_user(void *unused)
{
	gid_t groups[8];
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	SHOW(getgroups(8, groups));
	CALL(open("of-group-77", O_RDONLY));
	CALL(open("of-group-78", O_RDONLY));
	CALL(setgroups(1, groups));
	CALL(setgroups(0, NULL));
	return 0;
}

int main(void)
{
	gid_t groups[8] = { 0 }, set[] = { 77, 5, 9 };
	write_file("of-group-77", "x");
	write_file("of-group-78", "x");
	MUST(chown("of-group-77", 0, 77));
	MUST(chown("of-group-78", 0, 78));
	MUST(chmod("of-group-77", 0640));
	MUST(chmod("of-group-78", 0640));
	MUST(chmod(".", 0755));
	CALL(setgroups(3, set));
	CALL(getgroups(0, NULL));
	CALL(getgroups(0, groups));
	SHOW(groups[0]);
	CALL(getgroups(2, groups));
	CALL(getgroups(-1, groups));
	CALL(getgroups(3, groups));
	say("groups %u %u %u\n", groups[0], groups[1], groups[2]);
	CALL(syscall(SYS_getgroups, 8, 8L));
	run_child("normal user", normal_user, NULL);
	CALL(syscall(SYS_setgroups, 70000, set));
	CALL(syscall(SYS_setgroups, 2, 8L));
	CALL(setgroups(0, NULL));
	CALL(getgroups(8, groups));
	return 0;
}
