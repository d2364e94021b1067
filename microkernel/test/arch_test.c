/* SPDX-License-Identifier: MIT */
/*
 * Tests of the processor's part: traps inside the kernel, FPU images, clock and timer, boot information, symbols.
 */
#include "abi/boot.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/trap.h"
#include "debug/event.h"
#include "debug/log.h"
#include "structure/bytes.h"
#include "test/test.h"

#define MSR_GS_BASE 0xc0000101u
#define FLAG_TF 0x100u
#define MILLISECOND 1000000ull

/* With a GS base as a guest may leave it, an NMI must find its way and put the base back. */
KERNEL_TEST(arch_nmi_keeps_gs_base)
{
	uint64_t before = trap_nmi_count;
	uint64_t own = msr_read(MSR_GS_BASE);
	uint32_t low = 0x00001230, high = 0x00007fff;
	__asm__ volatile("wrmsr\n\tint $2\n\trdmsr" : "+a"(low), "+d"(high) : "c"(MSR_GS_BASE) : "memory");
	msr_write(MSR_GS_BASE, own);
	TEST_CHECK(low == 0x00001230 && high == 0x00007fff);
	TEST_CHECK(trap_nmi_count == before + 1);
	TEST_CHECK(cpu_self() == &boot_cpu);
}

/* Registers survive a trap on an IST stack. */
KERNEL_TEST(arch_nmi_keeps_registers)
{
	uint64_t a = 0x1111, b = 0x2222, c = 0x3333, d = 0x4444;
	register uint64_t r8 __asm__("r8") = 0x8888;
	register uint64_t r12 __asm__("r12") = 0xcccc;
	register uint64_t r15 __asm__("r15") = 0xffff;
	__asm__ volatile("int $2"
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+r"(r8), "+r"(r12), "+r"(r15)::"memory");
	TEST_CHECK(a == 0x1111 && b == 0x2222 && c == 0x3333 && d == 0x4444);
	TEST_CHECK(r8 == 0x8888 && r12 == 0xcccc && r15 == 0xffff);
}

/* A single step that reaches into the kernel ends there. */
KERNEL_TEST(arch_debug_trap_dismissed)
{
	uint64_t flags;
	__asm__ volatile("pushfq\n\torq %1, (%%rsp)\n\tpopfq\n\tnop\n\tnop\n\tpushfq\n\tpopq %0"
			 : "=r"(flags)
			 : "i"(FLAG_TF)
			 : "memory", "cc");
	TEST_CHECK(!(flags & FLAG_TF));
}

KERNEL_TEST(arch_user_bases)
{
	uint64_t fs = cpu_fs_base(), gs = cpu_user_gs_base();
	cpu_set_fs_base(0x00007ffffffff000);
	cpu_set_user_gs_base(0x0000123456789000);
	uint64_t fs_seen = cpu_fs_base(), gs_seen = cpu_user_gs_base();
	cpu_set_fs_base(fs);
	cpu_set_user_gs_base(gs);
	TEST_CHECK(fs_seen == 0x00007ffffffff000 && gs_seen == 0x0000123456789000);
	TEST_CHECK(cpu_self() == &boot_cpu);
}

static unsigned char image_a[4096] __attribute__((aligned(64)));
static unsigned char image_b[4096] __attribute__((aligned(64)));

#define IMAGE_MXCSR 24
#define IMAGE_ST0 32
#define IMAGE_XMM0 160
#define IMAGE_XSTATE_BV 512
#define IMAGE_XCOMP_BV 520
#define IMAGE_HEADER_RESERVED 528

static uint64_t *image_word(unsigned char *image, unsigned offset)
{
	return (uint64_t *)(void *)(image + offset);
}

/* What was in the registers comes back from an image. */
KERNEL_TEST(arch_fpu_round_trip)
{
	uint64_t value = 0x0123456789abcdef, seen = 0;
	TEST_CHECK(cpu_features.fpu_bytes >= 512 && cpu_features.fpu_bytes <= sizeof(image_a));
	fpu_trap(false);
	fpu_init_image(image_a);
	fpu_init_image(image_b);
	fpu_restore(image_a);
	__asm__ volatile("movq %0, %%xmm0\n\tfldpi" ::"r"(value));
	fpu_save(image_a);
	fpu_restore(image_b);
	__asm__ volatile("movq %%xmm0, %0" : "=r"(seen));
	TEST_CHECK(seen == 0);
	fpu_save(image_b);
	fpu_restore(image_a);
	__asm__ volatile("movq %%xmm0, %0" : "=r"(seen));
	fpu_restore(image_b);
	TEST_CHECK(seen == value);
	TEST_CHECK(*image_word(image_a, IMAGE_XMM0) == value && *image_word(image_b, IMAGE_XMM0) == 0);
	TEST_CHECK(*image_word(image_a, IMAGE_ST0) == 0xc90fdaa22168c235 &&
		   *image_word(image_b, IMAGE_ST0) == 0);
	TEST_CHECK(fpu_image_valid(image_a) && fpu_image_valid(image_b));
}

/* A saved image of clean registers is whole even over old bytes. */
KERNEL_TEST(arch_fpu_image_whole)
{
	fpu_trap(false);
	fpu_init_image(image_a);
	fpu_restore(image_a);
	memset(image_b, 0, sizeof(image_b));
	memset(image_b + IMAGE_ST0, 0x5a, 384);
	fpu_save(image_b);
	for (unsigned i = 0; i < 8; i++) {
		TEST_CHECK(*image_word(image_b, IMAGE_ST0 + 16 * i) == 0);
		TEST_CHECK((*image_word(image_b, IMAGE_ST0 + 16 * i + 8) & 0xffff) == 0); /* 10 bytes each */
	}
	for (unsigned i = 0; i < 256; i += 8)
		TEST_CHECK(*image_word(image_b, IMAGE_XMM0 + i) == 0);
	TEST_CHECK(*(uint16_t *)(void *)image_b == 0x37f);
	TEST_CHECK(*(uint32_t *)(void *)(image_b + IMAGE_MXCSR) == 0x1f80);
}

KERNEL_TEST(arch_fpu_image_refused)
{
	fpu_init_image(image_a);
	TEST_CHECK(fpu_image_valid(image_a));
	*(uint32_t *)(void *)(image_a + IMAGE_MXCSR) = 0xffffffff;
	TEST_CHECK(!fpu_image_valid(image_a));
	fpu_init_image(image_a);
	if (!cpu_features.xsave)
		return;
	*image_word(image_a, IMAGE_XCOMP_BV) = 1ull << 63;
	TEST_CHECK(!fpu_image_valid(image_a));
	*image_word(image_a, IMAGE_XCOMP_BV) = 0;
	*image_word(image_a, IMAGE_XSTATE_BV) = ~cpu_features.xcr0;
	TEST_CHECK(!fpu_image_valid(image_a));
	*image_word(image_a, IMAGE_XSTATE_BV) = 0;
	*image_word(image_a, IMAGE_HEADER_RESERVED) = 1;
	TEST_CHECK(!fpu_image_valid(image_a));
}

struct clocks_read {
	uint64_t ns, counts, width;
};

/* Kernel clock and reference counter at one moment, known to half of width: the narrowest of a few readings, as the machine may stand
 * still between two instructions. */
static struct clocks_read clocks_read(const struct clock_reference *reference)
{
	struct clocks_read best = { .width = UINT64_MAX };
	for (unsigned i = 0; i < 8; i++) {
		uint64_t before = clock_now_ns(), counts = reference->read();
		uint64_t width = clock_now_ns() - before;
		if (width < best.width)
			best = (struct clocks_read){ before + width / 2, counts, width };
	}
	return best;
}

/* Kernel clock against the reference counter: they agree over 5 ms within 1 % and what the readings leave open. */
KERNEL_TEST(arch_clock_rate)
{
	const struct clock_reference *reference = clock_reference_start();
	struct clocks_read first = clocks_read(reference), last = first;
	while (last.ns - first.ns < 5 * MILLISECOND)
		last = clocks_read(reference);
	uint64_t counts = (last.counts - first.counts) & reference->mask;
	uint64_t passed = last.ns - first.ns;
	uint64_t measured = counts * (1000000000ull / 1000) / (reference->hz / 1000);
	uint64_t difference = measured > passed ? measured - passed : passed - measured;
	TEST_CHECK(difference < passed / 100 + first.width + last.width);
}

KERNEL_TEST(arch_clock_monotonic)
{
	uint64_t last = clock_now_ns();
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t now = clock_now_ns();
		TEST_CHECK(now >= last);
		last = now;
	}
}

