/* SPDX-License-Identifier: MIT */
/*
 * Core files: the notes' kinds and structures (elf(5), core(5)).
 */
#ifndef LICHEN_LINUX_ABI_CORE_H
#define LICHEN_LINUX_ABI_CORE_H

#include <stdint.h>

#define LINUX_ET_CORE 4u
#define LINUX_PT_NOTE 4u

#define LINUX_NT_PRSTATUS 1u
#define LINUX_NT_FPREGSET 2u
#define LINUX_NT_PRPSINFO 3u
#define LINUX_NT_AUXV 6u
#define LINUX_NT_X86_XSTATE 0x202u
#define LINUX_NT_FILE 0x46494c45u
#define LINUX_NT_SIGINFO 0x53494749u

struct linux_note {
	uint32_t name_bytes, bytes, kind;
};

struct linux_core_time {
	int64_t seconds, microseconds;
};

#define LINUX_CORE_REGISTERS 27
struct linux_core_status {
	int32_t signal, code, error;
	int16_t current_signal, padding;
	uint64_t pending, blocked;
	int32_t pid, parent, group, session;
	struct linux_core_time user, system, child_user, child_system;
	uint64_t registers[LINUX_CORE_REGISTERS];
	int32_t has_fpu, padding2;
};
_Static_assert(sizeof(struct linux_core_status) == 336, "as on Linux");

#define LINUX_CORE_ARGUMENTS 80
struct linux_core_process {
	int8_t state, state_letter, zombie, nice;
	uint32_t padding;
	uint64_t flags;
	uint32_t user, group_id;
	int32_t pid, parent, group, session;
	char name[16], arguments[LINUX_CORE_ARGUMENTS];
};
_Static_assert(sizeof(struct linux_core_process) == 136, "as on Linux");

#endif
