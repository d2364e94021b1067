/* SPDX-License-Identifier: MIT */
/*
 * Accounts and the system-control object: limits, counters, the supervisor's panic.
 */
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "call/lookup.h"
#include "debug/panic.h"
#include "memory/memory.h"
#include "object/account.h"

#define PANIC_TEXT_MAX 200u

struct call_result kcall_account_create(struct thread *self, handle_t parent, uaddr_t limits)
{
	status_code_t status;
	struct account *above = LOOKUP(account, self, parent, KIND_ACCOUNT, RIGHT_MANAGE, &status);
	if (!above)
		return call_error(status);
	struct account_limits copy;
	status = copy_in(self->domain->aspace, &copy, limits, sizeof(copy));
	if (status)
		return call_error(status);
	struct account *account = account_create(above, &copy, &status);
	return account ? call_created(self, account) : call_error(status);
}

struct call_result kcall_account_info(struct thread *self, handle_t account, uaddr_t info)
{
	status_code_t status;
	struct account *target = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	struct account_info answer = {
		.limits = target->limits,
		.frames = target->frames,
		.objects = target->objects,
		.refusals = target->refusals,
	};
	return call_error(copy_out(self->domain->aspace, info, &answer, sizeof(answer)));
}

static void add_cpu(struct system_info *info, const struct cpu *cpu)
{
	if (!cpu->self)
		return;
	info->cpus_running++;
	info->idle_ns += cpu->idle_ns;
	info->switches += cpu->switches;
	info->interrupts += cpu->interrupts;
}

struct call_result kcall_system_info(struct thread *self, handle_t system, uaddr_t info)
{
	status_code_t status;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_READ, &status))
		return call_error(status);
	struct frame_counts frames = frame_counts();
	struct system_info answer = {
		.frames_total = frames.total,
		.frames_free = frames.free,
		.frames_kernel = frames.kernel,
		.uptime_ns = clock_now_ns(),
		.cpus_present = (uint32_t)boot_info->cpu_count,
		.fpu_bytes = cpu_features.fpu_bytes,
		.fpu_xsave = cpu_features.xsave,
		.xcr0 = cpu_features.xcr0,
	};
	for (unsigned i = 0; i < CPU_MAX; i++)
		add_cpu(&answer, &cpus[i]);
	return call_error(copy_out(self->domain->aspace, info, &answer, sizeof(answer)));
}

struct call_result kcall_system_panic(struct thread *self, handle_t system, uaddr_t text, uint64_t bytes)
{
	status_code_t status;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_MANAGE, &status))
		return call_error(status);
	char copy[PANIC_TEXT_MAX + 1];
	size_t length = bytes < PANIC_TEXT_MAX ? (size_t)bytes : PANIC_TEXT_MAX;
	status = copy_in(self->domain->aspace, copy, text, length);
	if (status)
		return call_error(status);
	copy[length] = '\0';
	panic("%s", copy);
}
