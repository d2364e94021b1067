/* SPDX-License-Identifier: MIT */
/*
 * loader: starts a native program from an ELF file in memory: a domain with exactly the handles that are granted, its
 * segments and stack as memory objects, one thread. Used by the supervisor.
 */
#ifndef LICHEN_RUNTIME_LOADER_H
#define LICHEN_RUNTIME_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"
#include "abi/types.h"

#define LOADER_GRANTS_MAX 32
#define LOADER_OPTIONS_MAX 24
#define LOADER_STACK_TOP 0x7f1000000000ull /* above the window in which the kernel places mappings */
#define LOADER_MESSAGE_PAGE 0x7f1000010000ull
#define LOADER_STACK_BYTES_MAX (64ull << 20)

struct loader_grant {
	const char *name; /* as bootstrap_handle asks for it */
	handle_t handle;  /* the starter's, with TRANSFER; it stays the starter's */
	uint32_t rights;
	uint64_t badge;
};

struct loader_option {
	const char *name, *value;
};

struct loader_request {
	const char *name;
	const uint8_t *file;
	size_t file_bytes;
	handle_t account;
	struct loader_grant grants[LOADER_GRANTS_MAX];
	uint32_t grant_count;
	struct loader_option options[LOADER_OPTIONS_MAX];
	uint32_t option_count;
	uint64_t stack_bytes; /* 0: 256 KiB */
	uint8_t level;        /* LEVEL_* of the first thread */
	bool fpu;             /* the first thread may use the FPU */
};

/* Makes and starts the program; answers the handle of its domain. Before its thread runs, `watch` (if not HANDLE_NONE) is told
   to signal `watch_bits` when the domain ends. On an error nothing is left. */
status_t loader_start(const struct loader_request *request, handle_t watch, uint64_t watch_bits,
		      handle_t *domain);

#endif
