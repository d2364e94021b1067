/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's file of this name: the libc of native programs makes no system calls. What would be one is a call of
 * the runtime's shim (servers/runtime/shim.h), which serves the few that a server needs and answers -ENOSYS to the
 * rest. Arguments travel as an array, so that one C function takes any of them. No vDSO is known here.
 */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

long __syscall_shim(long number, const long *arguments);

static __inline long __syscall0(long n)
{
	return __syscall_shim(n, (const long[6]){ 0 });
}

static __inline long __syscall1(long n, long a)
{
	return __syscall_shim(n, (const long[6]){ a });
}

static __inline long __syscall2(long n, long a, long b)
{
	return __syscall_shim(n, (const long[6]){ a, b });
}

static __inline long __syscall3(long n, long a, long b, long c)
{
	return __syscall_shim(n, (const long[6]){ a, b, c });
}

static __inline long __syscall4(long n, long a, long b, long c, long d)
{
	return __syscall_shim(n, (const long[6]){ a, b, c, d });
}

static __inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
	return __syscall_shim(n, (const long[6]){ a, b, c, d, e });
}

static __inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	return __syscall_shim(n, (const long[6]){ a, b, c, d, e, f });
}

#define IPC_64 0
