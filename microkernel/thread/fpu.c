/* SPDX-License-Identifier: MIT */
/*
 * FPU ownership, one owner per CPU: (thread, guest or native). The state stays in the registers until somebody else needs
 * them; CR0.TS is set whenever another mode or thread than the owner's runs, so the first FPU instruction traps.
 */
#include "arch/x86_64/cpu.h"
#include "thread/guest.h"

static void *image_of(const struct thread *thread, bool guest)
{
	return guest ? thread->guest_fpu : thread->native_fpu;
}

static void fpu_write_back(struct cpu *cpu)
{
	if (!cpu->fpu_owner)
		return;
	fpu_trap(false);
	fpu_save(image_of(cpu->fpu_owner, cpu->fpu_owner_guest));
}

bool fpu_is_own(const struct thread *thread)
{
	const struct cpu *cpu = cpu_self();
	return cpu->fpu_owner == thread && cpu->fpu_owner_guest == (thread->mode == MODE_GUEST);
}

bool fpu_take(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	bool guest = thread->mode == MODE_GUEST;
	void *image = image_of(thread, guest);
	if (!image)
		return false;
	fpu_trap(false);
	if (fpu_is_own(thread))
		return true;
	fpu_write_back(cpu);
	fpu_restore(image);
	cpu->fpu_owner = thread;
	cpu->fpu_owner_guest = guest;
	return true;
}

void *fpu_guest_image(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (cpu->fpu_owner == thread && cpu->fpu_owner_guest)
		fpu_write_back(cpu);
	return thread->guest_fpu;
}

void fpu_forget_guest(struct thread *thread)
{
	if (cpu_self()->fpu_owner_guest)
		fpu_forget(thread);
}

void fpu_forget(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (cpu->fpu_owner == thread)
		cpu->fpu_owner = NULL;
}
