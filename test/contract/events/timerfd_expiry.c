/* SPDX-License-Identifier: MIT
 *
 * timerfd_create(2): one-shot and periodic expiry, counts that add up unread, absolute times, blocking read,
 * readiness, interruption, argument errors.
 */
#include "contract.h"

#include <poll.h>
#include <sys/timerfd.h>

int main(void)
{
	uint64_t count = 0;
	struct itimerspec time = { { 0, 0 }, { 0, 50000000 } };
	int fd = (int)CALL(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	CALL(read(fd, &count, 8));
	CALL(poll(&poll_fd, 1, 0));
	long before = now_ms();
	CALL(timerfd_settime(fd, 0, &time, NULL));
	CALL(poll(&poll_fd, 1, 10000));
	IS(now_ms() - before >= 50);
	CALL(read(fd, &count, 8));
	SHOW(count);
	CALL(read(fd, &count, 8));
	CALL(poll(&poll_fd, 1, 60));
	time = (struct itimerspec){ { 0, 10000000 }, { 0, 10000000 } };
	CALL(timerfd_settime(fd, 0, &time, NULL));
	sleep_ms(105);
	CALL(read(fd, &count, 8));
	IS(count >= 10 && count < 200);
	MUST(fcntl(fd, F_SETFL, 0));
	CALL(read(fd, &count, 8));
	IS(count >= 1 && count < 100);
	CALL(timerfd_settime(fd, 0, &(struct itimerspec){ 0 }, &time));
	SHOW(time.it_interval.tv_nsec);
	do { /* a system may be up for less than the second that is taken off here */
		sleep_ms(20);
		MUST(clock_gettime(CLOCK_MONOTONIC, &time.it_value));
	} while (time.it_value.tv_sec < 2);
	time.it_value.tv_sec -= 1;
	time.it_interval = (struct timespec){ 0, 250000000 };
	CALL(timerfd_settime(fd, TFD_TIMER_ABSTIME, &time, NULL));
	CALL(read(fd, &count, 8));
	IS(count >= 4 && count < 40);
	CALL(read(fd, &count, 4));
	CALL(read(fd, (void *)8, 8));
	CALL(timerfd_settime(fd, 0, &(struct itimerspec){ { 0, 0 }, { 0, 1000000000 } }, NULL));
	CALL(timerfd_settime(fd, 0, &(struct itimerspec){ { 0, 0 }, { -1, 0 } }, NULL));
	CALL(timerfd_settime(fd, 8, &time, NULL));
	CALL(timerfd_settime(0, 0, &time, NULL));
	CALL(timerfd_settime(99, 0, &time, NULL));
	CALL(timerfd_settime(fd, 0, (void *)8, NULL));
	CALL(timerfd_create(CLOCK_REALTIME, 0));
	CALL(timerfd_create(CLOCK_BOOTTIME, 0));
	CALL(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	CALL(timerfd_create(CLOCK_MONOTONIC, 0x100));
	CALL(write(fd, &count, 8));
	return 0;
}
