# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    arch/x86_64/boot.S arch/x86_64/boot.c arch/x86_64/boot_loader.c arch/x86_64/acpi.c arch/x86_64/cpu.c
    arch/x86_64/trap.S arch/x86_64/trap.c arch/x86_64/fpu.c arch/x86_64/apic.c arch/x86_64/clock.c
    arch/x86_64/paging.c)
