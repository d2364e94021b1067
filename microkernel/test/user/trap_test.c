/* SPDX-License-Identifier: MIT */
/*
 * Hostile guests (trap_guests.S), one row each: whatever a guest does ends in an exit that tells it, and the kernel
 * goes on. The rows are of one table, so that all run with the same judge.
 */
#include "user_test.h"

#define FLAG_STEP 0x100u
#define FLAG_INTERRUPTS 0x200u
#define FLAG_DIRECTION 0x400u
#define FLAGS_IOPL 0x3000u
#define FLAG_NESTED 0x4000u
#define FLAG_ALIGNMENT 0x40000u
#define WATCH_READ_WRITE 0xf0001u

#define INT_ERROR(vector) ((vector)*8 + 2) /* the vector's gate, in the IDT */
#define IDT_BIT 2u

#define ANY_RIP NULL
#define ANY_VECTOR 0xffu

struct trap_case {
	const char *name;
	void (*entry)(void);
	const void *at;  /* instruction pointer of the exit; ANY_RIP */
	uint64_t flags;  /* at entry */
	uint32_t reason; /* enum guest_exit; 0: SYSCALL or DEBUG */
	uint32_t vector; /* of a FAULT or DEBUG exit */
	uint64_t error_code;
};

#define GUEST(name)                                                                                          \
	void trap_##name(void);                                                                              \
	extern const char trap_##name##_at[];
/* clang-format off */
GUEST(divide) GUEST(breakpoint) GUEST(invalid) GUEST(halt) GUEST(cli) GUEST(port) GUEST(wrmsr) GUEST(load_cr3)
GUEST(int80) GUEST(int_nmi) GUEST(int_double_fault) GUEST(int_timer) GUEST(read_kernel)
GUEST(write_kernel) GUEST(jump_kernel) GUEST(jump_not_canonical) GUEST(read_not_canonical)
GUEST(call_on_kernel_stack) GUEST(breakpoint_on_bad_stack) GUEST(push_on_kernel_stack) GUEST(kernel_gs_call)
GUEST(kernel_gs_debug) GUEST(call_with_flags) GUEST(step_with_flags) GUEST(far_to_32_bit) GUEST(sysenter)
GUEST(load_null_segments) GUEST(x87_error) GUEST(watched_stack_segment)

#define FAULT(name, vector, error) { #name, trap_##name, trap_##name##_at, 0, EXIT_FAULT, vector, error }
#define CALL(name) { #name, trap_##name, trap_##name##_at, 0, EXIT_SYSCALL, 0, 0 }
#define CALL_FLAGS(flags) { "call_with_flags", trap_call_with_flags, trap_call_with_flags_at, flags, EXIT_SYSCALL, 0, 0 }

static const struct trap_case cases[] = {
	FAULT(divide, 0, 0), FAULT(breakpoint, 3, 0), FAULT(invalid, 6, 0),
	FAULT(halt, 13, 0), FAULT(cli, 13, 0), FAULT(port, 13, 0), FAULT(wrmsr, 13, 0), FAULT(load_cr3, 13, 0),
	{ "cli_with_iopl", trap_cli, trap_cli_at, FLAGS_IOPL, EXIT_FAULT, 13, 0 },
	FAULT(int80, 13, INT_ERROR(0x80)), FAULT(int_nmi, 13, INT_ERROR(2)), FAULT(int_double_fault, 13, INT_ERROR(8)),
	FAULT(int_timer, 13, INT_ERROR(0xf0)),
	FAULT(read_kernel, 14, 5), FAULT(write_kernel, 14, 7),
	{ "jump_kernel", trap_jump_kernel, ANY_RIP, 0, EXIT_FAULT, 14, 0x15 },
	{ "jump_not_canonical", trap_jump_not_canonical, ANY_RIP, 0, EXIT_FAULT, ANY_VECTOR, 0 },
	FAULT(read_not_canonical, 13, 0),
	CALL(call_on_kernel_stack), FAULT(breakpoint_on_bad_stack, 3, 0), FAULT(push_on_kernel_stack, 14, 7),
	CALL_FLAGS(FLAG_DIRECTION), CALL_FLAGS(FLAG_NESTED), CALL_FLAGS(FLAG_ALIGNMENT), CALL_FLAGS(FLAG_STEP),
	CALL_FLAGS(FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_STEP),
	{ "step_with_flags", trap_step_with_flags, trap_step_with_flags_at, FLAG_STEP | FLAG_DIRECTION | FLAG_ALIGNMENT,
	  EXIT_DEBUG, 1, 0 },
	/* By the manual #GP with error 0x20; QEMU with SMAP reads a user's far return stack as the kernel and faults there. */
	FAULT(far_to_32_bit, ANY_VECTOR, 0), CALL(load_null_segments), FAULT(x87_error, 16, 0),
	{ "sysenter", trap_sysenter, trap_sysenter_at, 0, EXIT_FAULT, ANY_VECTOR, 0 },
};

