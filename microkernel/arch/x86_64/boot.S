/* SPDX-License-Identifier: MIT */
/*
 * Both boot protocols' entry points, and the way from 32-bit mode to kernel_main.
 *
 * multiboot2 (GRUB) and PVH (qemu -kernel) both enter in 32-bit protected mode with flat segments, paging off, and
 * the physical address of their information in EBX. Here the first page tables are built in 2 MB pages: identity
 * and direct map of the first 4 GB, and the kernel at KERNEL_BASE; memory_init replaces them.
 * A CPU without long mode is told so on the debug console and COM1, and stops.
 */
#include "offsets.h"

#define KERNEL_BASE_VALUE 0xffffffff80000000
#define PHYSICAL(symbol) ((symbol) - KERNEL_BASE_VALUE)

#define PAGE_PRESENT_WRITE 0x03
#define PAGE_LARGE 0x83
#define CR4_PAE 0x20
#define CR0_PG_WP_PE 0x80010001
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100

#define MULTIBOOT2_HEADER_MAGIC 0xe85250d6
#define MULTIBOOT2_BOOT_MAGIC 0x36d76289
#define NOTE_PHYS32_ENTRY 18

	.section .multiboot2, "a", @progbits
	.balign 8
header:
	.long MULTIBOOT2_HEADER_MAGIC, 0, header_end - header
	.long -(MULTIBOOT2_HEADER_MAGIC + (header_end - header))
	/* Information wanted: command line, modules, memory map, framebuffer, both kinds of RSDP. */
	.short 1, 1
	.long 8 + 6 * 4
	.long 1, 3, 6, 8, 14, 15
	/* Entry address. */
	.balign 8
	.short 3, 0
	.long 12, boot_multiboot2
	/* VGA text is welcome; no console is required. */
	.balign 8
	.short 4, 1
	.long 12, 2
	/* So is a linear framebuffer of any size and depth: the loader's settings choose. */
	.balign 8
	.short 5, 1
	.long 20, 0, 0, 0
	/* Modules on page boundaries. */
	.balign 8
	.short 6, 0
	.long 8
	.balign 8
	.short 0, 0
	.long 8
header_end:

	.section .note.pvh, "a", @note
	.balign 4
	.long 4, 8, NOTE_PHYS32_ENTRY
	.asciz "Xen"
	.quad boot_pvh

	.section .boot, "ax", @progbits
	.code32
	.global boot_multiboot2, boot_pvh

/* In: EAX magic, EBX physical address of the information. No stack. */
boot_multiboot2:
	movl $BOOT_PROTOCOL_MULTIBOOT2, %ebp
	cmpl $MULTIBOOT2_BOOT_MAGIC, %eax
	je boot_common
	movl $text_unknown_loader, %esi
	jmp boot_refuse

/* In: EBX physical address of hvm_start_info. No stack. */
boot_pvh:
	movl $BOOT_PROTOCOL_PVH, %ebp

/* In: EBP protocol, EBX information. Uses all other registers. */
boot_common:
	cli
	cld
	movl $0x80000000, %eax
	movl %ebx, %edi
	cpuid
	cmpl $0x80000001, %eax
	jb boot_no_long_mode
	movl $0x80000001, %eax
	cpuid
	movl %edi, %ebx
	btl $29, %edx
	jnc boot_no_long_mode

	/* Four page directories: 2 MB pages over the first 4 GB. */
	movl $PHYSICAL(boot_directories), %edi
	movl $PAGE_LARGE, %eax
1:	movl %eax, (%edi)
	movl $0, 4(%edi)
	addl $8, %edi
	addl $0x200000, %eax
	cmpl $PHYSICAL(boot_directories) + 4 * 4096, %edi
	jb 1b

	/* The level above: identity and direct map share one table; the kernel's has its last two gigabytes. */
	movl $PHYSICAL(boot_directories) + PAGE_PRESENT_WRITE, %eax
	movl %eax, PHYSICAL(boot_high) + 510 * 8
	movl %eax, PHYSICAL(boot_low)
	addl $4096, %eax
	movl %eax, PHYSICAL(boot_high) + 511 * 8
	movl %eax, PHYSICAL(boot_low) + 8
	addl $4096, %eax
	movl %eax, PHYSICAL(boot_low) + 16
	addl $4096, %eax
	movl %eax, PHYSICAL(boot_low) + 24
	movl $PHYSICAL(boot_low) + PAGE_PRESENT_WRITE, PHYSICAL(boot_root)
	movl $PHYSICAL(boot_low) + PAGE_PRESENT_WRITE, PHYSICAL(boot_root) + 256 * 8
	movl $PHYSICAL(boot_high) + PAGE_PRESENT_WRITE, PHYSICAL(boot_root) + 511 * 8

	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $PHYSICAL(boot_root), %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME, %eax
	wrmsr
	movl $CR0_PG_WP_PE, %eax
	movl %eax, %cr0
	lgdt boot_gdt_pointer
	ljmp $0x08, $boot_long_mode

boot_no_long_mode:
	movl $text_no_long_mode, %esi
/* In: ESI text. Says it on the debug console and COM1 and stops. */
boot_refuse:
	movb (%esi), %al
	testb %al, %al
	jz 2f
	outb %al, $0xe9
	movw $0x3f8, %dx
	outb %al, %dx
	incl %esi
	jmp boot_refuse
2:	cli
	hlt
	jmp 2b

	.code64
boot_long_mode:
	movl $0x10, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movabsq $boot_high_half, %rax
	jmp *%rax

	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff /* 0x08: 64-bit code */
	.quad 0x00cf93000000ffff /* 0x10: data */
boot_gdt_pointer:
	.short 3 * 8 - 1
	.long boot_gdt

text_no_long_mode:
	.asciz "Lichen: panic: this CPU has no 64-bit mode\n"
text_unknown_loader:
	.asciz "Lichen: panic: not started by multiboot2 or PVH\n"

	.section .text.entry, "ax", @progbits
	.code64
boot_high_half:
	leaq boot_stacks + BOOT_KERNEL_STACK_TOP(%rip), %rsp
	movl %ebp, %edi
	movl %ebx, %esi
	xorl %ebp, %ebp
	call kernel_main
	ud2

	.section .boot_tables, "aw", @nobits
	.balign 4096
	.global boot_root
boot_root:
	.skip 4096
boot_low:
	.skip 4096
boot_high:
	.skip 4096
boot_directories:
	.skip 4 * 4096

	.section .note.GNU-stack, "", @progbits
