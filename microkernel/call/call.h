/* SPDX-License-Identifier: MIT */
/*
 * Kernel call handlers: one function kcall_<name> for each row of abi/calls.h, declared here from that table.
 *
 * A handler first checks everything and may fail, then does and cannot fail. It answers call_ok, call_error, or
 * CALL_BLOCKED when it made the calling thread wait or end; then the dispatcher leaves the frame alone. A callee's
 * STATUS_PENDING means exactly that, so handlers pass any status on with call_error.
 */
#ifndef LICHEN_CALL_CALL_H
#define LICHEN_CALL_CALL_H

#include "abi/calls.h"
#include "abi/status.h"
#include "abi/types.h"

struct thread;

static inline struct call_result call_ok(uint64_t value)
{
	return (struct call_result){ .status = STATUS_OK, .value = value };
}

static inline struct call_result call_error(status_code_t status)
{
	return (struct call_result){ .status = status };
}

#define CALL_BLOCKED call_error(STATUS_PENDING)

/* Run the call whose number and arguments are in the thread's frame and put its result there. */
void call_dispatch(struct thread *thread);
/* Name of a call for traces and reports; "?" for an unknown number. */
const char *call_name(uint64_t number);

/* clang-format off */
#define DECLARE0(n, name) struct call_result kcall_##name(struct thread *self);
#define DECLARE1(n, name, ta, a) struct call_result kcall_##name(struct thread *self, ta a);
#define DECLARE2(n, name, ta, a, tb, b) struct call_result kcall_##name(struct thread *self, ta a, tb b);
#define DECLARE3(n, name, ta, a, tb, b, tc, c) struct call_result kcall_##name(struct thread *self, ta a, tb b, tc c);
#define DECLARE4(n, name, ta, a, tb, b, tc, c, td, d) \
	struct call_result kcall_##name(struct thread *self, ta a, tb b, tc c, td d);
#define DECLARE5(n, name, ta, a, tb, b, tc, c, td, d, te, e) \
	struct call_result kcall_##name(struct thread *self, ta a, tb b, tc c, td d, te e);
#define DECLARE6(n, name, ta, a, tb, b, tc, c, td, d, te, e, tf, f) \
	struct call_result kcall_##name(struct thread *self, ta a, tb b, tc c, td d, te e, tf f);
KERNEL_CALLS(DECLARE0, DECLARE1, DECLARE2, DECLARE3, DECLARE4, DECLARE5, DECLARE6)
/* clang-format on */

#endif
