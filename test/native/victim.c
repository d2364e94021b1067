/* SPDX-License-Identifier: MIT */
/*
 * native-victim: programs that end in the ways that a supervisor must survive and tell. The option "how" says which:
 *   fault     writes to address 0x10
 *   code      runs data
 *   exit      exits with code 3
 *   fpu       computes with floating point although its thread may not
 *   memory    reads where another server has its memory
 *   kernel    reads the kernel's memory
 *   port      reads a port by itself
 *   mmio      reads the screen's memory at its physical address
 *   interrupt switches interrupts off
 *   serving   takes one call and exits without an answer
 *   working   takes one call and writes to address 0 for it
 */
#include <stdlib.h>
#include <string.h>
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

static void end_by_fault(void)
{
	volatile uintptr_t address = 0x10;

	*(volatile int *)address = 1;
}

static void end_by_running_data(void)
{
	static unsigned char data[16] = { 0xc3 };

	((void (*)(void))(uintptr_t)data)();
}

static void end_by_exit(void)
{
	exit(3);
}

static void end_by_fpu(void)
{
	__asm__ volatile(".byte 0x0f, 0x57, 0xc0"); /* xorps xmm0, xmm0 */
}

static void read_byte(uintptr_t address)
{
	(void)*(volatile unsigned char *)address;
}

static void end_by_foreign_memory(void)
{
	read_byte(0x100000000000); /* the personality's arena */
}

static void end_by_kernel_memory(void)
{
	read_byte(0xffffffff80101000); /* its first page of code */
}

static void end_by_port(void)
{
	unsigned char value;

	__asm__ volatile("inb $0x60, %0" : "=a"(value));
}

static void end_by_mmio(void)
{
	read_byte(0xb8000);
}

static void end_by_interrupts(void)
{
	__asm__ volatile("cli");
}

static void end_while_serving(void)
{
	struct message message;

	if (ipc_receive(bootstrap_handle("endpoint"), HANDLE_NONE, DEADLINE_NEVER, &message) == STATUS_OK)
		exit(4);
}

static void end_while_working(void)
{
	struct message message;

	if (ipc_receive(bootstrap_handle("endpoint"), HANDLE_NONE, DEADLINE_NEVER, &message) == STATUS_OK) {
		volatile uintptr_t address = 0;

		*(volatile uint64_t *)address = message.words[0];
	}
}

static const struct {
	const char *how;
	void (*end)(void);
} ends[] = {
	{ "fault", end_by_fault },
	{ "code", end_by_running_data },
	{ "exit", end_by_exit },
	{ "fpu", end_by_fpu },
	{ "memory", end_by_foreign_memory },
	{ "kernel", end_by_kernel_memory },
	{ "port", end_by_port },
	{ "mmio", end_by_mmio },
	{ "interrupt", end_by_interrupts },
	{ "serving", end_while_serving },
	{ "working", end_while_working },
};

int main(void)
{
	const char *how = bootstrap_option("how");

	for (size_t i = 0; how != NULL && i < sizeof ends / sizeof ends[0]; i++) {
		if (strcmp(ends[i].how, how) == 0)
			ends[i].end();
	}
	log_error("still alive");
	return 0;
}
