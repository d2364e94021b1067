/* SPDX-License-Identifier: MIT
 *
 * Rows of single cheap calls: references without kernel work, trivial system calls, small files, readiness.
 */
#include "bench.h"

/* --- references (no kernel work): for normalising between runs --- */
static u64 r_cpu(long n)
{
	u64 x = 88172645463325252ull;
	for (long i = 0; i < n * 1000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	sink = x;
	return 0;
}
static u64 r_memcpy(long n)
{
	static char b2[65536];
	for (long i = 0; i < n; i++) {
		memcpy(b2, buf, 65536);
		__asm__ volatile("" ::"r"(b2) : "memory");
	}
	return 0;
}

/* --- trivial calls --- */
static u64 r_null(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	return 0;
}
static u64 r_getpid(long n)
{
	for (long i = 0; i < n; i++)
		getpid();
	return 0;
}
static u64 r_cgt_vdso(long n)
{
	struct timespec t;
	for (long i = 0; i < n; i++)
		clock_gettime(CLOCK_MONOTONIC, &t);
	return 0;
}
static u64 r_cgt_raw(long n)
{
	struct timespec t;
	for (long i = 0; i < n; i++)
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	return 0;
}
static int s_zero(void)
{
	CHK(fd0 = open("/dev/zero", O_RDONLY));
	return 0;
}
static u64 r_zero(long n)
{
	char c;
	for (long i = 0; i < n; i++)
		if (read(fd0, &c, 1) != 1)
			die("zero");
	return 0;
}
static int s_nul(void)
{
	CHK(fd0 = open("/dev/null", O_WRONLY));
	return 0;
}
static u64 r_nul(long n)
{
	char c = 0;
	for (long i = 0; i < n; i++)
		if (write(fd0, &c, 1) != 1)
			die("null");
	return 0;
}

static u64 r_brk(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_brk, 0);
	return 0;
}
static int s_stat(void)
{
	return mkfile(TMP, "lx_stat", 10);
}
static u64 r_stat(long n)
{
	struct stat st;
	for (long i = 0; i < n; i++)
		if (stat(path, &st))
			die("stat");
	return 0;
}
static u64 r_fstat(long n)
{
	struct stat st;
	for (long i = 0; i < n; i++)
		if (fstat(fd0, &st))
			die("fstat");
	return 0;
}
static u64 r_openclose(long n)
{
	for (long i = 0; i < n; i++) {
		int f = open(path, O_RDONLY);
		if (f < 0)
			die("open");
		close(f);
	}
	return 0;
}
static int s_pread(void)
{
	return mkfile(TMP, "lx_pread", 65536);
}
static u64 r_pread(long n)
{
	for (long i = 0; i < n; i++)
		if (pread(fd0, buf, 4096, (i & 15) << 12) != 4096)
			die("pread");
	return 0;
}
static u64 r_pwrite(long n)
{
	for (long i = 0; i < n; i++)
		if (pwrite(fd0, buf, 4096, (i & 15) << 12) != 4096)
			die("pwrite");
	return 0;
}

/* --- readiness --- */
static int s_ep(void)
{
	CHK(fd0 = epoll_create1(0));
	CHK(fd1 = eventfd(1, 0));
	struct epoll_event e = { .events = EPOLLIN };
	CHK(epoll_ctl(fd0, EPOLL_CTL_ADD, fd1, &e));
	return 0;
}
static u64 r_ep(long n)
{
	struct epoll_event e;
	for (long i = 0; i < n; i++)
		if (epoll_wait(fd0, &e, 1, 0) != 1)
			die("epoll");
	return 0;
}
static struct pollfd pf[100];
static int s_poll(void)
{
	for (int i = 0; i < 100; i++) {
		CHK(pf[i].fd = eventfd(0, 0));
		pf[i].events = POLLIN;
	}
	return 0;
}
static u64 r_poll(long n)
{
	for (long i = 0; i < n; i++)
		if (poll(pf, 100, 0) != 0)
			die("poll");
	return 0;
}
static void t_poll(void)
{
	for (int i = 0; i < 100; i++)
		close(pf[i].fd);
}

const struct test rows_calls[] = {
	{ "ref_cpu_1k_xorshift", 0, r_cpu, 0, 1, 0, 0 },
	{ "ref_memcpy_64k", 0, r_memcpy, 0, 1, 65536, 0 },
	{ "null_syscall", 0, r_null, 0, 1, 0, 0 },
	{ "getpid", 0, r_getpid, 0, 1, 0, 0 },
	{ "brk0", 0, r_brk, 0, 1, 0, 0 },
	{ "clock_gettime_vdso", 0, r_cgt_vdso, 0, 1, 0, 0 },
	{ "clock_gettime_raw", 0, r_cgt_raw, 0, 1, 0, 0 },
	{ "read1_dev_zero", s_zero, r_zero, t_fd, 1, 0, 0 },
	{ "write1_dev_null", s_nul, r_nul, t_fd, 1, 0, 0 },
	{ "stat", s_stat, r_stat, t_file, 1, 0, 0 },
	{ "fstat", s_stat, r_fstat, t_file, 1, 0, 0 },
	{ "open_close", s_stat, r_openclose, t_file, 1, 0, 0 },
	{ "pread_4k_tmpfs", s_pread, r_pread, t_file, 1, 0, 0 },
	{ "pwrite_4k_tmpfs", s_pread, r_pwrite, t_file, 1, 0, 0 },
	{ "epoll_wait_ready", s_ep, r_ep, t_fd, 1, 0, 0 },
	{ "poll_100", s_poll, r_poll, t_poll, 1, 0, 0 },
};
ROW_COUNT(calls);