/* What a reader of the clock page computes lies between two readings of the kernel. */
KERNEL_TEST(arch_clock_page)
{
	const struct clock_page *page = direct_map(clock_page_address());
	uint32_t sequence = page->sequence;
	TEST_CHECK(!(sequence & 1) && page->tsc_usable);
	uint64_t before = clock_now_ns();
	uint64_t ticks = tsc_read() - page->base_tsc;
	uint64_t now = page->base_ns + (uint64_t)((unsigned __int128)ticks * page->mult >> page->shift);
	TEST_CHECK(before <= now && now <= clock_now_ns());
	int64_t offset = page->realtime_offset_ns;
	clock_set_realtime_offset(12345);
	TEST_CHECK(page->realtime_offset_ns == 12345 && page->sequence == sequence + 2);
	clock_set_realtime_offset(offset);
	TEST_CHECK(clock_page_address().value % PAGE_SIZE == 0);
}

/* The event timer: not due before its time, restarted when it came early, due after it, once. */
KERNEL_TEST(arch_clock_event)
{
	clock_set_event(clock_now_ns() + 1000 * MILLISECOND);
	TEST_CHECK(apic_timer_left());
	TEST_CHECK(!clock_event_due());
	TEST_CHECK(apic_timer_left());
	uint64_t deadline = clock_now_ns() + MILLISECOND;
	clock_set_event(deadline);
	/* It is armed late by as much as the host takes this CPU away meanwhile; not by more than a good deal. */
	while (apic_timer_left() && clock_now_ns() < deadline + 200 * MILLISECOND)
		__builtin_ia32_pause();
	TEST_CHECK(!apic_timer_left() && clock_now_ns() >= deadline - MILLISECOND / 10);
	while (clock_now_ns() < deadline)
		__builtin_ia32_pause();
	TEST_CHECK(clock_event_due());
	TEST_CHECK(!clock_event_due());
	clock_set_event(clock_now_ns() + 1000 * MILLISECOND);
	clock_set_event(DEADLINE_NEVER);
	TEST_CHECK(!apic_timer_left() && !clock_event_due());
}

