/* SPDX-License-Identifier: MIT */
/*
 * General registers, and on demand the FPU's image as the CPU saves it.
 */
#include "report/registers.h"

#include <stddef.h>
#include "core/slab.h"
#include "process/thread.h"
#include "runtime/kernel.h"

#define IMAGE_BYTES 8192u
#define FPU_LINE_BYTES 32u
#define PER_LINE 4u

static const struct {
	char name[12];
	uint16_t at;
} registers[] = {
#define REGISTER(name)                                                                                       \
	{                                                                                                    \
#		name, offsetof(struct guest_registers, name)                                                \
	}
	REGISTER(rip),      REGISTER(rsp), REGISTER(rbp), REGISTER(rflags),  REGISTER(rax),     REGISTER(rbx),
	REGISTER(rcx),      REGISTER(rdx), REGISTER(rsi), REGISTER(rdi),     REGISTER(r8),      REGISTER(r9),
	REGISTER(r10),      REGISTER(r11), REGISTER(r12), REGISTER(r13),     REGISTER(r14),     REGISTER(r15),
	REGISTER(orig_rax), REGISTER(cs),  REGISTER(ss),  REGISTER(fs_base), REGISTER(gs_base),
#undef REGISTER
};

#define REGISTER_COUNT (sizeof(registers) / sizeof(registers[0]))

void report_registers(struct report *report, const struct thread *self)
{
	const uint8_t *base = (const uint8_t *)&self->guest.regs;
	for (size_t i = 0; i < REGISTER_COUNT; i++) {
		if (i % PER_LINE == 0)
			line_begin(report, "reg");
		line_field(report, registers[i].name, "0x%lx", *(const uint64_t *)(base + registers[i].at));
		if (i % PER_LINE == PER_LINE - 1)
			line_end(report);
	}
	line_field(report, "cr2", "0x%lx", self->guest.fault_address);
	line_end(report);
}

static bool all_zero(const uint8_t *bytes)
{
	uint8_t sum = 0;
	for (uint32_t i = 0; i < FPU_LINE_BYTES; i++)
		sum |= bytes[i];
	return !sum;
}

void report_fpu(struct report *report)
{
	uint8_t *image = slab_allocate(IMAGE_BYTES);
	if (!image)
		return;
	struct call_result got = k_guest_fpu_read(HANDLE_NONE, own_address(image), IMAGE_BYTES);
	for (uint64_t at = 0; got.status >= 0 && at < IMAGE_BYTES; at += FPU_LINE_BYTES) {
		if (all_zero(image + at))
			continue;
		line_begin(report, "fpu");
		line_field(report, "start", "%lu", at);
		line_bytes(report, "bytes", image + at, FPU_LINE_BYTES);
		line_end(report);
	}
	slab_free(image, IMAGE_BYTES);
}
