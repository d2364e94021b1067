/* SPDX-License-Identifier: MIT */
/*
 * The panic report (log.h): the reason, the registers and code bytes of a trap, a backtrace by frame pointers, with
 * names from the linked symbol table.
 *
 * Everything here may run with the kernel broken: only stacks and kernel text are read, each address checked before,
 * and a panic inside a panic just stops, its report cut. The symbol table's names are weak: they are missing in the first of the build's
 * two links, whose kernel never runs.
 */
#include <stddef.h>
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/trap.h"
#include "debug/log.h"
#include "debug/report.h"
#include "object/domain.h"
#include "thread/thread.h"

#define PORT_DEBUG_EXIT 0xf4
#define PORT_ACPI_CONTROL 0x604 /* QEMU's PM1a on both machines */
#define ACPI_SLEEP_S5 0x2000
#define PANIC_EXIT_CODE 2

static bool exit_after_panic;
static bool in_panic;

void panic_set_exit(bool exit)
{
	exit_after_panic = exit;
}

_Noreturn void machine_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

_Noreturn void machine_exit(uint8_t code)
{
	port_write8(PORT_DEBUG_EXIT, code);
	port_write16(PORT_ACPI_CONTROL, ACPI_SLEEP_S5);
	machine_halt();
}

_Noreturn void machine_reset(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_table = { 0, 0 };
	__asm__ volatile("lidt %0\n\tint3" ::"m"(no_table));
	machine_halt();
}

static _Noreturn void stop(void)
{
	log_print_raw("Lichen: stopped\n");
	if (exit_after_panic)
		machine_exit(PANIC_EXIT_CODE);
	machine_halt();
}

static void panic_begin(void)
{
	if (in_panic)
		stop();
	in_panic = true;
	log_serial_claimed(false);
}

static _Noreturn void panic_end(void)
{
	const struct cpu *cpu = cpu_self();
	const struct thread *thread = cpu->current;
	report_line("cpu number=%u thread=%lu domain=%lu cr0=0x%lx cr2=0x%lx cr3=0x%lx cr4=0x%lx",
		    cpu->number, thread ? thread->object.id : 0, thread ? thread->domain->object.id : 0,
		    cr0_read(), cr2_read(), cr3_read(), cr4_read());
	report_events(cpu);
	report_end();
	stop();
}

static void report_kernel(void)
{
	struct report_build_id build;
	report_line("kernel build=%s", report_build(&build, image_build_id));
}

_Noreturn void panic(const char *format, ...)
{
	const uint64_t *frame = __builtin_frame_address(0);
	char text[LOG_LINE_MAX];
	va_list list;

	panic_begin();
	va_start(list, format);
	format_list(text, sizeof(text), format, list);
	va_end(list);
	log_print("panic: %s", text);
	for (char *c = text; *c; c++)
		*c = *c == '"' || *c == '\\' || *c < ' ' ? '\'' : *c;
	report_begin("kernel");
	report_line("reason text=\"%s\" vector=-", text);
	report_kernel();
	report_stack(NULL, (uintptr_t)frame);
	report_frames(NULL, frame[1], frame[0]);
	panic_end();
}

_Noreturn void panic_trap(const struct trap_frame *frame, const char *what)
{
	panic_begin();
	log_print("panic: %s (vector %lu) in the kernel", what, frame->vector);
	report_begin("kernel");
	report_reason(frame, what, cr2_read());
	report_kernel();
	report_registers(frame);
	report_code(NULL, frame->rip);
	report_stack(NULL, frame->rsp);
	report_frames(NULL, frame->rip, frame->rbp);
	panic_end();
}

extern const uint64_t symbol_count __attribute__((weak));
extern const uint32_t symbol_offsets[] __attribute__((weak)); /* from image_text_start, rising */
extern const uint32_t symbol_names[] __attribute__((weak));   /* offsets into symbol_text */
extern const char symbol_text[] __attribute__((weak));

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	uint64_t start = (uintptr_t)image_text_start;
	if (address < start || address >= (uintptr_t)image_text_end || !&symbol_count || !symbol_count)
		return NULL;
	uint64_t low = 0, high = symbol_count;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (symbol_offsets[middle] <= address - start)
			low = middle;
		else
			high = middle;
	}
	*offset = address - start - symbol_offsets[low];
	return symbol_text + symbol_names[low];
}
