/* SPDX-License-Identifier: MIT */
/*
 * kernel: all that a native program needs to talk to the kernel: the contracts of abi/ and a stub for each call.
 */
#ifndef LICHEN_RUNTIME_KERNEL_H
#define LICHEN_RUNTIME_KERNEL_H

#include <stdint.h>

#include "abi/blocks.h"
#include "abi/boot.h"
#include "abi/calls.h"
#include "abi/events.h"
#include "abi/handles.h"
#include "abi/memory.h"
#include "abi/message.h"
#include "abi/status.h"
#include "abi/stubs.h"
#include "abi/types.h"
#include "abi/wait.h"

/* Address of the caller's own memory, as kernel calls take it. */
static inline uaddr_t own_address(const void *pointer)
{
	return (uaddr_t){ (uintptr_t)pointer };
}

static inline status_t call_status(struct call_result result)
{
	return (status_code_t)result.status;
}

static inline handle_t call_handle(struct call_result result)
{
	return result.status < 0 ? HANDLE_NONE : (handle_t){ (uint32_t)result.value };
}

#endif
