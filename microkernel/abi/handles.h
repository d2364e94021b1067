/* SPDX-License-Identifier: MIT */
/*
 * Kinds of kernel objects, the rights a handle may carry, the handles a domain starts with, and what
 * handle_info tells about a handle.
 */
#ifndef LICHEN_ABI_HANDLES_H
#define LICHEN_ABI_HANDLES_H

#include "types.h"

/* KIND(number, NAME, "name") */
#define OBJECT_KINDS(KIND)                                                                                   \
	KIND(1, DOMAIN, "domain")                                                                            \
	KIND(2, ASPACE, "address-space")                                                                     \
	KIND(3, MEMORY, "memory-object")                                                                     \
	KIND(4, THREAD, "thread")                                                                            \
	KIND(5, ENDPOINT, "endpoint")                                                                        \
	KIND(6, NOTIFICATION, "notification")                                                                \
	KIND(7, TIMER, "timer")                                                                              \
	KIND(8, ACCOUNT, "account")                                                                          \
	KIND(9, IRQ, "irq")                                                                                  \
	KIND(10, IOPORT, "io-port-range")                                                                    \
	KIND(11, PHYSICAL, "physical-range")                                                                 \
	KIND(12, SYSTEM, "system-control")                                                                   \
	KIND(13, DESCRIPTORS, "descriptor-table")

#define KIND_ENUM(number, NAME, text) KIND_##NAME = (number),
enum object_kind { KIND_NONE = 0, OBJECT_KINDS(KIND_ENUM) KIND_COUNT };
#undef KIND_ENUM

/* Rights. A copy may only lose rights. What READ, WRITE, EXEC and MANAGE mean for a kind is said at each call. */
#define RIGHT_READ 0x01u     /* receive from, read, map readable, inspect */
#define RIGHT_WRITE 0x02u    /* call, signal, write, map writable */
#define RIGHT_EXEC 0x04u     /* map executable */
#define RIGHT_MANAGE 0x08u   /* resize, supply, kill, set, charge */
#define RIGHT_TRANSFER 0x10u /* may be sent in a message, copied or given */
#define RIGHT_ALL 0x1fu

/* Where a handle came from, for audits against the manifest. */
enum handle_origin { ORIGIN_INITIAL = 1, ORIGIN_GRANTED = 2, ORIGIN_CREATED = 3, ORIGIN_RECEIVED = 4 };

/* Handles that every domain holds from birth: index 1 names itself, index 2 its own address space. */
#define HANDLE_SELF_DOMAIN ((handle_t){ 1 })
#define HANDLE_SELF_ASPACE ((handle_t){ 2 })

/* Handles that only the first domain, the supervisor, holds from birth. */
#define HANDLE_ROOT_ACCOUNT ((handle_t){ 3 })
#define HANDLE_BOOT_MODULE ((handle_t){ 4 }) /* memory object: the newc archive; size in boot_info */
#define HANDLE_BOOT_INFO ((handle_t){ 5 })   /* memory object: struct boot_info */
#define HANDLE_CLOCK_PAGE ((handle_t){ 6 })  /* memory object: struct clock_page, read-only */
#define HANDLE_IOPORTS ((handle_t){ 7 })     /* io-port range 0..65535, to carve from */
#define HANDLE_PHYSICAL                                                                                      \
	((handle_t){ 8 })               /* physical range: all that is not RAM of the kernel, to carve from */
#define HANDLE_SYSTEM ((handle_t){ 9 }) /* system control: interrupts, wall clock, log ring, trace rings */

/* handle_info fills this. */
struct handle_info {
	uint32_t kind;
	uint32_t rights;
	uint32_t origin;
	uint32_t handle;    /* value of the handle in the inspected domain */
	uint64_t badge;     /* of an endpoint or notification handle, else 0 */
	uint64_t object_id; /* unique for the boot */
	uint64_t
		detail[2]; /* kind's own: first and last port, irq line, physical base and bytes, pages ... */
};

#endif
