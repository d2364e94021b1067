/* SPDX-License-Identifier: MIT */
/*
 * Processes as Linux programs see them: clone and wait flags, limits, usage, scheduling, prctl and their structures.
 */
#ifndef LICHEN_LINUX_ABI_PROCESS_H
#define LICHEN_LINUX_ABI_PROCESS_H

#include <stdint.h>
#include "linux_abi/timespec.h"
#include "linux_abi/timespec.h"

#define LINUX_CSIGNAL 0x000000ffull
#define LINUX_CLONE_NEWTIME 0x00000080ull
#define LINUX_CLONE_VM 0x00000100ull
#define LINUX_CLONE_FS 0x00000200ull
#define LINUX_CLONE_FILES 0x00000400ull
#define LINUX_CLONE_SIGHAND 0x00000800ull
#define LINUX_CLONE_PIDFD 0x00001000ull
#define LINUX_CLONE_PTRACE 0x00002000ull
#define LINUX_CLONE_VFORK 0x00004000ull
#define LINUX_CLONE_PARENT 0x00008000ull
#define LINUX_CLONE_THREAD 0x00010000ull
#define LINUX_CLONE_NEWNS 0x00020000ull
#define LINUX_CLONE_SYSVSEM 0x00040000ull
#define LINUX_CLONE_SETTLS 0x00080000ull
#define LINUX_CLONE_PARENT_SETTID 0x00100000ull
#define LINUX_CLONE_CHILD_CLEARTID 0x00200000ull
#define LINUX_CLONE_DETACHED 0x00400000ull
#define LINUX_CLONE_UNTRACED 0x00800000ull
#define LINUX_CLONE_CHILD_SETTID 0x01000000ull
#define LINUX_CLONE_NEWCGROUP 0x02000000ull
#define LINUX_CLONE_NEWUTS 0x04000000ull
#define LINUX_CLONE_NEWIPC 0x08000000ull
#define LINUX_CLONE_NEWUSER 0x10000000ull
#define LINUX_CLONE_NEWPID 0x20000000ull
#define LINUX_CLONE_NEWNET 0x40000000ull
#define LINUX_CLONE_IO 0x80000000ull
#define LINUX_CLONE_CLEAR_SIGHAND 0x100000000ull
#define LINUX_CLONE_INTO_CGROUP 0x200000000ull

struct linux_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};
#define LINUX_CLONE_ARGS_SIZE_VER0 64u

#define LINUX_WAIT_CORE 0x80u /* of a status: a core file was written */
#define LINUX_WNOHANG 0x00000001u
#define LINUX_WUNTRACED 0x00000002u
#define LINUX_WSTOPPED LINUX_WUNTRACED
#define LINUX_WEXITED 0x00000004u
#define LINUX_WCONTINUED 0x00000008u
#define LINUX_WNOWAIT 0x01000000u
#define LINUX_WNOTHREAD 0x20000000u
#define LINUX_WALL 0x40000000u
#define LINUX_WCLONE 0x80000000u
#define LINUX_P_ALL 0
#define LINUX_P_PID 1
#define LINUX_P_PGID 2
#define LINUX_P_PIDFD 3

struct linux_timeval {
	int64_t seconds, microseconds;
};

struct linux_rusage {
	struct linux_timeval user, system;
	int64_t peak_resident_kib, shared, unshared_data, unshared_stack;
	int64_t minor_faults, major_faults, swaps, blocks_in, blocks_out;
	int64_t messages_sent, messages_received, signals, voluntary, involuntary;
};
_Static_assert(sizeof(struct linux_rusage) == 144, "as on Linux");

struct linux_tms {
	int64_t user, system, child_user, child_system;
};
#define LINUX_CLOCK_TICKS 100u
#define LINUX_RUSAGE_SELF 0
#define LINUX_RUSAGE_CHILDREN (-1)
#define LINUX_RUSAGE_THREAD 1

#define LINUX_RLIM_INFINITY UINT64_MAX
enum linux_rlimit {
	LINUX_RLIMIT_CPU = 0,
	LINUX_RLIMIT_FSIZE,
	LINUX_RLIMIT_DATA,
	LINUX_RLIMIT_STACK,
	LINUX_RLIMIT_CORE,
	LINUX_RLIMIT_RSS,
	LINUX_RLIMIT_NPROC,
	LINUX_RLIMIT_NOFILE,
	LINUX_RLIMIT_MEMLOCK,
	LINUX_RLIMIT_AS,
	LINUX_RLIMIT_LOCKS,
	LINUX_RLIMIT_SIGPENDING,
	LINUX_RLIMIT_MSGQUEUE,
	LINUX_RLIMIT_NICE,
	LINUX_RLIMIT_RTPRIO,
	LINUX_RLIMIT_RTTIME,
};
#define LINUX_NR_OPEN 1048576u

#define LINUX_PRIO_PROCESS 0
#define LINUX_PRIO_PGRP 1
#define LINUX_PRIO_USER 2

