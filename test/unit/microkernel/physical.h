/* SPDX-License-Identifier: MIT */
/*
 * A machine's memory for host tests of the kernel's boot code: some bytes at PHYSICAL_BASE are set by the test, all
 * others below 4 GB read as a fixed pattern. A panic of the code under test ends its run and is kept.
 */
#ifndef LICHEN_TEST_PHYSICAL_H
#define LICHEN_TEST_PHYSICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHYSICAL_BASE 0x90000ull
#define PHYSICAL_BYTES 0x4000u

extern unsigned char physical_memory[PHYSICAL_BYTES];
extern char panic_text[256]; /* of the last panic */
struct boot_reading;
/* Calls a reader; true when it came back, false when it ended in a panic. */
bool runs(void (*read)(uint64_t, struct boot_reading *), uint64_t address, struct boot_reading *reading);

/* Numbers that are the same in every run. */
uint32_t test_random(void);

#endif
