/* SPDX-License-Identifier: MIT */
/*
 * Every kernel call, one row each: number, name, typed arguments. The table makes the kernel's dispatch, the
 * native stubs, the trace names and the reference page. The comment above a row says what the call does, which
 * rights it needs (R W X M T: RIGHT_*), what it answers in `value`, and its own errors; BAD_HANDLE, DENIED,
 * INVALID and, for memory arguments, BAD_ADDRESS and KILLED may always come.
 *
 * Registers: rax number; rdi rsi rdx r10 r8 r9 arguments; rcx and r11 are lost; answer in rax (status) and rdx
 * (value). The four message calls use more registers: message.h.
 * Memory arguments are uaddr_t: the kernel copies them once, before it looks at them.
 * Objects made for somebody charge the account given, or the account of the object they belong to.
 */
#ifndef LICHEN_ABI_CALLS_H
#define LICHEN_ABI_CALLS_H

#include "types.h"

/* clang-format off */
#define KERNEL_CALLS(C0, C1, C2, C3, C4, C5, C6) \
/* Domains and handles. domain_create: a domain with an empty address space; its index 1 and 2 name the domain and
   its space. account W. Answers the handle (all rights). Killed when its creator closes nothing: it lives until
   domain_kill or its last thread ends. */ \
C1(1, domain_create, handle_t, account) \
/* Handle of the domain's address space, to fill it. domain M. */ \
C1(2, domain_aspace, handle_t, domain) \
/* Where guest exits enter, and where a fault of native code in the domain is told (watcher). domain M. */ \
C2(3, domain_set_entry, handle_t, domain, uint64_t, entry) \
/* Signal `bits` on the notification when the domain ends or faults; domain_status tells why. domain R, notification W. */ \
C3(4, domain_watch, handle_t, domain, handle_t, notification, uint64_t, bits) \
/* Fill struct domain_status (blocks.h). domain R. */ \
C2(5, domain_status, handle_t, domain, uaddr_t, status) \
/* End all threads, close all handles; callers waiting for its endpoints get RESTART. domain M. */ \
C2(6, domain_kill, handle_t, domain, uint32_t, code) \
/* Give a copy of a handle to another domain. domain M, handle T. `badge` replaces the badge of an endpoint or
   notification handle that has badge 0. Answers the handle's value in that domain. */ \
C4(7, handle_give, handle_t, domain, handle_t, handle, uint32_t, rights, uint64_t, badge) \
/* Copy within the caller's table, with fewer rights or a first badge. handle T. Answers the copy. */ \
C3(8, handle_copy, handle_t, handle, uint32_t, rights, uint64_t, badge) \
C1(9, handle_close, handle_t, handle) \
/* Fill struct handle_info for the first used slot at or above `index` in the domain's table; answers the next index
   to ask for; NOT_FOUND past the last. domain R. */ \
C3(10, handle_info, handle_t, domain, uint32_t, index, uaddr_t, info) \
\
/* Threads. thread_create: request is struct thread_request (blocks.h). domain M. Answers a handle (all rights);
   runs when thread_start is called. NO_MEMORY; EXISTS when the record is in use by another thread. */ \
C2(12, thread_create, handle_t, domain, uaddr_t, request) \
C1(13, thread_start, handle_t, thread) \
/* End the calling thread; the last one ends the domain with `code`. The word at `clear` (0: none) is zeroed and
   one waiter on it woken after the thread no longer uses its stack. */ \
C2(14, thread_exit, uint32_t, code, uaddr_t, clear) \
/* Latch a kick (wait.h). thread W. */ \
C2(15, thread_kick, handle_t, thread, uint32_t, kick) \
/* Set native and guest level, weight, CPU mask: struct thread_schedule. thread M. */ \
C2(16, thread_schedule, handle_t, thread, uaddr_t, schedule) \
/* Fill struct thread_info. thread R. */ \
C2(17, thread_info, handle_t, thread, uaddr_t, info) \
C0(18, thread_yield) \
/* Base of fs for the calling native thread (its libc's TLS). */ \
C1(19, thread_set_tls, uint64_t, base) \
\
/* Messages: register use in message.h. ipc_call: endpoint W; ends with the reply, RESTART (server gone), CANCELLED
   (a kick when the call is interruptible: tag bit 62). ipc_receive: endpoint R or HANDLE_NONE, notification R or
   HANDLE_NONE, deadline in rbp; TIMED_OUT, INTERRUPTED. ipc_reply: CANCELLED when the caller is gone. */ \
