/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader told, after it was checked: boot_info for the supervisor, the boot module, and words of the
 * command line for the kernel's own few options.
 */
#ifndef LICHEN_ARCH_BOOT_H
#define LICHEN_ARCH_BOOT_H

#include <stdbool.h>
#include "abi/boot.h"
#include "memory/memory.h"

/* Called by boot.S with BOOT_MULTIBOOT2 or BOOT_PVH and the physical address of the loader's information. */
_Noreturn void kernel_main(uint32_t protocol, uint32_t information);

/* Fill boot_info and boot_module from the loader's information; panics with a clear line when that makes no sense. */
void boot_read(uint32_t protocol, uint32_t information);

extern struct boot_info *const boot_info;
extern struct boot_module boot_module;
/* Physical address of the page that boot_info fills alone, to make a memory object over. */
paddr_t boot_info_address(void);

/* True when the command line has the word; when it is name=value, *value is the text behind '=' (not terminated at
   the word's end) unless `value` is NULL. */
bool boot_option(const char *name, const char **value);

#endif
