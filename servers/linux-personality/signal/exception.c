/* SPDX-License-Identifier: MIT */
/*
 * Exceptions of guest code, as signals.
 */
#include "memory/mm.h"
#include "runtime/kernel.h"
#include "signal/state.h"

#define DR6_TRAP_BITS 0xfull
#define DR6_STEP 0x4000ull
#define ERROR_PRESENT 1ull
#define FX_STATUS_AT 2u
#define FX_CONTROL_AT 0u
#define FX_MXCSR_AT 24u

enum vector {
	VECTOR_DIVIDE = 0,
	VECTOR_DEBUG = 1,
	VECTOR_BREAKPOINT = 3,
	VECTOR_INVALID_OPCODE = 6,
	VECTOR_SEGMENT_MISSING = 11,
	VECTOR_STACK = 12,
	VECTOR_PAGE = 14,
	VECTOR_X87 = 16,
	VECTOR_ALIGNMENT = 17,
	VECTOR_SIMD = 19,
};

/* siginfo code of floating-point exception flags IE DE ZE OE UE PE (bits 0 to 5): Linux's order of precedence. */
static int code_of_flags(uint32_t flags)
{
	if (flags & 0x01)
		return LINUX_FPE_FLTINV;
	if (flags & 0x04)
		return LINUX_FPE_FLTDIV;
	if (flags & 0x08)
		return LINUX_FPE_FLTOVF;
	if (flags & 0x12)
		return LINUX_FPE_FLTUND;
	return flags & 0x20 ? LINUX_FPE_FLTRES : 0;
}

static int floating_point_code(uint32_t vector)
{
	uint8_t image[8192] __attribute__((aligned(8)));
	uint16_t status, control;
	uint32_t mxcsr;
	if (k_guest_fpu_read(HANDLE_NONE, own_address(image), sizeof(image)).status < 0)
		return LINUX_FPE_FLTINV;
	__builtin_memcpy(&control, image + FX_CONTROL_AT, sizeof(control));
	__builtin_memcpy(&status, image + FX_STATUS_AT, sizeof(status));
	__builtin_memcpy(&mxcsr, image + FX_MXCSR_AT, sizeof(mxcsr));
	return vector == VECTOR_X87 ? code_of_flags(status & ~control) : code_of_flags(~(mxcsr >> 7) & mxcsr);
}

static int debug_code(const struct guest_record *guest)
{
	if (guest->dr6 & DR6_STEP)
		return LINUX_TRAP_TRACE;
	return guest->dr6 & DR6_TRAP_BITS ? LINUX_TRAP_HWBKPT : LINUX_TRAP_BRKPT;
}

static struct linux_siginfo at_address(int number, int code, uint64_t address)
{
	return (struct linux_siginfo){ .number = number, .code = code, .u.fault.address = address };
}

static struct linux_siginfo page_fault(const struct guest_record *guest)
{
	uint64_t address = guest->fault_address;
	switch (guest->fault_reason) {
	case FAULT_BEYOND_END:
	case FAULT_PAGER_ERROR: return at_address(LINUX_SIGBUS, LINUX_BUS_ADRERR, address);
	case FAULT_ACCESS: return at_address(LINUX_SIGSEGV, LINUX_SEGV_ACCERR, address);
	case FAULT_NO_MEMORY: return at_address(LINUX_SIGKILL, LINUX_SI_KERNEL, address);
	default: return at_address(LINUX_SIGSEGV, LINUX_SEGV_MAPERR, address);
	}
}

static struct linux_siginfo describe(const struct guest_record *guest)
{
	uint64_t rip = guest->regs.rip;
	switch (guest->vector) {
	case VECTOR_DIVIDE: return at_address(LINUX_SIGFPE, LINUX_FPE_INTDIV, rip);
	case VECTOR_DEBUG: return at_address(LINUX_SIGTRAP, debug_code(guest), rip);
	case VECTOR_BREAKPOINT: return at_address(LINUX_SIGTRAP, LINUX_SI_KERNEL, 0);
	case VECTOR_INVALID_OPCODE: return at_address(LINUX_SIGILL, LINUX_ILL_ILLOPN, rip);
	case VECTOR_SEGMENT_MISSING:
	case VECTOR_STACK: return at_address(LINUX_SIGBUS, LINUX_SI_KERNEL, 0);
	case VECTOR_PAGE: return page_fault(guest);
	case VECTOR_X87:
	case VECTOR_SIMD: return at_address(LINUX_SIGFPE, floating_point_code(guest->vector), rip);
	case VECTOR_ALIGNMENT: return at_address(LINUX_SIGBUS, LINUX_BUS_ADRALN, 0);
	default: return at_address(LINUX_SIGSEGV, LINUX_SI_KERNEL, 0);
	}
}

/* The error code that programs see: addresses of the kernel look protected, whatever is there; a page without any right looks
   absent, as it is on Linux. */
static void adjust_error_code(struct thread *self)
{
	struct guest_record *guest = &self->guest;
	struct region_info region;
	if (guest->vector != VECTOR_PAGE)
		return;
	if ((int64_t)guest->fault_address < 0)
		guest->error_code |= ERROR_PRESENT;
	else if (guest->fault_reason == FAULT_ACCESS && self->mm &&
		 k_aspace_query(self->mm->aspace, guest->fault_address, own_address(&region)).status >= 0 &&
		 !region.prot)
		guest->error_code &= ~ERROR_PRESENT;
}

void signal_from_exception(struct thread *self)
{
	adjust_error_code(self);
	struct linux_siginfo info = describe(&self->guest);
	self->guest.regs.orig_rax = GUEST_NO_CALL;
	signal_force(self, info.number, &info);
}
