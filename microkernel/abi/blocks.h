/* SPDX-License-Identifier: MIT */
/*
 * Argument blocks of kernel calls: structures that a call copies in or fills.
 */
#ifndef LICHEN_ABI_BLOCKS_H
#define LICHEN_ABI_BLOCKS_H

#include "types.h"

/* thread_create */
#define THREAD_FPU 0x1u      /* native code of this thread may use the FPU: it gets an area of its own */
#define THREAD_GUEST 0x2u    /* has a guest context: record and exits */
#define THREAD_COPY_FPU 0x4u /* the guest FPU state starts as a copy of the calling thread's */

struct thread_request {
	uint64_t entry; /* native code starts here with rdi = argument; a guest thread without entry (0)
				  first enters the domain's exit entry with EXIT_START */
	uint64_t stack; /* top of the native stack, 16-byte aligned */
	uint64_t argument;
	uint64_t message_page; /* address of a struct message_page, or 0: words only */
	uint64_t record;       /* address of a struct guest_record (THREAD_GUEST) */
	uint64_t tls;          /* fs base of native code */
	handle_t aspace;       /* guest space (THREAD_GUEST), M; HANDLE_NONE: none yet */
	uint32_t flags;
	uint8_t native_level; /* scheduling level of native code: LEVEL_* */
	uint8_t guest_level;
	uint16_t reserved;
	uint32_t weight; /* of the fair level: 1024 is nice 0 */
};

/* Scheduling levels, low to high. */
#define LEVEL_IDLE 0
#define LEVEL_FAIR 1     /* one level, shared by weighted virtual time */
#define LEVEL_FIFO_MIN 2 /* real-time levels of guests: 2..100 */
#define LEVEL_FIFO_MAX 100
#define LEVEL_SERVER 110
#define LEVEL_DRIVER 120
#define LEVEL_COUNT 128

struct thread_schedule {
	uint8_t native_level;
	uint8_t guest_level;
	uint32_t weight;
	uint64_t slice_us; /* of a round-robin guest level; 0: runs until it blocks */
	uint64_t cpu_mask; /* 0: any */
};

struct thread_info {
	uint64_t user_time_ns, total_time_ns;
	uint64_t switches[2]; /* voluntary, involuntary */
	uint32_t state;       /* enum thread_state_code */
	uint32_t cpu;
	uint64_t object_id;
};

enum thread_state_code {
	THREAD_IS_NEW = 0,
	THREAD_IS_READY,
	THREAD_IS_RUNNING,
	THREAD_IS_WAITING,
	THREAD_IS_DEAD
};

/* domain_status */
enum domain_end { DOMAIN_LIVES = 0, DOMAIN_EXITED = 1, DOMAIN_FAULTED = 2, DOMAIN_KILLED = 3 };

struct domain_status {
	uint32_t end;    /* enum domain_end */
	uint32_t code;   /* exit or kill code */
	uint32_t vector; /* of the fault */
	uint32_t threads;
	uint64_t error_code, fault_address, rip, rsp, rbp;
	uint64_t object_id;
	uint64_t messages; /* received by its threads so far */
	uint64_t time_ns;  /* that its native code ran, as of its threads' last switches */
};

/* domain_describe: what reports call it. */
struct domain_description {
	char name[24];
	uint8_t build[20]; /* the build id of its program; zeros: none */
	uint32_t reserved;
};

/* object_share, object_supply, object_discard, object_collect_dirty, object_clean: object with M, source with R */
struct object_range_request {
	handle_t object, source;
	uint64_t page, source_page;
	uint64_t count;
	uint32_t flags; /* SUPPLY_* */
	uint32_t reserved;
};

/* aspace_remap */
#define REMAP_MAY_MOVE 0x1u
#define REMAP_FIXED 0x2u    /* to new_address, replacing */
#define REMAP_KEEP_OLD 0x4u /* leave the old range mapped, empty */

struct remap_request {
	uint64_t address, length;
	uint64_t new_length, new_address;
	uint32_t flags;
	uint32_t reserved;
};

/* Accounts. A limit of 0 forbids, UINT64_MAX does not limit. */
struct account_limits {
	uint64_t frames;     /* pages of memory, page tables included */
	uint64_t objects;    /* kernel objects */
	uint64_t guaranteed; /* frames set aside for this account */
	uint64_t spared; /* frames of the root's limit that its charges leave to accounts which spare fewer */
};

struct account_info {
	struct account_limits limits;
	uint64_t frames, objects; /* in use, children included */
	uint64_t refusals;
};

struct irq_message {
	uint64_t address;
	uint32_t data;
	uint32_t vector;
};

struct system_info {
	uint64_t frames_total, frames_free, frames_kernel;
	uint64_t uptime_ns, idle_ns;
	uint64_t switches, interrupts;
	uint32_t cpus_running, cpus_present;
	uint32_t fpu_bytes; /* size of an FPU image; XSAVE when xcr0 is not 0 */
	uint32_t fpu_xsave; /* 1: XSAVE format */
	uint64_t xcr0;
};

#endif
