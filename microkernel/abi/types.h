/* SPDX-License-Identifier: MIT */
/*
 * Types shared by the kernel and every native program.
 *
 * An address that is not one's own is a one-field struct, so that mixing kinds does not compile:
 *   paddr_t  physical address
 *   uaddr_t  address in the calling native domain, as the kernel sees it
 *   gaddr_t  address in a guest address space (a Linux process)
 * A plain pointer always means "my own address space". handle_t names an object through the holder's
 * handle table: index in the low bits, generation above it, so that a stale handle is refused.
 */
#ifndef LICHEN_ABI_TYPES_H
#define LICHEN_ABI_TYPES_H

#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096u

typedef struct {
	uint64_t value;
} paddr_t;

typedef struct {
	uint64_t value;
} uaddr_t;

typedef struct {
	uint64_t value;
} gaddr_t;

#define HANDLE_INDEX_BITS 20
#define HANDLE_INDEX_MASK ((1u << HANDLE_INDEX_BITS) - 1)

typedef struct {
	uint32_t value; /* 0: no handle */
} handle_t;

#define HANDLE_NONE ((handle_t){ 0 })

/* Absolute monotonic nanoseconds; DEADLINE_NEVER waits for ever, 0 is always past. */
#define DEADLINE_NEVER UINT64_MAX

/* What every kernel call answers: rax and rdx. `value` is meaningful only when status is not negative. */
struct call_result {
	int64_t status;
	uint64_t value;
};

#endif
