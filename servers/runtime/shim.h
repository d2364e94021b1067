/* SPDX-License-Identifier: MIT */
/*
 * shim: what the libc of native programs believes to be system calls. The libc is musl with its system calls replaced
 * by __syscall_shim (musl/overlay); numbers and error numbers are those musl was built for, and live here alone.
 *
 * Served: memory (mmap, munmap, mprotect, madvise, brk), output on descriptors 1 and 2 as log lines, time, futexes,
 * threads, random bytes, exit. All else is -ENOSYS.
 */
#ifndef LICHEN_RUNTIME_SHIM_H
#define LICHEN_RUNTIME_SHIM_H

#include <stddef.h>
#include <stdint.h>

long __syscall_shim(long number, const long *arguments);

/* shim_memory.c */
long shim_mmap(const long *arguments);
long shim_munmap(uintptr_t address, size_t length);
long shim_mprotect(uintptr_t address, size_t length, long prot);
long shim_madvise(uintptr_t address, size_t length, long advice);

/* shim_output.c */
long shim_write(long descriptor, const char *text, size_t bytes);
long shim_writev(long descriptor, const void *pieces, long count);

/* shim_time.c */
long shim_clock_gettime(long clock, void *result);
long shim_sleep(long clock, long flags, const void *duration);
long shim_futex(const long *arguments);
long shim_getrandom(void *buffer, size_t bytes);

/* shim_thread.c */
long shim_set_tid_address(int *clear);
long shim_gettid(void);
_Noreturn void shim_exit_thread(long code);
_Noreturn void shim_exit_program(long code);

/* Negative errno of a kernel status. */
long shim_error(int64_t status);

#endif
