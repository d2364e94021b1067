/* SPDX-License-Identifier: MIT
 *
 * eventfd(2): the counter adds up and is taken whole, or by one as a semaphore; blocking and not; the maximum;
 * readiness for poll; short buffers.
 */
#include "contract.h"

#include <poll.h>
#include <sys/eventfd.h>

static int late_writer(void *fd)
{
	wait_until_asleep(getppid());
	MUST(write(*(int *)fd, &(uint64_t){ 9 }, 8));
	return 0;
}

static int late_reader(void *fd)
{
	uint64_t value;
	wait_until_asleep(getppid());
	MUST(read(*(int *)fd, &value, 8));
	return 0;
}

static void ready(int fd)
{
	struct pollfd poll_fd = { fd, POLLIN | POLLOUT, 0 };
	MUST(poll(&poll_fd, 1, 0));
	say("ready 0x%x\n", (unsigned)poll_fd.revents);
}

int main(void)
{
	uint64_t value = 0;
	int fd = (int)CALL(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	SHOW(fcntl(fd, F_GETFD));
	CALL(read(fd, &value, 8));
	ready(fd);
	CALL(write(fd, &(uint64_t){ 3 }, 8));
	CALL(write(fd, &(uint64_t){ 4 }, 8));
	ready(fd);
	CALL(read(fd, &value, 8));
	SHOW(value);
	CALL(read(fd, &value, 8));
	CALL(write(fd, &value, 4));
	CALL(read(fd, &value, 4));
	CALL(write(fd, &(uint64_t){ ~0UL }, 8));
	CALL(write(fd, &(uint64_t){ ~0UL - 1 }, 8));
	ready(fd);
	CALL(write(fd, &(uint64_t){ 1 }, 8));
	CALL(write(fd, &(uint64_t){ 0 }, 8));
	CALL(read(fd, &value, 16));
	HEX(value);
	int semaphore = (int)MUST(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK));
	for (int i = 0; i < 4; i++)
		say("semaphore: %ld\n", (long)read(semaphore, &value, 8));
	SHOW(value);
	int blocking = (int)MUST(eventfd(0, 0));
	pid_t child = start(late_writer, &blocking);
	CALL(read(blocking, &value, 8));
	SHOW(value);
	reap("writer", child);
	MUST(write(blocking, &(uint64_t){ ~0UL - 1 }, 8));
	child = start(late_reader, &blocking);
	CALL(write(blocking, &(uint64_t){ 5 }, 8));
	reap("reader", child);
	CALL(read(blocking, &value, 8));
	SHOW(value);
	CALL(eventfd(0, 0x100));
	CALL(lseek(fd, 0, SEEK_SET));
	return 0;
}
