/* SPDX-License-Identifier: MIT */
/*
 * System V IPC: numbers and structures of <linux/ipc.h>, <linux/sem.h>, <linux/msg.h>, <linux/shm.h>, as 64-bit programs have them.
 */
#ifndef LICHEN_LINUX_ABI_SYSV_H
#define LICHEN_LINUX_ABI_SYSV_H

#include <stdint.h>

#define LINUX_IPC_PRIVATE 0
#define LINUX_IPC_CREAT 01000u
#define LINUX_IPC_EXCL 02000u
#define LINUX_IPC_NOWAIT 04000u
#define LINUX_IPC_RMID 0
#define LINUX_IPC_SET 1
#define LINUX_IPC_STAT 2
#define LINUX_IPC_INFO 3

struct linux_ipc_perm {
	int32_t key;
	uint32_t uid, gid, cuid, cgid, mode;
	uint16_t reserved0, sequence, reserved1, reserved2;
	uint64_t reserved[2];
};
_Static_assert(sizeof(struct linux_ipc_perm) == 48, "struct ipc64_perm");

#define LINUX_SEM_UNDO 0x1000
#define LINUX_SEM_GETPID 11
#define LINUX_SEM_GETVAL 12
#define LINUX_SEM_GETALL 13
#define LINUX_SEM_GETNCNT 14
#define LINUX_SEM_GETZCNT 15
#define LINUX_SEM_SETVAL 16
#define LINUX_SEM_SETALL 17
#define LINUX_SEM_STAT 18
#define LINUX_SEM_INFO 19
#define LINUX_SEM_STAT_ANY 20
#define LINUX_SEMMNI 32000
#define LINUX_SEMMSL 32000
#define LINUX_SEMOPM 500
#define LINUX_SEMVMX 32767

struct linux_semid_ds {
	struct linux_ipc_perm perm;
	int64_t operated;
	uint64_t reserved0;
	int64_t changed;
	uint64_t reserved1, count, reserved2, reserved3;
};
_Static_assert(sizeof(struct linux_semid_ds) == 104, "struct semid64_ds");

struct linux_sembuf {
	uint16_t number;
	int16_t change;
	int16_t flags;
};

struct linux_seminfo {
	int32_t map, sets, semaphores, undos, per_set, operations, undo_entries, undo_bytes, value,
		exit_value;
};

#define LINUX_MSG_NOERROR 010000u
#define LINUX_MSG_EXCEPT 020000u
#define LINUX_MSG_COPY 040000u
#define LINUX_MSG_STAT 11
#define LINUX_MSG_INFO 12
#define LINUX_MSG_STAT_ANY 13
#define LINUX_MSGMNI 32000
#define LINUX_MSGMAX 8192
#define LINUX_MSGMNB 16384

struct linux_msqid_ds {
	struct linux_ipc_perm perm;
	int64_t sent, received, changed;
	uint64_t bytes, count, bytes_max;
	int32_t sender, receiver;
	uint64_t reserved[2];
};
_Static_assert(sizeof(struct linux_msqid_ds) == 120, "struct msqid64_ds");

struct linux_msginfo {
	int32_t pool, map, max, queue_bytes, queues, segment_bytes, headers;
	uint16_t segments;
};

#define LINUX_SHM_RDONLY 010000u
#define LINUX_SHM_RND 020000u
#define LINUX_SHM_REMAP 040000u
#define LINUX_SHM_EXEC 0100000u
#define LINUX_SHM_HUGETLB 04000u
#define LINUX_SHM_DEST 01000u
#define LINUX_SHM_LOCKED 02000u
#define LINUX_SHM_LOCK 11
#define LINUX_SHM_UNLOCK 12
#define LINUX_SHM_STAT 13
#define LINUX_SHM_INFO 14
#define LINUX_SHM_STAT_ANY 15
#define LINUX_SHMMNI 4096

struct linux_shmid_ds {
	struct linux_ipc_perm perm;
	uint64_t bytes;
	int64_t attached, detached, changed;
	int32_t creator, last;
	uint64_t attaches, reserved[2];
};
_Static_assert(sizeof(struct linux_shmid_ds) == 112, "struct shmid64_ds");

struct linux_shminfo {
	uint64_t max, min, segments, per_process, pages, reserved[4];
};

struct linux_shm_usage {
	int32_t used;
	uint64_t total, resident, swapped, attempts, successes;
};

#endif