#define LINUX_SCHED_OTHER 0u
#define LINUX_SCHED_FIFO 1u
#define LINUX_SCHED_RR 2u
#define LINUX_SCHED_BATCH 3u
#define LINUX_SCHED_IDLE 5u
#define LINUX_SCHED_DEADLINE 6u
#define LINUX_SCHED_RESET_ON_FORK 0x40000000u
#define LINUX_SCHED_FLAG_RESET_ON_FORK 0x01u

struct linux_sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t clamp_min, clamp_max;
};
#define LINUX_SCHED_ATTR_SIZE_VER0 48u

#define LINUX_PR_SET_PDEATHSIG 1
#define LINUX_PR_GET_PDEATHSIG 2
#define LINUX_PR_GET_DUMPABLE 3
#define LINUX_PR_SET_DUMPABLE 4
#define LINUX_PR_GET_UNALIGN 5
#define LINUX_PR_SET_UNALIGN 6
#define LINUX_PR_GET_KEEPCAPS 7
#define LINUX_PR_SET_KEEPCAPS 8
#define LINUX_PR_GET_TIMING 13
#define LINUX_PR_SET_TIMING 14
#define LINUX_PR_SET_NAME 15
#define LINUX_PR_GET_NAME 16
#define LINUX_PR_GET_SECCOMP 21
#define LINUX_PR_SET_SECCOMP 22
#define LINUX_PR_CAPBSET_READ 23
#define LINUX_PR_CAPBSET_DROP 24
#define LINUX_PR_GET_TSC 25
#define LINUX_PR_SET_TSC 26
#define LINUX_PR_GET_SECUREBITS 27
#define LINUX_PR_SET_SECUREBITS 28
#define LINUX_PR_SET_TIMERSLACK 29
#define LINUX_PR_GET_TIMERSLACK 30
#define LINUX_PR_PERF_DISABLE 31
#define LINUX_PR_PERF_ENABLE 32
#define LINUX_PR_MCE_KILL 33
#define LINUX_PR_MCE_KILL_GET 34
#define LINUX_PR_SET_MM 35
#define LINUX_PR_SET_CHILD_SUBREAPER 36
#define LINUX_PR_GET_CHILD_SUBREAPER 37
#define LINUX_PR_SET_NO_NEW_PRIVS 38
#define LINUX_PR_GET_NO_NEW_PRIVS 39
#define LINUX_PR_GET_TID_ADDRESS 40
#define LINUX_PR_SET_THP_DISABLE 41
#define LINUX_PR_GET_THP_DISABLE 42
#define LINUX_PR_CAP_AMBIENT 47
#define LINUX_PR_CAP_AMBIENT_IS_SET 1
#define LINUX_PR_CAP_AMBIENT_RAISE 2
#define LINUX_PR_CAP_AMBIENT_LOWER 3
#define LINUX_PR_CAP_AMBIENT_CLEAR_ALL 4
#define LINUX_PR_GET_SPECULATION 52
#define LINUX_PR_SET_SPECULATION 53
#define LINUX_PR_SET_IO_FLUSHER 57
#define LINUX_PR_GET_IO_FLUSHER 58
#define LINUX_PR_SET_CALL_DISPATCH 59
#define LINUX_PR_SCHED_CORE 62
#define LINUX_PR_SET_VMA 0x53564d41

#define LINUX_ARCH_SET_GS 0x1001
#define LINUX_ARCH_SET_FS 0x1002
#define LINUX_ARCH_GET_FS 0x1003
#define LINUX_ARCH_GET_GS 0x1004
#define LINUX_ARCH_GET_CPUID 0x1011
#define LINUX_ARCH_SET_CPUID 0x1012

#define LINUX_RSEQ_FLAG_UNREGISTER 1
#define LINUX_RSEQ_BYTES 32u
#define LINUX_RSEQ_CPU_ID_UNINITIALIZED UINT32_MAX

struct linux_rseq {
	uint32_t cpu_id_start, cpu_id;
	uint64_t critical_section;
	uint32_t flags;
	uint32_t padding[3];
};

struct linux_rseq_section {
	uint32_t version, flags;
	uint64_t start_ip, post_commit_offset, abort_ip;
};

#define LINUX_MEMBARRIER_QUERY 0
#define LINUX_MEMBARRIER_GLOBAL 1
#define LINUX_MEMBARRIER_GLOBAL_EXPEDITED 2
#define LINUX_MEMBARRIER_REGISTER_GLOBAL_EXPEDITED 4
#define LINUX_MEMBARRIER_PRIVATE_EXPEDITED 8
#define LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED 16
#define LINUX_MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE 32
#define LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE 64

/* get_robust_list, set_robust_list */
struct linux_robust_list_head {
	uint64_t first;
	int64_t futex_offset;
	uint64_t pending;
};
#define LINUX_ROBUST_LIST_MAX 2048u
#define LINUX_FUTEX_WAITERS 0x80000000u
#define LINUX_FUTEX_OWNER_DIED 0x40000000u
#define LINUX_FUTEX_TID_MASK 0x3fffffffu

#define LINUX_PIDFD_NONBLOCK 04000u

#endif