KERNEL_TEST(arch_symbols)
{
	uint64_t offset = 1;
	const char *name = symbol_find((uintptr_t)symbol_find, &offset);
	TEST_CHECK(name && !strcmp(name, "symbol_find") && offset == 0);
	name = symbol_find((uintptr_t)strlen + 1, &offset);
	TEST_CHECK(name && !strcmp(name, "strlen") && offset == 1);
	TEST_CHECK(!symbol_find(0, &offset) && !symbol_find((uintptr_t)&offset, &offset));
}

static struct boot_info info;

KERNEL_TEST(boot_ranges_sorted_and_bounded)
{
	info.range_count = 0;
	TEST_CHECK(boot_add_range(&info, 0x3000, 0x1000, 1));
	TEST_CHECK(boot_add_range(&info, 0x1000, 0x1000, 2));
	TEST_CHECK(boot_add_range(&info, 0x2000, 0, 1));
	TEST_CHECK(boot_add_range(&info, 0x2000, UINT64_MAX, 1));
	TEST_CHECK(info.range_count == 3);
	TEST_CHECK(info.ranges[0].base == 0x1000 && info.ranges[1].base == 0x2000 &&
		   info.ranges[2].base == 0x3000);
	TEST_CHECK(info.ranges[1].base + info.ranges[1].length > info.ranges[1].base);
	while (info.range_count < BOOT_RANGES_MAX)
		TEST_CHECK(boot_add_range(&info, 0x5000, 1, 1));
	TEST_CHECK(!boot_add_range(&info, 0x5000, 1, 1));
}

/* Where two ranges overlap the one that is RAM gives way. */
KERNEL_TEST(boot_ranges_overlap)
{
	info.range_count = 0;
	TEST_CHECK(boot_add_range(&info, 0x1000, 0x3000, 1) && boot_add_range(&info, 0x2000, 0x4000, 2));
	TEST_CHECK(boot_add_range(&info, 0x5000, 0x3000, 1));
	boot_separate_ranges(&info);
	TEST_CHECK(info.ranges[0].base == 0x1000 && info.ranges[0].length == 0x1000);
	TEST_CHECK(info.ranges[1].base == 0x2000 && info.ranges[1].length == 0x4000);
	TEST_CHECK(info.ranges[2].base == 0x6000 && info.ranges[2].length == 0x2000);
}

KERNEL_TEST(boot_reads_only_low_4_gb)
{
	char byte;
	TEST_CHECK(physical_read(&byte, 0x100000, 1));
	TEST_CHECK(!physical_read(&byte, 0x100000000, 1));
	TEST_CHECK(!physical_read(&byte, 0xffffffff, 2));
	TEST_CHECK(!physical_read(&byte, 0xffffffffffffffff, 1));
	TEST_CHECK(!physical_read(&byte, 0, 0x100000001));
}

KERNEL_TEST(boot_option_words)
{
	const char *value = NULL;
	TEST_CHECK(boot_option("test", &value) && !memcmp(value, "kernel", 6));
	TEST_CHECK(!boot_option("test", NULL));
	TEST_CHECK(!boot_option("tes", &value) && !boot_option("testk", &value));
}

KERNEL_TEST(events_are_kept_in_order_and_the_oldest_go)
{
	const struct event_log *log = &cpu_self()->events;
	uint64_t before = event_count(log);
	for (uint64_t i = 0; i < EVENTS_KEPT + 3; i++)
		event_record(EVENT_CALL, i, ~i);
	TEST_CHECK(event_count(log) == before + EVENTS_KEPT + 3);
	for (uint64_t i = 3; i < EVENTS_KEPT + 3; i++) {
		const struct event *event = event_at(log, before + i);
		TEST_CHECK(event->time_kind >> EVENT_KIND_SHIFT == EVENT_CALL && event->first == i &&
			   event->second == ~i);
	}
}
