/* SPDX-License-Identifier: MIT
 *
 * What the rows of lxbench share: clocks, the way to give up, descriptors and buffers of the row that runs.
 *
 * A row's setup returns 0, or -1 with skip_reason filled in (SKIP, CHK); run(n) does n operations and returns 0, or the
 * nanoseconds that count where work inside the batch must not (0: the harness's own time counts). One row runs at a time,
 * in a process of its own, so the state below is the row's alone.
 */
#ifndef LICHEN_BENCH_BENCH_H
#define LICHEN_BENCH_BENCH_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129

typedef uint64_t u64;

/* ops: operations per run(1) step; bytes != 0: report MB/s; maxn: cap of n per batch (0 = none) */
struct test {
	const char *name;
	int (*setup)(void);
	u64 (*run)(long);
	void (*done)(void);
	long ops;
	long bytes;
	long maxn;
};

#define ROWS(name)                                                                                           \
	extern const struct test rows_##name[];                                                              \
	extern const size_t rows_##name##_count
ROWS(calls);
ROWS(exchange);
ROWS(faults);
ROWS(processes);
ROWS(network);
ROWS(files);

/* Folders and addresses from the environment (LX_TMP, LX_EXT, LX_BIN, LX_HOST). */
extern const char *TMP, *EXT, *BIN, *HOST;
extern char skip_reason[128];
extern int fd0, fd1, p0[2], p1[2];
extern pid_t kid;
extern char buf[1 << 20];
extern char path[256];
extern volatile u64 sink;

u64 now(void);
_Noreturn void die(const char *what);
void pin(int cpu);
/* Ends the row's other process, if there is one. */
void reap(void);
/* Opens a new file of the size as fd0 and leaves its name in path. */
int mkfile(const char *dir, const char *name, size_t size);
void t_fd(void);
void t_file(void);

#define SKIP(...)                                                                                            \
	do {                                                                                                 \
		snprintf(skip_reason, sizeof skip_reason, __VA_ARGS__);                                      \
		return -1;                                                                                   \
	} while (0)
#define CHK(e)                                                                                               \
	do {                                                                                                 \
		if ((long)(e) < 0)                                                                           \
			SKIP("%s: %s", #e, strerror(errno));                                                 \
	} while (0)
#define ROW_COUNT(name) const size_t rows_##name##_count = sizeof rows_##name / sizeof *rows_##name

#endif
