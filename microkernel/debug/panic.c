/* SPDX-License-Identifier: MIT */
/*
 * The panic report (log.h): the reason, the registers and code bytes of a trap, a backtrace by frame pointers, with
 * names from the linked symbol table.
 *
 * Everything here may run with the kernel broken: only stacks and kernel text are read, each address checked before,
 * and a panic inside a panic just stops. The symbol table's names are weak: they are missing in the first of the build's
 * two links, whose kernel never runs.
 */
#include <stddef.h>
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/trap.h"
#include "debug/event.h"
#include "debug/log.h"

#define PORT_DEBUG_EXIT 0xf4
#define PORT_ACPI_CONTROL 0x604 /* QEMU's PM1a on both machines */
#define ACPI_SLEEP_S5 0x2000
#define PANIC_EXIT_CODE 2
#define BACKTRACE_MAX 24
#define CODE_BYTES 16

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

static bool in_text(uint64_t address)
{
	return address >= (uintptr_t)image_text_start && address < (uintptr_t)image_text_end;
}

static void print_place(const char *what, uint64_t address)
{
	uint64_t offset;
	const char *name = symbol_find(address, &offset);
	if (name)
		log_print_raw("  %s %016lx %s+0x%lx\n", what, address, name, offset);
	else
		log_print_raw("  %s %016lx\n", what, address);
}

static void print_backtrace(uint64_t frame_pointer)
{
	for (unsigned depth = 0;
	     depth < BACKTRACE_MAX && stack_contains(frame_pointer) && stack_contains(frame_pointer + 8);
	     depth++) {
		const uint64_t *frame = (const uint64_t *)frame_pointer;
		if (!in_text(frame[1]))
			return;
		print_place("by", frame[1]);
		if (frame[0] <= frame_pointer)
			return;
		frame_pointer = frame[0];
	}
}

void registers_print(const struct trap_frame *f)
{
	log_print_raw("  rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
	log_print_raw("  rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n", f->rsi, f->rdi, f->rbp, f->rsp);
	log_print_raw("  r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", f->r8, f->r9, f->r10, f->r11);
	log_print_raw("  r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", f->r12, f->r13, f->r14, f->r15);
	log_print_raw("  rip %016lx cs %lx rflags %lx ss %lx error %lx\n", f->rip, f->cs, f->rflags, f->ss,
		      f->error_code);
	log_print_raw("  cr0 %lx cr2 %016lx cr3 %lx cr4 %lx\n", cr0_read(), cr2_read(), cr3_read(),
		      cr4_read());
}

static void print_code(uint64_t rip)
{
	log_print_raw("  code");
	for (uint64_t address = rip; address < rip + CODE_BYTES && in_text(address); address++)
		log_print_raw(" %02x", *(const unsigned char *)address);
	log_print_raw("\n");
}

static void report_begin(void)
{
	if (in_panic)
		machine_halt();
	in_panic = true;
	log_serial_claimed(false);
}

static _Noreturn void report_end(void)
{
	const struct cpu *cpu = cpu_self();
	log_print_raw("  cpu %u thread %p\n", cpu->number, (void *)cpu->current);
	event_print(cpu);
	log_print_raw("Lichen: stopped\n");
	if (exit_after_panic)
		machine_exit(PANIC_EXIT_CODE);
	machine_halt();
}

_Noreturn void panic(const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list list;

	report_begin();
	va_start(list, format);
	format_list(text, sizeof(text), format, list);
	va_end(list);
	log_print("panic: %s", text);
	print_backtrace((uintptr_t)__builtin_frame_address(0));
	report_end();
}

_Noreturn void panic_trap(const struct trap_frame *frame, const char *what)
{
	report_begin();
	log_print("panic: %s (vector %lu) in the kernel", what, frame->vector);
	registers_print(frame);
	print_code(frame->rip);
	print_place("at", frame->rip);
	print_backtrace(frame->rbp);
	report_end();
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
