/* SPDX-License-Identifier: MIT */
/*
 * policy: runs a Lua script that decides, never does. The sandbox:
 *   text chunks only; memory cap; instruction budget, which a script's own pcall cannot swallow (once it is used up,
 *   every further instruction raises); no finalizers; no string matching, repetition, loading of code, files or clocks.
 *
 * A script returns one table. It runs on threads that may use the FPU, and never on a request path.
 */
#ifndef LICHEN_RUNTIME_POLICY_H
#define LICHEN_RUNTIME_POLICY_H

#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

struct lua_State;
struct policy;

struct policy_limits {
	size_t memory_bytes;
	uint64_t instructions; /* of one run */
};

#define POLICY_ERROR_BYTES 240

/* Runs a script; `name` is what errors call it. On OK the table that it returned is at index 1 of policy_state.
   INVALID: `error` says why, with file and line; NO_MEMORY. */
status_t policy_load(const char *name, const char *text, size_t bytes, const struct policy_limits *limits,
		     struct policy **result, char error[POLICY_ERROR_BYTES]);
struct lua_State *policy_state(struct policy *policy);
void policy_free(struct policy *policy);

#endif
