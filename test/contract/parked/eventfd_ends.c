/* SPDX-License-Identifier: MIT
 *
 * Reads and writes that wait for an eventfd: they go on when their descriptor is closed or its number means another file, beside
 * poll and epoll, semaphores give to one reader each, writers go on as room comes, signals interrupt and restart them. Later
 * calls of a thread whose call was gone on with elsewhere are about their own descriptors.
 */
#include "../contract.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define FULL 0xfffffffffffffffeull
#define READERS 3

struct call {
	int fd;
	bool write;
	uint64_t value;
	long result;
	int tid;
	pthread_t thread;
};

static void handler(int signal_number)
{
	(void)signal_number;
}

static void *run(void *argument)
{
	struct call *call = argument;
	__atomic_store_n(&call->tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	errno = 0;
	call->result = call->write ? write(call->fd, &call->value, 8) : read(call->fd, &call->value, 8);
	if (call->result < 0)
		call->result = -errno;
	return NULL;
}

static void begin(struct call *call, int fd, bool write, uint64_t value)
{
	*call = (struct call){ .fd = fd, .write = write, .value = value };
	MUST(-pthread_create(&call->thread, NULL, run, call));
	while (!__atomic_load_n(&call->tid, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	wait_until_thread_asleep(call->tid);
}

static void end(const char *what, struct call *call)
{
	MUST(-pthread_join(call->thread, NULL));
	if (call->result < 0)
		say("%s: %s\n", what, errno_name((int)-call->result));
	else
		say("%s: %ld, %llx\n", what, call->result, (unsigned long long)call->value);
}

static long put(int fd, uint64_t value)
{
	return write(fd, &value, 8);
}

static long take(int fd, uint64_t *value)
{
	*value = 0;
	return read(fd, value, 8);
}

/* A descriptor after its first transfers, from which on a kernel may answer by itself. */
static int make(int flags)
{
	uint64_t value;
	int fd = (int)MUST(eventfd(0, flags));
	for (int i = 0; i < 3; i++) {
		MUST(put(fd, 1));
		MUST(take(fd, &value));
	}
	return fd;
}

static void closed_under_a_reader(void)
{
	struct call call;
	int fd = make(0), other = dup(fd), third;
	begin(&call, fd, false, 0);
	CALL(close(fd));
	CALL(put(other, 5));
	end("closed under a reader", &call);
	fd = make(0);
	begin(&call, other, false, 0);
	third = dup(other);
	MUST(put(fd, 77));
	DOES(dup2(fd, other));
	CALL(put(third, 6));
	end("number reused under a reader", &call);
	CALL(take(other, &call.value));
	SHOW(call.value);
	close(fd);
	close(other);
	close(third);
}

/* Somebody watches the file, so a kernel may not go on by itself; the descriptor is gone too. */
static void closed_and_watched(void)
{
	struct call call;
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 9 }, found;
	int fd = make(0), other = dup(fd), poller = (int)MUST(epoll_create1(0));
	begin(&call, fd, false, 0);
	MUST(epoll_ctl(poller, EPOLL_CTL_ADD, other, &event));
	MUST(close(fd));
	CALL(put(other, 8));
	end("closed and watched", &call);
	CALL(epoll_wait(poller, &found, 1, 0));
	begin(&call, other, false, 0);
	CALL(put(other, 3));
	end("watched", &call);
	CALL(put(other, 4));
	CALL(epoll_wait(poller, &found, 1, 0));
	SHOW(found.data.u32);
	close(other);
	close(poller);
}

struct elsewhere {
	int event, pipe[2], tid;
	uint64_t *value;
};

static void *read_then_elsewhere(void *argument)
{
	struct elsewhere *elsewhere = argument;
	char bytes[4] = "";
	__atomic_store_n(&elsewhere->tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	CALL(read(elsewhere->event, elsewhere->value, 8));
	CALL(write(elsewhere->pipe[1], "abc", 3));
	CALL(read(elsewhere->pipe[0], bytes, 3));
	TEXT(bytes);
	CALL(read(elsewhere->pipe[1] + 100, bytes, 3));
	return NULL;
}

/* The buffer is not there when the call could go on. What its thread reads and writes afterwards is what it names. */
static void elsewhere_afterwards(void)
{
	struct elsewhere elsewhere = { .event = make(0) };
	pthread_t thread;
	elsewhere.value = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(elsewhere.value == MAP_FAILED ? -1 : 0);
	MUST(pipe(elsewhere.pipe));
	MUST(-pthread_create(&thread, NULL, read_then_elsewhere, &elsewhere));
	while (!__atomic_load_n(&elsewhere.tid, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	wait_until_thread_asleep(elsewhere.tid);
	MUST(madvise(elsewhere.value, 4096, MADV_DONTNEED));
	MUST(put(elsewhere.event, 9));
	MUST(-pthread_join(thread, NULL));
	SHOW(*elsewhere.value);
	close(elsewhere.event);
	close(elsewhere.pipe[0]);
	close(elsewhere.pipe[1]);
}

static void closed_under_a_writer(void)
{
	struct call call;
	uint64_t value;
	int fd = make(0), other = dup(fd);
	CALL(put(fd, FULL));
	begin(&call, fd, true, 2);
	CALL(close(fd));
	CALL(take(other, &value));
	HEX(value);
	end("closed under a writer", &call);
	CALL(take(other, &value));
	HEX(value);
	close(other);
}

static void semaphore(void)
{
	struct call calls[READERS];
	int fd = make(EFD_SEMAPHORE);
	for (int i = 0; i < READERS; i++)
		begin(&calls[i], fd, false, 0);
	CALL(put(fd, READERS));
	for (int i = 0; i < READERS; i++)
		end("one of three readers", &calls[i]);
	CALL(fcntl(fd, F_SETFL, O_NONBLOCK));
	CALL(take(fd, &calls[0].value));
	CALL(put(fd, FULL));
	CALL(put(fd, 1));
	CALL(put(fd, FULL + 1));
	CALL(read(fd, &calls[0].value, 7));
	CALL(read(fd, (void *)8, 8));
	CALL(write(fd, (void *)8, 8));
	struct pollfd poll_fd = { fd, POLLIN | POLLOUT, 0 };
	CALL(poll(&poll_fd, 1, 0));
	HEX(poll_fd.revents);
	close(fd);
}

/* The one that fits goes on, the other waits for more room. */
static void two_writers(void)
{
	struct call small, big;
	uint64_t value;
	int fd = make(EFD_SEMAPHORE);
	MUST(put(fd, FULL));
	begin(&big, fd, true, 2);
	begin(&small, fd, true, 1);
	CALL(take(fd, &value));
	end("small", &small);
	wait_until_thread_asleep(big.tid);
	CALL(take(fd, &value));
	CALL(take(fd, &value));
	end("big", &big);
	close(fd);
}

static void interrupted(int flags)
{
	struct call call;
	int fd = make(0);
	catch_signal(SIGUSR1, handler, flags);
	begin(&call, fd, false, 0);
	MUST(syscall(SYS_tgkill, getpid(), call.tid, SIGUSR1));
	if (flags) {
		sleep_ms(20);
		wait_until_thread_asleep(call.tid);
		MUST(put(fd, 12));
	}
	end(flags ? "restarted" : "interrupted", &call);
	close(fd);
}

int main(void)
{
	closed_under_a_reader();
	closed_and_watched();
	elsewhere_afterwards();
	closed_under_a_writer();
	semaphore();
	two_writers();
	interrupted(0);
	interrupted(SA_RESTART);
	return 0;
}
