/* SPDX-License-Identifier: MIT */
/*
 * Start: from the handles of the manifest to an arena and an entry for guests.
 */
#include "core/start.h"

#include <stdlib.h>
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "process/create.h"
#include "process/entry.h"
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "signal/fpu_image.h"

#define ARENA_PAGES_MIN 4096u
#define SPARED_SHARE 32u
#define SPARED_PAGES_MAX 4096u

void start_must(const char *step, int error)
{
	if (!error)
		return;
	log_error("cannot start: %s: %s", step, call_error_text(-error));
	exit(1);
}

void start_read_boot_info(struct boot_info *boot)
{
	handle_t handle = bootstrap_handle("boot.info");
	start_must("boot.info",
		   errno_from_status(k_object_read(handle, 0, own_address(boot), sizeof(*boot)).status));
	boot->command_line[BOOT_COMMAND_LINE_MAX - 1] = '\0';
}

static bool arena_commit(void *place, uint64_t bytes)
{
	return k_aspace_advise(HANDLE_SELF_ASPACE, (uintptr_t)place, bytes, ADVICE_POPULATE_WRITE).status ==
	       STATUS_OK;
}

/* What guests allocate leaves some memory to us and to the other servers. */
static void make_guest_account(const struct boot_info *boot)
{
	uint64_t spared = boot->memory_bytes / PAGE_SIZE / SPARED_SHARE;
	struct account_limits limits = {
		.frames = UINT64_MAX,
		.objects = UINT64_MAX,
		.spared = spared < SPARED_PAGES_MAX ? spared : SPARED_PAGES_MAX,
	};
	struct call_result made = k_account_create(personality_account, own_address(&limits));
	start_must("guests' account", errno_from_status(made.status));
	guest_account = call_handle(made);
}

/* Half of the memory at most. */
void start_arena(const struct boot_info *boot)
{
	uint64_t pages = boot->memory_bytes / PAGE_SIZE / 2;
	pages = pages < ARENA_PAGES_MIN ? ARENA_PAGES_MIN : pages > ARENA_PAGES_MAX ? ARENA_PAGES_MAX : pages;
	personality_account = bootstrap_handle("account");
	make_guest_account(boot);
	struct call_result made = k_object_create(personality_account, pages, 0);
	struct map_request request = {
		.address = ARENA_BASE,
		.length = pages * PAGE_SIZE,
		.object = call_handle(made),
		.prot = PROT_BIT_READ | PROT_BIT_WRITE,
		.flags = MAP_FLAG_NOREPLACE | MAP_FLAG_SHARED,
	};
	start_must("arena", errno_from_status(made.status));
	start_must("arena",
		   errno_from_status(k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request)).status));
	start_must("arena", slab_init((void *)ARENA_BASE, pages, arena_commit));
}

void start_guests(void)
{
	struct system_info info;
	struct call_result result = k_system_info(bootstrap_handle("system"), own_address(&info));
	start_must("system_info", errno_from_status(result.status));
	fpu_image_init(info.fpu_bytes, info.fpu_xsave, info.xcr0);
	result = k_domain_set_entry(HANDLE_SELF_DOMAIN, (uintptr_t)personality_enter);
	start_must("entry", errno_from_status(result.status));
}

_Noreturn void start_sleep(void)
{
	static const uint32_t never;
	for (;;)
		(void)k_word_wait((uintptr_t)&never, 0, WAIT_ANY, DEADLINE_NEVER, 0);
}
