/* SPDX-License-Identifier: MIT
 *
 * Rows of two parties that wait for each other: pipes, unix sockets, futexes, eventfds, yields.
 */
#include "bench.h"

/* --- ping-pong --- */
static int s_pp(int samecpu)
{
	CHK(pipe(p0));
	CHK(pipe(p1));
	if (samecpu)
		pin(0);
	CHK(kid = fork());
	if (!kid) {
		char c;
		close(p0[1]);
		close(p1[0]);
		while (read(p0[0], &c, 1) == 1)
			if (write(p1[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	close(p0[0]);
	close(p1[1]);
	return 0;
}
static int s_pipe(void)
{
	return s_pp(0);
}
static int s_pipepin(void)
{
	return s_pp(1);
}
static u64 r_pipe(long n)
{
	char c = 1;
	for (long i = 0; i < n; i++)
		if (write(p0[1], &c, 1) != 1 || read(p1[0], &c, 1) != 1)
			die("pp");
	return 0;
}
static void t_pipe(void)
{
	close(p0[1]);
	close(p1[0]);
	reap();
}
static int s_pipebw(void)
{
	CHK(pipe(p0));
	CHK(kid = fork());
	if (!kid) {
		close(p0[1]);
		while (read(p0[0], buf, 65536) > 0)
			;
		_exit(0);
	}
	close(p0[0]);
	return 0;
}
static u64 r_pipebw(long n)
{
	for (long i = 0; i < n; i++)
		if (write(p0[1], buf, 65536) != 65536)
			die("pipebw");
	return 0;
}
static void t_pipebw(void)
{
	close(p0[1]);
	reap();
}
static int s_sp(void)
{
	CHK(socketpair(AF_UNIX, SOCK_STREAM, 0, p0));
	CHK(kid = fork());
	if (!kid) {
		char c;
		close(p0[0]);
		while (read(p0[1], &c, 1) == 1)
			if (write(p0[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	close(p0[1]);
	return 0;
}
static u64 r_sp(long n)
{
	char c = 1;
	for (long i = 0; i < n; i++)
		if (write(p0[0], &c, 1) != 1 || read(p0[0], &c, 1) != 1)
			die("sp");
	return 0;
}
static void t_sp(void)
{
	close(p0[0]);
	reap();
}
static int s_efd(void)
{
	CHK(fd0 = eventfd(0, 0));
	CHK(fd1 = eventfd(0, 0));
	CHK(kid = fork());
	if (!kid) {
		u64 v;
		while (read(fd0, &v, 8) == 8) {
			v = 1;
			write(fd1, &v, 8);
		}
		_exit(0);
	}
	return 0;
}
static u64 r_efd(long n)
{
	u64 v;
	for (long i = 0; i < n; i++) {
		v = 1;
		if (write(fd0, &v, 8) != 8 || read(fd1, &v, 8) != 8)
			die("efd");
	}
	return 0;
}
static void t_efd(void)
{
	reap();
	t_fd();
}
/* futex between threads */
static _Atomic int fx0, fx1, fxstop;
static pthread_t th;
static void fwait(_Atomic int *a, int v)
{
	while (*a == v)
		syscall(SYS_futex, a, FUTEX_WAIT_PRIVATE, v, 0, 0, 0);
}
static void fwake(_Atomic int *a)
{
	syscall(SYS_futex, a, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}
static void *fxthread(void *x)
{
	(void)x;
	for (int v = 0;; v++) {
		fwait(&fx0, v);
		if (fxstop)
			return 0;
		fx1 = v + 1;
		fwake(&fx1);
	}
}
static int s_fx(void)
{
	fx0 = fx1 = fxstop = 0;
	if (pthread_create(&th, 0, fxthread, 0))
		SKIP("pthread_create");
	return 0;
}
static u64 r_fx(long n)
{
	for (long i = 0; i < n; i++) {
		int v = fx0;
		fx0 = v + 1;
		fwake(&fx0);
		fwait(&fx1, v);
	}
	return 0;
}
static void t_fx(void)
{
	fxstop = 1;
	fx0++;
	fwake(&fx0);
	pthread_join(th, 0);
}
/* futex uncontended wake, no waiter */
static u64 r_fxwake(long n)
{
	static _Atomic int a;
	for (long i = 0; i < n; i++)
		fwake(&a);
	return 0;
}
/* sched_yield between two processes pinned to one CPU: ns per yield call = one switch */
/* SCHED_FIFO where it exists, so that every yield does switch */
static void fifo(void)
{
	int pr = 1;
	syscall(SYS_sched_setscheduler, 0, 1, &pr);
}
static int s_yield(void)
{
	pin(0);
	fifo();
	CHK(kid = fork());
	if (!kid)
		for (;;)
			sched_yield();
	return 0;
}
static u64 r_yield(long n)
{
	for (long i = 0; i < n; i++)
		sched_yield();
	return 0;
}

const struct test rows_exchange[] = {
	{ "pipe_pingpong", s_pipe, r_pipe, t_pipe, 1, 0, 0 },
	{ "pipe_pingpong_pin", s_pipepin, r_pipe, t_pipe, 1, 0, 0 },
	{ "pipe_bw_64k", s_pipebw, r_pipebw, t_pipebw, 1, 65536, 0 },
	{ "unix_pingpong", s_sp, r_sp, t_sp, 1, 0, 0 },
	{ "futex_pingpong", s_fx, r_fx, t_fx, 1, 0, 0 },
	{ "futex_wake_nowaiter", 0, r_fxwake, 0, 1, 0, 0 },
	{ "sched_yield_switch", s_yield, r_yield, reap, 1, 0, 0 },
	{ "eventfd_pingpong", s_efd, r_efd, t_efd, 1, 0, 0 },
};
ROW_COUNT(exchange);
