/* SPDX-License-Identifier: MIT */
/*
 * The machine as a whole: sysinfo(2), reboot(2), and calls on hardware that no guest has: iopl(2), ioperm(2).
 */
#include "system/machine.h"

#include <string.h>

#include "abi/blocks.h"
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "fs/inode.h"
#include "power_protocol.h"
#include "process/credentials.h"
#include "process/process.h"
#include "process/tree.h"
#include "proc/load.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "tty/tty.h"

#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_RESTART 0x01234567u
#define REBOOT_HALT 0xcdef0123u
#define REBOOT_CAD_ON 0x89abcdefu
#define REBOOT_CAD_OFF 0x00000000u
#define REBOOT_POWER_OFF 0x4321fedcu
#define REBOOT_RESTART2 0xa1b2c3d4u
#define SYSINFO_LOAD_BITS 16 /* of the fraction */
#define STOP_RESET 1u
#define STOP_HALT 2u
#define DRAIN_NS 2000000000ull /* for terminals to send their last output */

static handle_t system_handle, power_endpoint;

void machine_init(handle_t system, handle_t power)
{
	system_handle = system;
	power_endpoint = power;
}

int machine_info(struct system_info *info)
{
	return errno_from_status(k_system_info(system_handle, (uaddr_t){ (uintptr_t)info }).status);
}

struct linux_sysinfo {
	int64_t uptime;
	uint64_t loads[3];
	uint64_t total_memory, free_memory, shared_memory, buffer_memory, total_swap, free_swap;
	uint16_t processes, padding;
	uint32_t padding2;
	uint64_t total_high, free_high;
	uint32_t unit;
	uint32_t padding3;
};
_Static_assert(sizeof(struct linux_sysinfo) == 112, "struct sysinfo of x86-64");

int64_t sys_sysinfo(struct thread *self, gaddr_t out)
{
	struct linux_sysinfo shown = { .unit = 1 };
	struct system_info info;
	int error = machine_info(&info);
	(void)self;
	if (error)
		return error;
	shown.uptime = (int64_t)((clock_monotonic_ns() + NS_PER_SECOND - 1) / NS_PER_SECOND);
	shown.total_memory = info.frames_total * PAGE_SIZE;
	shown.free_memory = info.frames_free * PAGE_SIZE;
	shown.processes = (uint16_t)process_count();
	load_averages(shown.loads);
	for (int i = 0; i < LOAD_COUNT; i++)
		shown.loads[i] <<= SYSINFO_LOAD_BITS - LOAD_FRACTION_BITS;
	return guest_write(out, &shown, sizeof(shown));
}

/* What the drivers could not do, the kernel does. */
static _Noreturn void machine_end(uint32_t command)
{
	(void)!inode_write_back_all(NULL);
	tty_drain_all(clock_monotonic_ns() + DRAIN_NS);
	log_info("%s", command == REBOOT_POWER_OFF ? "power off"
		       : command == REBOOT_HALT    ? "halt"
						   : "restart");
	if (command == REBOOT_POWER_OFF)
		(void)!power_off(power_endpoint);
	else if (command != REBOOT_HALT)
		(void)!power_reset(power_endpoint);
	for (;;)
		(void)k_system_stop(system_handle, command == REBOOT_HALT || command == REBOOT_POWER_OFF
							   ? STOP_HALT
							   : STOP_RESET);
}

static bool reboot_magic2(uint32_t magic)
{
	return magic == 672274793 || magic == 85072278 || magic == 369367448 || magic == 537993216;
}

int64_t sys_reboot(struct thread *self, int32_t magic, int32_t magic2, uint32_t command, gaddr_t argument)
{
	char text[256];
	if (!thread_capable(self, LINUX_CAP_SYS_BOOT))
		return -EPERM;
	if ((uint32_t)magic != REBOOT_MAGIC1 || !reboot_magic2((uint32_t)magic2))
		return -EINVAL;
	switch (command) {
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF: return 0;
	case REBOOT_RESTART2:
		if (guest_read_string(text, argument, sizeof(text)) == -EFAULT)
			return -EFAULT;
		machine_end(REBOOT_RESTART);
	case REBOOT_RESTART:
	case REBOOT_HALT:
	case REBOOT_POWER_OFF: machine_end(command);
	default: return -EINVAL;
	}
}

int64_t sys_iopl(struct thread *self, uint32_t level)
{
	(void)self;
	return level > 3 ? -EINVAL : level ? -EPERM : 0;
}

int64_t sys_ioperm(struct thread *self, uint64_t from, uint64_t count, int32_t on)
{
	(void)self;
	if (from + count < from || from + count > 65536)
		return -EINVAL;
	return on ? -EPERM : 0;
}