C2(20, ipc_call, handle_t, endpoint, uint64_t, tag) \
C2(21, ipc_receive, handle_t, endpoint, uint64_t, tag) \
C2(22, ipc_reply, handle_t, endpoint, uint64_t, tag) \
C2(23, ipc_reply_receive, handle_t, endpoint, uint64_t, tag) \
/* account W. Answer the handle, all rights, badge 0. */ \
C1(24, endpoint_create, handle_t, account) \
C1(25, notification_create, handle_t, account) \
/* OR bits into the notification; a handle with a badge signals its badge and ignores `bits`. W. */ \
C2(26, notification_signal, handle_t, notification, uint64_t, bits) \
/* timer_create: signals `bits` on the notification (W) at its deadline. account W. timer_set: absolute first
   deadline (DEADLINE_NEVER disarms), period in ns or 0. timer M. Answers the old deadline. */ \
C3(27, timer_create, handle_t, account, handle_t, notification, uint64_t, bits) \
C3(28, timer_set, handle_t, timer, uint64_t, deadline_ns, uint64_t, period_ns) \
\
/* Memory objects. object_create: anonymous, or CONTIGUOUS. account W. NO_MEMORY. */ \
C3(30, object_create, handle_t, account, uint64_t, pages, uint32_t, flags) \
/* A paged object: requests carry `cookie` and signal `bits` on the notification (W), and are fetched with
   object_requests on that notification. account W. */ \
C5(31, object_create_paged, handle_t, account, uint64_t, pages, handle_t, notification, uint64_t, bits, uint64_t, cookie) \
/* Set the size; pages beyond it are unmapped everywhere and dropped, a partly cut last page is the holder's to
   clear. memory M. */ \
C2(32, object_resize, handle_t, object, uint64_t, pages) \
/* Share page frames: `count` pages of the source appear in the destination, copy-on-write both ways. request is
   struct object_range_request (blocks.h). source R, destination M. */ \
C1(33, object_share, uaddr_t, request) \
/* Fill a paged object's pages from frames of a source object (moved where the source is anonymous and private, else
   shared). object M. struct object_range_request. */ \
C1(34, object_supply, uaddr_t, request) \
/* Next page requests of all objects that signal this notification: struct page_request[max]; answers how many; shown
   again to the next asker after `restart` is not 0. notification R. */ \
C4(35, object_requests, handle_t, notification, uaddr_t, requests, uint32_t, max, uint32_t, restart) \
/* Drop resident pages of a range (holes: read as zeros, or are requested again); struct object_range_request. memory M. */ \
C1(36, object_discard, uaddr_t, request) \
/* Collect dirty pages: next dirty run at or above page becomes WRITING and read-only; answers its first page, rdx count
   in struct object_range_request.count written back. memory M. object_clean ends WRITING. */ \
C1(37, object_collect_dirty, uaddr_t, request) \
C1(38, object_clean, uaddr_t, request) \
/* Fill struct object_info. memory R. */ \
C2(39, object_info, handle_t, object, uaddr_t, info) \
/* Copy between the caller's memory and an object: offset, own address, bytes. Answers bytes done (short at the end of the
   object). memory R or W. */ \
C4(40, object_read, handle_t, object, uint64_t, offset, uaddr_t, buffer, uint64_t, bytes) \
C4(41, object_write, handle_t, object, uint64_t, offset, uaddr_t, buffer, uint64_t, bytes) \
/* Physical address of a page of a CONTIGUOUS object. memory M and RIGHT_EXEC on the system handle are not needed: holding a
   contiguous object with M is the right. Answers it. */ \
