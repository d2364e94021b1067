/* SPDX-License-Identifier: MIT
 *
 * timerfd_gettime(2): zero when unarmed, the time left when armed, always relative, zero after a one-shot expired,
 * the interval for periodic ones; a fork shares the timer.
 */
#include "contract.h"

#include <sys/timerfd.h>

static void show_time(int fd, const char *when)
{
	struct itimerspec time;
	memset(&time, 0x55, sizeof(time));
	MUST(timerfd_gettime(fd, &time));
	long ms = time.it_value.tv_sec * 1000 + time.it_value.tv_nsec / 1000000;
	say("%s: left %s, interval %ld.%09ld\n", when,
	    ms == 0 && time.it_value.tv_nsec == 0 ? "none"
	    : ms > 5000 && ms <= 10000            ? "5 to 10 s"
	    : ms <= 2000                          ? "up to 2 s"
						  : "other",
	    (long)time.it_interval.tv_sec, time.it_interval.tv_nsec);
}

static int child(void *fd)
{
	show_time(*(int *)fd, "child");
	MUST(timerfd_settime(*(int *)fd, 0, &(struct itimerspec){ { 0, 0 }, { 10, 0 } }, NULL));
	return 0;
}

int main(void)
{
	int fd = (int)MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	show_time(fd, "fresh");
	MUST(timerfd_settime(fd, 0, &(struct itimerspec){ { 0, 0 }, { 10, 0 } }, NULL));
	show_time(fd, "ten seconds");
	MUST(timerfd_settime(fd, 0, &(struct itimerspec){ { 2, 5 }, { 1, 0 } }, NULL));
	show_time(fd, "periodic");
	struct timespec now;
	MUST(clock_gettime(CLOCK_MONOTONIC, &now));
	MUST(timerfd_settime(fd, TFD_TIMER_ABSTIME,
			     &(struct itimerspec){ { 0, 0 }, { now.tv_sec + 10, now.tv_nsec } }, NULL));
	show_time(fd, "absolute");
	MUST(timerfd_settime(fd, 0, &(struct itimerspec){ { 0, 0 }, { 0, 1000000 } }, NULL));
	sleep_ms(20);
	show_time(fd, "expired");
	run_child("child", child, &fd);
	show_time(fd, "set by the child");
	MUST(timerfd_settime(fd, 0, &(struct itimerspec){ 0 }, NULL));
	show_time(fd, "disarmed");
	CALL(timerfd_gettime(0, (struct itimerspec *)8));
	CALL(timerfd_gettime(99, (struct itimerspec *)8));
	CALL(timerfd_gettime(fd, (struct itimerspec *)8));
	return 0;
}
