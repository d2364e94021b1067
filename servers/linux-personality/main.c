/* SPDX-License-Identifier: MIT */
/*
 * The Linux personality: every Linux process of the system lives in this server. Start, in order; then its threads are the
 * Linux threads, entered at process/entry.c.
 */
#include "core/start.h"
#include "fs/fs.h"
#include "memory/out_of_memory.h"
#include "proc/init.h"
#include "process/first.h"
#include "route/routes.h"
#include "runtime/bootstrap.h"
#include "system/log.h"
#include "system/machine.h"
#include "system/random.h"
#include "system/rtc.h"
#include "system/sysv.h"
#include "system/uts.h"
#include "time/clocks.h"
#include "time/timer.h"
#include "tty/tty.h"
#include "vdso/vdso.h"

static struct boot_info boot;

int main(void)
{
	struct mount_namespace *mounts;
	struct fs_context *fs;
	handle_t system = bootstrap_handle("system");

	/* memory of our own, and the boundary to the guests */
	start_read_boot_info(&boot);
	start_arena(&boot);
	start_guests();
	start_must("out-of-memory service", out_of_memory_start());
	start_must("vDSO", vdso_init(bootstrap_handle("clock.page")));

	/* the machine */
	clocks_init(system);
	start_must("timers", timer_init());
	pool_init();
	pool_seed(bootstrap_handle("entropy.endpoint"));
	machine_init(system, bootstrap_handle("power.endpoint"));
	system_log_init(system);
	sysv_init();
	rtc_init(system, bootstrap_handle("rtc.endpoint"));

	/* the tree of files */
	start_must("root file system", fs_init(bootstrap_handle("vfs.endpoint"), &mounts, &fs));
	proc_init(boot.command_line);

	/* terminals */
	start_must("terminals", tty_init(boot.command_line));

	/* process 1, and what the kernel may answer to it and its children */
	routes_init(boot.command_line);
	start_must("process 1", first_process_start(&boot, fs, mounts, uts_namespace_create()));
	start_sleep();
}