C2(42, object_physical, handle_t, object, uint64_t, page) \
/* An object over physical memory (device registers, firmware tables), mapped uncached when `flags` is 1. range M. */ \
C4(43, object_create_physical, handle_t, range, uint64_t, base, uint64_t, pages, uint32_t, flags) \
/* First page at or above `page` that is resident; with `hole` 1 the first that is not, or as far as a bounded number of
   resident pages reaches (asked again from a hole, it answers that page). OUT_OF_RANGE: none in the object. memory R. */ \
C3(44, object_seek, handle_t, object, uint64_t, page, uint32_t, hole) \
\
/* Address spaces. aspace_create: an empty guest space. account W. */ \
C1(45, aspace_create, handle_t, account) \
/* aspace M. map: struct map_request; answers the address. Object handle needs R, W for shared writable, X for EXEC. EXISTS,
   NO_MEMORY, LIMIT. unmap and protect: as POSIX says of ranges; protect answers NO_MEMORY for a gap. */ \
C2(46, aspace_map, handle_t, aspace, uaddr_t, request) \
C3(47, aspace_unmap, handle_t, aspace, uint64_t, address, uint64_t, length) \
C4(48, aspace_protect, handle_t, aspace, uint64_t, address, uint64_t, length, uint32_t, prot) \
/* Move or resize a mapping: struct remap_request (blocks.h); answers the new address. M. */ \
C2(49, aspace_remap, handle_t, aspace, uaddr_t, request) \
/* A copy-on-write copy. aspace M, account W. Answers the new space. */ \
C2(50, aspace_fork, handle_t, aspace, handle_t, account) \
/* First region that ends above address: struct region_info. NOT_FOUND. aspace R. */ \
C3(51, aspace_query, handle_t, aspace, uint64_t, address, uaddr_t, info) \
/* enum advice on a range. M. */ \
C4(52, aspace_advise, handle_t, aspace, uint64_t, address, uint64_t, length, uint32_t, advice) \
/* Fill struct aspace_info. R. */ \
C2(53, aspace_info, handle_t, aspace, uaddr_t, info) \
/* Set a limit (enum aspace_limit) in bytes or regions. M. */ \
C3(54, aspace_limit, handle_t, aspace, uint32_t, which, uint64_t, value) \
/* A byte for each page of a range: 1 resident, 0 not (mincore). R. */ \
C4(55, aspace_resident, handle_t, aspace, uint64_t, address, uint64_t, pages, uaddr_t, bytes) \
\
/* Guests. guest_enter: continue in guest mode with the record's registers; does not return, except INVALID for registers
   that are not allowed. */ \
C0(60, guest_enter) \
/* The calling thread's guest space becomes this one (HANDLE_NONE: none). aspace M. */ \
C1(61, guest_set_aspace, handle_t, aspace) \
/* Copy pieces (struct copy_piece[count], at most COPY_PIECES_MAX) between the caller and a guest space (HANDLE_NONE: the
   calling thread's), faults resolved as the guest's own. Answers bytes done; BAD_ADDRESS only when not one byte was. */ \
C4(62, guest_copy, handle_t, aspace, uaddr_t, pieces, uint32_t, count, uint32_t, flags) \
/* Copy a NUL-terminated string from the caller's guest; answers its length without NUL; TOO_BIG without a NUL in `max`. */ \
C3(63, guest_copy_string, gaddr_t, source, uaddr_t, buffer, uint64_t, max) \
/* Compare-exchange of a 32-bit word; answers the old value. */ \
C3(64, guest_compare_exchange, gaddr_t, address, uint32_t, expected, uint32_t, desired) \
/* Copy pieces between the caller's guest and an object's pages; `own` is the byte offset. object R or W. Answers bytes done,
   short at the object's end. */ \
C4(65, guest_copy_object, handle_t, object, uaddr_t, pieces, uint32_t, count, uint32_t, flags) \
/* The FPU image of the guest context of a thread (HANDLE_NONE: the caller; else it must be stopped at the boundary), in the
   standard XSAVE (or FXSAVE) format. read answers the bytes; write checks the image; reset gives the initial state. thread M. */ \