static const struct trap_case gs_cases[] = {
	CALL(kernel_gs_call), { "kernel_gs_debug", trap_kernel_gs_debug, trap_kernel_gs_debug_at, 0, EXIT_DEBUG, 1, 0 },
};
/* clang-format on */

extern const char trap_watched[];
static const struct trap_case *current;

/* QEMU's emulation counts 16 bytes for each gate where a CPU counts 8. */
static uint64_t emulated_error(uint64_t error)
{
	return (error & 7) == IDT_BIT ? (error - IDT_BIT) * 2 + IDT_BIT : error;
}

static const char *judge(struct guest_record *own, enum guest_exit reason)
{
	const struct trap_case *row = current;
	if (row->reason)
		CHECK(reason == row->reason);
	else
		CHECK(reason == EXIT_SYSCALL || reason == EXIT_DEBUG);
	if (row->at)
		CHECK(own->regs.rip == (uintptr_t)row->at);
	if (row->reason == EXIT_SYSCALL)
		CHECK((own->regs.rflags & ~0xffull) == (row->flags | FLAG_INTERRUPTS));
	if (row->reason != EXIT_FAULT || row->vector == ANY_VECTOR)
		return guest_done;
	CHECK(own->vector == row->vector);
	CHECK(own->error_code == row->error_code || own->error_code == emulated_error(row->error_code));
	return guest_done;
}

static const char *run_case(const struct trap_case *row)
{
	current = row;
	const char *wrong = guest_end(guest_start(row->entry, row->flags, judge));
	if (wrong)
		print_text(row->name);
	return wrong;
}

static const char *hostile_guests_are_told(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wrong = run_case(&cases[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

/* Does this CPU let user code write its bases? */
static bool has_fsgsbase(void)
{
	uint32_t a = 0, b, c = 0, d;
	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (a < 7)
		return false;
	a = 7;
	c = 0;
	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return b & 1;
}

static const char *kernel_gs_base_in_a_guest(void)
{
	static const struct trap_case refused = { "wrgsbase", trap_kernel_gs_call, ANY_RIP, 0, EXIT_FAULT, 6,
						  0 };
	if (!has_fsgsbase())
		return run_case(&refused);
	for (size_t i = 0; i < sizeof(gs_cases) / sizeof(gs_cases[0]); i++) {
		const char *wrong = run_case(&gs_cases[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *debug_trap_on_kernel_entry(void)
{
	static const struct trap_case row = {
		"watched_stack_segment", trap_watched_stack_segment, ANY_RIP, 0, 0, 0, 0
	};
	current = &row;
	handle_t thread = guest_make(row.entry, 0, judge);
	guest_record()->dr[0] = (uintptr_t)trap_watched;
	guest_record()->dr7 = WATCH_READ_WRITE;
	(void)k_thread_start(thread);
	return guest_end(thread);
}

const struct user_test trap_tests[] = {
	{ "user_hostile_guests_are_told", hostile_guests_are_told },
	{ "user_kernel_gs_base_in_a_guest", kernel_gs_base_in_a_guest },
	{ "user_debug_trap_on_kernel_entry", debug_trap_on_kernel_entry },
	{ NULL, NULL },
};
