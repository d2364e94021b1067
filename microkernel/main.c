/* SPDX-License-Identifier: MIT */
/*
 * The kernel's start, in order. Nothing before cpu_init may fault; nothing before memory_init may allocate; the boot
 * loader's information and the firmware's tables are read before memory_init, which may use their memory again.
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "debug/event.h"
#include "debug/log.h"
#include "object/object.h"
#include "object/domain.h"
#include "test/test.h"
#include "thread/thread.h"

_Noreturn void kernel_main(uint32_t protocol, uint32_t information)
{
	const char *tests;

	log_init();                       /* COM1, if there */
	cpu_init();                       /* descriptors, features, traps, FPU */
	event_init(cpu_self());           /* before anything is recorded */
	boot_read(protocol, information); /* memory map, module, command line */
	acpi_read(boot_info->rsdp);       /* interrupt controllers, HPET */
	boot_info->cpu_count = acpi_facts.cpu_count;
	memory_init(boot_info, boot_module); /* frames, final page tables, kernel heap */
	arch_unmap_guards();                 /* pages below the stacks */
	interrupts_init();                   /* local and I/O APICs */
	clock_init();                        /* TSC, timer, clock page */
	account_init(frame_counts().free);   /* the root account owns all memory */
	thread_init();                       /* run queues, waits */
	recording_start_at_boot();
	if (boot_option("test", &tests))
		test_run_all(tests); /* does not come back */
	supervisor_start();          /* first domain, from the linked-in image */
	kernel_exit();               /* run what is ready */
}
