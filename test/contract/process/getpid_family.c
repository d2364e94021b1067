/* SPDX-License-Identifier: MIT
 *
 * getpid(2), getppid(2), gettid(2): stable over calls, right in children at once (no cached value, also for
 * vfork and clone), and an orphan is adopted by the subreaper or process 1.
 */
#include "contract.h"

#include <sys/prctl.h>

static pid_t parent;
static volatile pid_t seen;

static int child(void *unused)
{
	(void)unused;
	IS(getppid() == parent);
	IS(getpid() != parent && syscall(SYS_getpid) == getpid());
	IS(syscall(SYS_gettid) == getpid());
	return 0;
}

static int orphan(void *gate)
{
	char byte;
	pid_t before = getppid();
	IS(before != parent);
	write_file("started", "");
	while (getppid() == before)
		sleep_ms(1);
	MUST(read(*(int *)gate, &byte, 1));
	IS(getppid() == parent);
	return 6;
}

static int leaves_an_orphan(void *gate)
{
	start(orphan, gate);
	while (access("started", F_OK) == -1)
		sleep_ms(1);
	return 5;
}

int main(void)
{
	int changed = 0, gate[2];
	parent = getpid();
	IS(parent > 1);
	IS(getppid() > 0 && getppid() != parent);
	for (int i = 0; i < 1000; i++)
		changed += getpid() != parent || syscall(SYS_getpid) != parent ||
			   syscall(SYS_gettid) != parent;
	SHOW(changed);
	run_child("child", child, NULL);
	pid_t vforked = vfork();
	if (vforked == 0) {
		seen = (pid_t)syscall(SYS_getpid);
		_exit(0);
	}
	IS(seen == vforked);
	reap("vforked", vforked);
	IS(syscall(SYS_getpid) == parent);
	MUST(pipe(gate));
	CALL(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	run_child("middle", leaves_an_orphan, &gate[0]);
	MUST(write(gate[1], "x", 1));
	reap("orphan", -1);
	CALL(wait(NULL));
	return 0;
}
