/* SPDX-License-Identifier: MIT
 *
 * signal(7), "Interruption of system calls": a read of an empty pipe gives EINTR after a handler without
 * SA_RESTART and goes on with it; likewise wait4, a locked flock and open of a fifo.
 */
#include "contract.h"

#include <sys/file.h>

static volatile sig_atomic_t runs;
static int data[2];

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

/* Interrupts the parent once, then gives it what it waits for. */
static int poker(void *give)
{
	pid_t parent = getppid();
	wait_until_asleep(parent);
	MUST(kill(parent, SIGUSR1));
	sleep_ms(20);
	wait_until_asleep(parent);
	if (give)
		MUST(write(data[1], "x", 1));
	return 5;
}

static int lock_holder(void *file)
{
	pid_t parent = getppid();
	MUST(flock(*(int *)file, LOCK_EX));
	MUST(write(data[1], "l", 1));
	wait_until_asleep(parent);
	MUST(kill(parent, SIGUSR1));
	sleep_ms(20);
	wait_until_asleep(parent);
	return 6;
}

static void with_flags(int flags)
{
	char byte;
	say("flags 0x%x\n", (unsigned)flags);
	catch_signal(SIGUSR1, handler, flags);
	pid_t child = start(poker, flags ? data : NULL);
	CALL(read(data[0], &byte, 1));
	reap("poker", child);
	child = start(poker, NULL);
	int status = 0;
	DOES(wait4(child, &status, 0, NULL));
	if (!flags)
		reap("poker", child);
	else
		show_status("status", status);
	int mine = (int)MUST(open("lock", O_RDWR | O_CREAT, 0600));
	int its = (int)MUST(open("lock", O_RDWR));
	child = start(lock_holder, &its);
	MUST(close(its));
	MUST(read(data[0], &byte, 1));
	CALL(flock(mine, LOCK_EX));
	reap("holder", child);
	MUST(close(mine));
	SHOW(runs);
}

int main(void)
{
	MUST(pipe(data));
	with_flags(0);
	with_flags(SA_RESTART);
	return 0;
}
