/* SPDX-License-Identifier: MIT */
/*
 * The kernel's start, in order.
 */
#include "arch/x86_64/cpu.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "arch/x86_64/boot.h"

_Noreturn void kernel_main(uint32_t protocol, uint32_t information)
{
	log_init();                            /* the log's outlets: from here on one can see */
	log_print("Lichen %u %x", protocol, information);
	for (;;)
		__asm__ volatile("cli; hlt");
}
