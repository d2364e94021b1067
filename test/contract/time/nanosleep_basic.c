/* SPDX-License-Identifier: MIT
 *
 * nanosleep(2): 50 ms last at least 50 ms, bad times are EINVAL, a handler interrupts it with the rest stored,
 * a stop and continue do not, and SA_RESTART does not restart it.
 */
#include "contract.h"

static void handler(int signal_number)
{
	(void)signal_number;
}

static int poker(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	return 0;
}

static int sleeper(void *unused)
{
	struct timespec time = { 1, 0 };
	(void)unused;
	long before = now_ms();
	CALL(nanosleep(&time, NULL));
	IS(now_ms() - before >= 1000);
	return 0;
}

int main(void)
{
	struct timespec time = { 0, 50000000 }, left = { -7, -7 };
	long before = now_ms();
	CALL(nanosleep(&time, &left));
	IS(now_ms() - before >= 50);
	SHOW(left.tv_sec);
	CALL(nanosleep(&(struct timespec){ 0, 1000000000 }, NULL));
	CALL(nanosleep(&(struct timespec){ -1, 0 }, NULL));
	CALL(nanosleep(&(struct timespec){ 0, -1 }, NULL));
	CALL(nanosleep(&(struct timespec){ 0, 0 }, NULL));
	CALL(syscall(SYS_nanosleep, 8L, NULL));
	catch_signal(SIGUSR1, handler, SA_RESTART);
	pid_t child = start(poker, NULL);
	CALL(nanosleep(&(struct timespec){ 30, 0 }, &left));
	IS(left.tv_sec >= 20 && left.tv_sec < 30 && left.tv_nsec >= 0 && left.tv_nsec < 1000000000);
	reap("poker", child);
	child = start(sleeper, NULL);
	wait_until_asleep(child);
	int status;
	MUST(kill(child, SIGSTOP));
	MUST(waitpid(child, &status, WUNTRACED));
	show_status("stopped", status);
	MUST(kill(child, SIGCONT));
	reap("sleeper", child);
	return 0;
}
