/* SPDX-License-Identifier: MIT */
/*
 * shim: the switch over what the libc asks for; see shim.h.
 */
#include "runtime/shim.h"

#include <errno.h>
#include <sys/syscall.h>
#include "runtime/kernel.h"

#define ARCH_SET_FS 0x1002

long shim_error(int64_t status)
{
	switch (status) {
	case STATUS_OK: return 0;
	case STATUS_NO_MEMORY:
	case STATUS_LIMIT: return -ENOMEM;
	case STATUS_EXISTS: return -EEXIST;
	case STATUS_DENIED: return -EACCES;
	case STATUS_BAD_ADDRESS: return -EFAULT;
	case STATUS_TIMED_OUT: return -ETIMEDOUT;
	case STATUS_INTERRUPTED: return -EINTR;
	case STATUS_MISMATCH: return -EAGAIN;
	default: return -EINVAL;
	}
}

static long set_thread_pointer(long code, long base)
{
	return code == ARCH_SET_FS ? shim_error(k_thread_set_tls((uint64_t)base).status) : -EINVAL;
}

/* Calls about memory and output; -ENOSYS: none of these. */
static long serve_memory(long number, const long *a)
{
	switch (number) {
	case SYS_mmap: return shim_mmap(a);
	case SYS_munmap: return shim_munmap((uintptr_t)a[0], (size_t)a[1]);
	case SYS_mprotect: return shim_mprotect((uintptr_t)a[0], (size_t)a[1], a[2]);
	case SYS_madvise: return shim_madvise((uintptr_t)a[0], (size_t)a[1], a[2]);
	case SYS_brk: return 0; /* no break: the libc falls back to mmap */
	case SYS_write: return shim_write(a[0], (const char *)a[1], (size_t)a[2]);
	case SYS_writev: return shim_writev(a[0], (const void *)a[1], a[2]);
	case SYS_ioctl: return -ENOTTY;
	default: return -ENOSYS;
	}
}

static long serve_threads(long number, const long *a)
{
	switch (number) {
	case SYS_arch_prctl: return set_thread_pointer(a[0], a[1]);
	case SYS_set_tid_address: return shim_set_tid_address((int *)a[0]);
	case SYS_gettid: return shim_gettid();
	case SYS_getpid: return 1;
	case SYS_set_robust_list: return 0; /* only a process that dies in part needs it */
	case SYS_futex: return shim_futex(a);
	case SYS_sched_yield: return shim_error(k_thread_yield().status);
	case SYS_rt_sigprocmask: return 0; /* there are no signals to hold back */
	case SYS_exit: shim_exit_thread(a[0]);
	case SYS_exit_group: shim_exit_program(a[0]);
	default: return -ENOSYS;
	}
}

static long serve_time(long number, const long *a)
{
	switch (number) {
	case SYS_clock_gettime: return shim_clock_gettime(a[0], (void *)a[1]);
	case SYS_nanosleep: return shim_sleep(0, 0, (const void *)a[0]);
	case SYS_clock_nanosleep: return shim_sleep(a[0], a[1], (const void *)a[2]);
	case SYS_getrandom: return shim_getrandom((void *)a[0], (size_t)a[1]);
	default: return -ENOSYS;
	}
}

long __syscall_shim(long number, const long *arguments)
{
	long answer = serve_memory(number, arguments);

	if (answer == -ENOSYS)
		answer = serve_threads(number, arguments);
	if (answer == -ENOSYS)
		answer = serve_time(number, arguments);
	return answer;
}
