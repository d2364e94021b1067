/* SPDX-License-Identifier: MIT */
/*
 * Native stubs: one inline function k_<name> for each row of calls.h, and the four message calls, which need more registers
 * than a compiler's inline assembly can name and so are routines (servers/runtime/kernel_stubs.S).
 *
 * A stub answers what the kernel answers. It may wait as its call may; memory may change under it.
 */
#ifndef LICHEN_ABI_STUBS_H
#define LICHEN_ABI_STUBS_H

#include "calls.h"
#include "events.h"
#include "message.h"
#include "status.h"
#include "types.h"

/* Send the message and put the reply in its place. On an error the message is as it was. */
status_t ipc_call(handle_t endpoint, struct message *message);
/* Wait for a message or, with MESSAGE_NOTIFIED in its tag, for bits of the notification (words[0]). */
status_t ipc_receive(handle_t endpoint, handle_t notification, uint64_t deadline_ns, struct message *message);
/* Answer the caller that this thread serves. */
status_t ipc_reply(handle_t endpoint, const struct message *message);
/* Both in one: the reply is in *message, then the next message is. */
status_t ipc_reply_receive(handle_t endpoint, handle_t notification, uint64_t deadline_ns,
			   struct message *message);

/* in: rax number, rdi rsi rdx r10 r8 r9 arguments; out: rax status, rdx value; rcx and r11 are lost. */
static inline struct call_result kernel_call(uint64_t number, const uint64_t words[6])
{
	struct call_result result;
	register uint64_t r10 __asm__("r10") = words[3];
	register uint64_t r8 __asm__("r8") = words[4];
	register uint64_t r9 __asm__("r9") = words[5];
	__asm__ volatile("syscall"
			 : "=a"(result.status), "=d"(result.value)
			 : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* The argument types of the table as a caller has them: type, and how it becomes a word. */
/* clang-format off */
#define STUB_handle_t handle_t, .value
#define STUB_uaddr_t uaddr_t, .value
#define STUB_gaddr_t gaddr_t, .value
#define STUB_uint32_t uint32_t,
#define STUB_uint64_t uint64_t,
#define STUB_int64_t int64_t,
#define STUB_in(block) STUB_uaddr_t
#define STUB_out(block) STUB_uaddr_t
#define STUB_account(right) STUB_handle_t
#define STUB_aspace(right) STUB_handle_t
#define STUB_descriptors(right) STUB_handle_t
#define STUB_domain(right) STUB_handle_t
#define STUB_ioport(right) STUB_handle_t
#define STUB_irq(right) STUB_handle_t
#define STUB_memory(right) STUB_handle_t
#define STUB_notification(right) STUB_handle_t
#define STUB_physical(right) STUB_handle_t
#define STUB_system(right) STUB_handle_t
#define STUB_thread(right) STUB_handle_t
#define STUB_timer(right) STUB_handle_t

#define STUB_APPLY(macro, ...) macro(__VA_ARGS__)
#define STUB_TYPE_OF(type, word) type
#define STUB_WORD_OF(type, word, name) (uint64_t)(name word)
#define STUB_T(type) STUB_APPLY(STUB_TYPE_OF, STUB_##type)
#define STUB_W(type, name) STUB_APPLY(STUB_WORD_OF, STUB_##type, name)
#define STUB_BODY(n, ...) { const uint64_t words[6] = { __VA_ARGS__ }; return kernel_call(n, words); }
#define STUB0(n, name) \
	static inline struct call_result k_##name(void) STUB_BODY(n, 0)
#define STUB1(n, name, ta, a) \
	static inline struct call_result k_##name(STUB_T(ta) a) STUB_BODY(n, STUB_W(ta, a))
#define STUB2(n, name, ta, a, tb, b) \
	static inline struct call_result k_##name(STUB_T(ta) a, STUB_T(tb) b) STUB_BODY(n, STUB_W(ta, a), STUB_W(tb, b))
#define STUB3(n, name, ta, a, tb, b, tc, c) \
	static inline struct call_result k_##name(STUB_T(ta) a, STUB_T(tb) b, STUB_T(tc) c) \
	STUB_BODY(n, STUB_W(ta, a), STUB_W(tb, b), STUB_W(tc, c))
#define STUB4(n, name, ta, a, tb, b, tc, c, td, d) \
	static inline struct call_result k_##name(STUB_T(ta) a, STUB_T(tb) b, STUB_T(tc) c, STUB_T(td) d) \
	STUB_BODY(n, STUB_W(ta, a), STUB_W(tb, b), STUB_W(tc, c), STUB_W(td, d))
#define STUB5(n, name, ta, a, tb, b, tc, c, td, d, te, e) \
	static inline struct call_result k_##name(STUB_T(ta) a, STUB_T(tb) b, STUB_T(tc) c, STUB_T(td) d, STUB_T(te) e) \
	STUB_BODY(n, STUB_W(ta, a), STUB_W(tb, b), STUB_W(tc, c), STUB_W(td, d), STUB_W(te, e))

KERNEL_CALLS(STUB0, STUB1, STUB2, STUB3, STUB4, STUB5)
/* clang-format on */

/* The message calls answer in registers that kernel_call does not know of: only the routines above may make them. */
#pragma GCC poison k_ipc_call k_ipc_receive k_ipc_reply k_ipc_reply_receive

#endif
