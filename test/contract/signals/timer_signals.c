/* SPDX-License-Identifier: MIT
 *
 * timer_create(2): a POSIX timer sends its signal with SI_TIMER, value and overrun count, to the process or to one
 * thread; gettime, settime with the old value, deletion, many timers, errors.
 */
#include "../contract.h"

enum { THREAD_ID = 4 };

static volatile sig_atomic_t runs;
static volatile long most_overruns;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_overrun > most_overruns)
		most_overruns = info->si_overrun;
	if (runs++ == 0)
		say("%s code %d value %d\n", signal_name(signal_number), info->si_code,
		    info->si_value.sival_int);
}

static long create(clockid_t clock, int notify, int signal_number, int value, int *timer)
{
	struct sigevent event = { .sigev_notify = notify,
				  .sigev_signo = signal_number,
				  .sigev_value.sival_int = value };
	return syscall(SYS_timer_create, clock, &event, timer);
}

static long set(int timer, long ms, long interval_ms)
{
	struct itimerspec time = { { interval_ms / 1000, interval_ms % 1000 * 1000000 },
				   { ms / 1000, ms % 1000 * 1000000 } };
	return syscall(SYS_timer_settime, timer, 0, &time, NULL);
}

int main(void)
{
	int timer = -1, other = -1;
	struct itimerspec left;
	catch_signal_info(SIGUSR1, handler, 0);
	CALL(create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 77, &timer));
	SHOW(timer);
	CALL(set(timer, 30, 0));
	while (!runs)
		pause();
	CALL(syscall(SYS_timer_getoverrun, timer));
	MUST(syscall(SYS_timer_gettime, timer, &left));
	SHOW(left.it_value.tv_sec + left.it_value.tv_nsec);
	block_signal(SIGUSR1);
	runs = 0;
	CALL(set(timer, 10, 10));
	sleep_ms(105);
	unblock_signal(SIGUSR1);
	IS(most_overruns >= 8 && most_overruns < 200);
	IS(syscall(SYS_timer_getoverrun, timer) >= 0);
	MUST(set(timer, 0, 0));
	MUST(set(timer, 10000, 3000));
	MUST(syscall(SYS_timer_settime, timer, 0, &(struct itimerspec){ 0 }, &left));
	IS(left.it_value.tv_sec == 9 && left.it_interval.tv_sec == 3);
	CALL(create(CLOCK_REALTIME, SIGEV_NONE, 0, 0, &other));
	CALL(set(other, 10, 0));
	sleep_ms(30);
	MUST(syscall(SYS_timer_gettime, other, &left));
	SHOW(left.it_value.tv_sec + left.it_value.tv_nsec);
	CALL(syscall(SYS_timer_delete, other));
	CALL(syscall(SYS_timer_delete, other));
	CALL(syscall(SYS_timer_settime, timer, 0, &(struct itimerspec){ { 0, 0 }, { 0, 1000000000 } }, NULL));
	CALL(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &other));
	CALL(create(999, SIGEV_SIGNAL, SIGUSR1, 0, &other));
	CALL(create(CLOCK_MONOTONIC, SIGEV_SIGNAL, 99, 0, &other));
	CALL(create(CLOCK_MONOTONIC, 77, SIGUSR1, 0, &other));
	CALL(syscall(SYS_timer_create, CLOCK_MONOTONIC, 8L, &other));
	CALL(set(99, 10, 0));
	return 0;
}
