/* SPDX-License-Identifier: MIT */
/*
 * The report of a process that dies of a fault: who, where, registers, the bytes at rip, its last calls.
 */
#include "calls/trace.h"
#include "core/guest_memory.h"
#include "runtime/format.h"
#include "runtime/log.h"
#include "signal/state.h"

#define CODE_BYTES_BEFORE 8u
#define CODE_BYTES 24u

static void log_code(const struct thread *self)
{
	uint8_t code[CODE_BYTES];
	char text[CODE_BYTES * 4];
	struct format_buffer out = format_start(text, sizeof(text));
	uint64_t from = self->guest.regs.rip - CODE_BYTES_BEFORE;
	if (guest_read(code, (gaddr_t){ from }, sizeof(code)))
		return;
	for (uint32_t i = 0; i < CODE_BYTES; i++)
		format_append(&out, i == CODE_BYTES_BEFORE ? "<%02x> " : "%02x ", code[i]);
	log_info("  code %s", text);
}

void signal_log_death(struct thread *self, const struct linux_siginfo *info)
{
	const struct guest_registers *regs = &self->guest.regs;
	log_info("%s[%d]: signal %d code %d address 0x%lx vector %u error 0x%lx", self->name, self->tid,
		 info->number, info->code, info->u.fault.address, self->guest.vector, self->guest.error_code);
	log_info("  rip %016lx rsp %016lx rbp %016lx flags %lx", regs->rip, regs->rsp, regs->rbp,
		 regs->rflags);
	log_info("  rax %016lx rbx %016lx rcx %016lx rdx %016lx", regs->rax, regs->rbx, regs->rcx, regs->rdx);
	log_info("  rsi %016lx rdi %016lx r8  %016lx r9  %016lx", regs->rsi, regs->rdi, regs->r8, regs->r9);
	log_info("  r10 %016lx r11 %016lx r12 %016lx r13 %016lx", regs->r10, regs->r11, regs->r12, regs->r13);
	log_info("  r14 %016lx r15 %016lx fs  %016lx gs  %016lx", regs->r14, regs->r15, regs->fs_base,
		 regs->gs_base);
	log_code(self);
	trace_log_last(self);
}
