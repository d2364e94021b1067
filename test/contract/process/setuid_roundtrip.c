/* SPDX-License-Identifier: MIT
 *
 * setuid(2), setgid(2): setting one's own id is no change; root's setuid changes all three for good; afterwards
 * files and signals of others are refused.
 */
#include "contract.h"

static int normal_user(void *root_child)
{
	CALL(setgid(1000));
	CALL(setuid(1000));
	say("%u %u %u %u\n", getuid(), geteuid(), getgid(), getegid());
	CALL(setuid(0));
	CALL(seteuid(0));
	CALL(setgid(0));
	CALL(setuid(1000));
	CALL(open("secret", O_RDONLY));
	CALL(access("secret", R_OK));
	CALL(open("public", O_RDONLY));
	CALL(open("public", O_RDWR));
	CALL(open("new", O_WRONLY | O_CREAT, 0600));
	CALL(kill(*(pid_t *)root_child, SIGTERM));
	CALL(kill(*(pid_t *)root_child, 0));
	CALL(chown("public", 1000, 1000));
	CALL(chmod("public", 0777));
	CALL(unlink("public"));
	CALL(mkdir("/contract-must-not-be", 0700));
	return 0;
}

int main(void)
{
	CALL(setuid(getuid()));
	CALL(setgid(getgid()));
	CALL(setuid((uid_t)-1));
	CALL(setgid((gid_t)-1));
	write_file("secret", "s");
	write_file("public", "p");
	MUST(chmod("secret", 0600));
	MUST(chmod("public", 0644));
	MUST(chmod(".", 0755));
	pid_t sleeper = start(sleep_forever, NULL);
	run_child("normal user", normal_user, &sleeper);
	MUST(kill(sleeper, SIGKILL));
	reap("sleeper", sleeper);
	return 0;
}