C3(66, guest_fpu_read, handle_t, thread, uaddr_t, buffer, uint64_t, bytes) \
C3(67, guest_fpu_write, handle_t, thread, uaddr_t, buffer, uint64_t, bytes) \
C1(68, guest_fpu_reset, handle_t, thread) \
\
/* Waiting (wait.h). word_wait: sleep while the word equals expected; MISMATCH, TIMED_OUT, INTERRUPTED, KILLED. word_wake:
   wake at most count whose bitset meets; answers how many. word_requeue: struct requeue_request; answers woken plus moved. */ \
C5(70, word_wait, uint64_t, address, uint32_t, expected, uint32_t, bitset, uint64_t, deadline_ns, uint32_t, flags) \
C4(71, word_wake, uint64_t, address, uint32_t, count, uint32_t, bitset, uint32_t, flags) \
C1(72, word_requeue, uaddr_t, request) \
\
/* Devices. irq_create: system M; an interrupt line (GSI below 0x100, else the kernel picks an MSI vector); signals bits on the
   notification; masked until irq_acknowledge. irq M. */ \
C4(80, irq_create, handle_t, system, uint32_t, line, handle_t, notification, uint64_t, bits) \
C1(81, irq_acknowledge, handle_t, irq) \
/* A smaller range out of a range. M. Answers the handle. */ \
C3(82, ioport_carve, handle_t, range, uint32_t, first, uint32_t, count) \
C3(83, physical_carve, handle_t, range, uint64_t, base, uint64_t, bytes) \
/* Port I/O of width 1, 2, 4. range R, W. read answers the value. */ \
C3(84, ioport_read, handle_t, range, uint32_t, port, uint32_t, width) \
C4(85, ioport_write, handle_t, range, uint32_t, port, uint32_t, width, uint32_t, value) \
/* Address and data that an MSI capability needs for this irq (struct irq_message). R. */ \
C2(86, irq_message, handle_t, irq, uaddr_t, message) \
/* Bind a line to another notification (a restarted driver). M. */ \
C3(87, irq_bind, handle_t, irq, handle_t, notification, uint64_t, bits) \
\
/* Accounts: a child with limits (struct account_limits). account M. account_info: struct account_info. R. */ \
C2(90, account_create, handle_t, parent, uaddr_t, limits) \
C2(91, account_info, handle_t, account, uaddr_t, info) \
/* Wall clock: set the offset to monotonic time. system W. */ \
C2(92, clock_set_realtime, handle_t, system, int64_t, offset_ns) \
/* Monotonic nanoseconds, for CPUs whose TSC is not usable. */ \
C0(93, clock_read) \
/* Append a line to the kernel's log. */ \
C2(94, log_write, uaddr_t, text, uint64_t, bytes) \
/* Read the log ring from a position; answers bytes, the new position at `position`. system R. */ \
C4(95, log_read, handle_t, system, uaddr_t, position, uaddr_t, buffer, uint64_t, bytes) \
/* The serial driver takes COM1 over: the kernel writes there no more, except in a panic. system W. */ \
C1(96, log_claim_serial, handle_t, system) \
/* Fill struct system_info: frames, uptime, idle time, switches. system R. */ \
C2(97, system_info, handle_t, system, uaddr_t, info) \
/* Panic with a message: the supervisor's own end. system M. */ \
C3(98, system_panic, handle_t, system, uaddr_t, text, uint64_t, bytes) \
/* Reset or halt the CPU when no driver could: 1 triple fault, 2 halt for ever. system M. */ \
C2(99, system_stop, handle_t, system, uint32_t, how)
/* clang-format on */

#define CALL_NUMBER_MAX 100

#define CALL_ENUM0(n, name) CALL_##name = n,
#define CALL_ENUM1(n, name, ...) CALL_##name = n,
enum kernel_call { KERNEL_CALLS(CALL_ENUM0, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1) };
#undef CALL_ENUM0
#undef CALL_ENUM1

#endif
