/* SPDX-License-Identifier: MIT */
/*
 * Every kernel call, one row each: number, name, typed arguments. The table makes the kernel's dispatch and the
 * native stubs; trace names and a reference page can be made from it.
 *
 * Argument types: a plain word (handle_t, uaddr_t, gaddr_t, uint32_t, uint64_t, int64_t); kind(RIGHT): a handle to an object
 * of that kind with RIGHT_RIGHT, looked up before the call begins; in(block), out(block): the address of a struct block, which
 * is copied in before the call begins or copied out when it succeeded. A handle_t that may be HANDLE_NONE, or whose rights
 * depend on flags, is looked up by the call; then its comment names them (R W X M T: RIGHT_*). The comment above a row says
 * what the call does, what it answers in `value`, and its own errors; BAD_HANDLE, DENIED, INVALID and, for memory arguments,
 * BAD_ADDRESS and KILLED may always come.
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
#define KERNEL_CALLS(C0, C1, C2, C3, C4, C5) \
/* Domains and handles. domain_create: a domain with an empty address space; its index 1 and 2 name the domain and its space.
   Answers the handle (all rights). Killed when its creator closes nothing: it lives until domain_kill or its last thread
   ends. */ \
C1(1, domain_create, account(WRITE), account) \
/* Handle of the domain's address space, to fill it. */ \
C1(2, domain_aspace, domain(MANAGE), domain) \
/* Where guest exits enter, and where a fault of native code in the domain is told (watcher). */ \
C2(3, domain_set_entry, domain(MANAGE), domain, uint64_t, entry) \
/* Signal `bits` on the notification when the domain ends or faults; domain_status tells why. */ \
C3(4, domain_watch, domain(READ), domain, notification(WRITE), notification, uint64_t, bits) \
/* Fill struct domain_status (blocks.h). */ \
C2(5, domain_status, domain(READ), domain, out(domain_status), status) \
/* End all threads, close all handles; callers waiting for its endpoints get RESTART. */ \
C2(6, domain_kill, domain(MANAGE), domain, uint32_t, code) \
/* Give a copy of a handle to another domain. domain M, handle T. `badge` replaces the badge of an endpoint or notification
   handle that has badge 0. Answers the handle's value in that domain. */ \
C4(7, handle_give, domain(MANAGE), domain, handle_t, handle, uint32_t, rights, uint64_t, badge) \
/* Copy within the caller's table, with fewer rights or a first badge. handle T. Answers the copy. */ \
C3(8, handle_copy, handle_t, handle, uint32_t, rights, uint64_t, badge) \
C1(9, handle_close, handle_t, handle) \
/* Fill struct handle_info for the first used slot at or above `index` in the domain's table; answers the next index to ask
   for; NOT_FOUND past the last. */ \
C3(10, handle_info, domain(READ), domain, uint32_t, index, out(handle_info), info) \
/* Threads of the domain that find no memory, in native code, in their guest or in a copy for it, wait until some comes free
   and signal `bits`; without this they fault, or the call answers NO_MEMORY. */ \
C3(11, domain_watch_memory, domain(MANAGE), domain, notification(WRITE), notification, uint64_t, bits) \
\
/* Threads. thread_create: request is struct thread_request (blocks.h). Answers a handle (all rights); runs when thread_start
   is called. NO_MEMORY; EXISTS when the record is in use by another thread. */ \
C2(12, thread_create, domain(MANAGE), domain, in(thread_request), request) \
C1(13, thread_start, thread(MANAGE), thread) \
/* End the calling thread; the last one ends the domain with `code`. The word at `clear` (0: none) is zeroed and one waiter
   on it woken after the thread no longer uses its stack. */ \
C2(14, thread_exit, uint32_t, code, uaddr_t, clear) \
/* Latch a kick (wait.h). */ \
C2(15, thread_kick, thread(WRITE), thread, uint32_t, kick) \
/* Set native and guest level, weight, CPU mask: struct thread_schedule. */ \
C2(16, thread_schedule, thread(MANAGE), thread, in(thread_schedule), schedule) \
/* Fill struct thread_info. */ \
C2(17, thread_info, thread(READ), thread, out(thread_info), info) \
C0(18, thread_yield) \
/* Base of fs for the calling native thread (its libc's TLS). */ \
C1(19, thread_set_tls, uint64_t, base) \
\
/* Messages: register use in message.h. ipc_call: endpoint W; ends with the reply, RESTART (server gone), CANCELLED (a kick
   when the call is interruptible: tag bit 62). ipc_receive: endpoint R or HANDLE_NONE, notification R or HANDLE_NONE,
   deadline in rbp; TIMED_OUT, INTERRUPTED. ipc_reply: CANCELLED when the caller is gone. */ \
C2(20, ipc_call, handle_t, endpoint, uint64_t, tag) \
C2(21, ipc_receive, handle_t, endpoint, uint64_t, tag) \
C2(22, ipc_reply, handle_t, endpoint, uint64_t, tag) \
C2(23, ipc_reply_receive, handle_t, endpoint, uint64_t, tag) \
/* Answer the handle, all rights, badge 0. */ \
C1(24, endpoint_create, account(WRITE), account) \
C1(25, notification_create, account(WRITE), account) \
/* OR bits into the notification; a handle with a badge signals its badge and ignores `bits`. W. */ \
C2(26, notification_signal, handle_t, notification, uint64_t, bits) \
/* timer_create: signals `bits` on the notification at its deadline. timer_set: absolute first deadline (DEADLINE_NEVER
   disarms), period in ns or 0. Answers the old deadline. */ \
C3(27, timer_create, account(WRITE), account, notification(WRITE), notification, uint64_t, bits) \
C3(28, timer_set, timer(MANAGE), timer, uint64_t, deadline_ns, uint64_t, period_ns) \
\
/* Memory objects. object_create: anonymous, or CONTIGUOUS. NO_MEMORY. */ \
C3(30, object_create, account(WRITE), account, uint64_t, pages, uint32_t, flags) \
/* A paged object: requests carry `cookie` and signal `bits` on the notification, and are fetched with object_requests on
   that notification. */ \
C5(31, object_create_paged, account(WRITE), account, uint64_t, pages, notification(WRITE), notification, uint64_t, bits, uint64_t, cookie) \
/* Set the size; pages beyond it are unmapped everywhere and dropped, a partly cut last page is the holder's to clear. */ \
C2(32, object_resize, memory(MANAGE), object, uint64_t, pages) \
/* Share page frames: `count` pages of the source appear in the destination, copy-on-write both ways. request is struct
   object_range_request (blocks.h). source R, destination M. */ \
C1(33, object_share, in(object_range_request), request) \
/* Fill a paged object's pages from frames of a source object (moved where the source is anonymous and private, else shared).
   struct object_range_request. */ \
C1(34, object_supply, in(object_range_request), request) \
/* Next page requests of all objects that signal this notification: struct page_request[max]; answers how many; shown again
   to the next asker after `restart` is not 0. */ \
C4(35, object_requests, notification(READ), notification, uaddr_t, requests, uint32_t, max, uint32_t, restart) \
/* Drop resident pages of a range (holes: read as zeros, or are requested again); struct object_range_request. */ \
C1(36, object_discard, in(object_range_request), request) \
/* Collect dirty pages: next dirty run at or above page becomes WRITING and read-only; answers its first page, rdx count in
   struct object_range_request.count written back. object_clean ends WRITING. */ \
C1(37, object_collect_dirty, uaddr_t, request) \
C1(38, object_clean, in(object_range_request), request) \
/* Fill struct object_info. */ \
C2(39, object_info, memory(READ), object, out(object_info), info) \
/* Copy between the caller's memory and an object: offset, own address, bytes. Answers bytes done (short at the end of the
   object). memory R or W. */ \
C4(40, object_read, memory(READ), object, uint64_t, offset, uaddr_t, buffer, uint64_t, bytes) \
C4(41, object_write, memory(WRITE), object, uint64_t, offset, uaddr_t, buffer, uint64_t, bytes) \
/* Physical address of a page of a CONTIGUOUS object. memory M and RIGHT_EXEC on the system handle are not needed: holding a
   contiguous object with M is the right. Answers it. */ \
C2(42, object_physical, memory(MANAGE), object, uint64_t, page) \
/* An object over physical memory (device registers, firmware tables), mapped uncached when `flags` is 1. */ \
C4(43, object_create_physical, physical(MANAGE), range, uint64_t, base, uint64_t, pages, uint32_t, flags) \
/* First page at or above `page` that is resident; with `hole` 1 the first that is not, or as far as a bounded number of
   resident pages reaches (asked again from a hole, it answers that page). OUT_OF_RANGE: none in the object. */ \
C3(44, object_seek, memory(READ), object, uint64_t, page, uint32_t, hole) \
/* Limits on the dirty pages of all objects that signal this notification: over `soft` it gets `bits`; at `hard` (not 0) no
   page becomes dirty, who writes waits and what must not wait forwards, until pages are clean. */ \
C4(56, pager_limit, notification(READ), notification, uint64_t, soft, uint64_t, hard, uint64_t, bits) \
\
/* Address spaces. aspace_create: an empty guest space. */ \
C1(45, aspace_create, account(WRITE), account) \
/* map: struct map_request; answers the address. Object handle needs R, W for shared writable, X for EXEC. EXISTS, NO_MEMORY,
   LIMIT. unmap and protect: as POSIX says of ranges; protect answers NO_MEMORY for a gap. */ \
C2(46, aspace_map, aspace(MANAGE), aspace, in(map_request), request) \
C3(47, aspace_unmap, aspace(MANAGE), aspace, uint64_t, address, uint64_t, length) \
C4(48, aspace_protect, aspace(MANAGE), aspace, uint64_t, address, uint64_t, length, uint32_t, prot) \
/* Move or resize a mapping: struct remap_request (blocks.h); answers the new address. */ \
C2(49, aspace_remap, aspace(MANAGE), aspace, in(remap_request), request) \
/* A copy-on-write copy. Answers the new space. */ \
C2(50, aspace_fork, aspace(MANAGE), aspace, account(WRITE), account) \
/* First region that ends above address: struct region_info. NOT_FOUND. */ \
C3(51, aspace_query, aspace(READ), aspace, uint64_t, address, out(region_info), info) \
/* enum advice on a range. */ \
C4(52, aspace_advise, aspace(MANAGE), aspace, uint64_t, address, uint64_t, length, uint32_t, advice) \
/* Fill struct aspace_info. */ \
C2(53, aspace_info, aspace(READ), aspace, out(aspace_info), info) \
/* Set a limit (enum aspace_limit) in bytes or regions. */ \
C3(54, aspace_limit, aspace(MANAGE), aspace, uint32_t, which, uint64_t, value) \
/* A byte for each page of a range: 1 resident, 0 not (mincore). */ \
C4(55, aspace_resident, aspace(READ), aspace, uint64_t, address, uint64_t, pages, uaddr_t, bytes) \
\
/* Guests. guest_enter: continue in guest mode with the record's registers; does not return, except INVALID for registers
   that are not allowed. */ \
C0(60, guest_enter) \
/* The calling thread's guest space becomes this one (HANDLE_NONE: none). aspace M. */ \
C1(61, guest_set_aspace, handle_t, aspace) \
/* Copy pieces (struct copy_piece[count], at most COPY_PIECES_MAX) between the caller and a guest space (HANDLE_NONE: the
   calling thread's), faults resolved as the guest's own. Answers bytes done; BAD_ADDRESS only when not one byte was. */ \
C4(62, guest_copy, handle_t, aspace, uaddr_t, pieces, uint32_t, count, uint32_t, flags) \
/* The same for one piece, which is in the arguments. */ \
C5(58, guest_copy_piece, handle_t, aspace, gaddr_t, guest, uaddr_t, own, uint64_t, bytes, uint32_t, flags) \
/* Copy a NUL-terminated string from the caller's guest; answers its length without NUL; TOO_BIG without a NUL in `max`. */ \
C3(63, guest_copy_string, gaddr_t, source, uaddr_t, buffer, uint64_t, max) \
/* Compare-exchange of a 32-bit word; answers the old value. */ \
C3(64, guest_compare_exchange, gaddr_t, address, uint32_t, expected, uint32_t, desired) \
/* Copy pieces between the caller's guest and an object's pages; `own` is the byte offset. object R or W. Answers bytes done,
   short at the object's end. */ \
C4(65, guest_copy_object, handle_t, object, uaddr_t, pieces, uint32_t, count, uint32_t, flags) \
/* The FPU image of the guest context of a thread (HANDLE_NONE: the caller; else it must be stopped at the boundary), in the
   standard XSAVE (or FXSAVE) format. read answers the bytes; write checks the image; reset gives the initial state. thread
   M. */ \
C3(66, guest_fpu_read, handle_t, thread, uaddr_t, buffer, uint64_t, bytes) \
C3(67, guest_fpu_write, handle_t, thread, uaddr_t, buffer, uint64_t, bytes) \
C1(68, guest_fpu_reset, handle_t, thread) \
/* Add a row to the routes of the caller's guests (route.h). LIMIT: too many; INVALID: no such operation, or a field out of
   range. */ \
C1(69, route_add, in(route), row) \
\
/* Waiting (wait.h). word_wait: sleep while the word equals expected; MISMATCH, TIMED_OUT, INTERRUPTED, KILLED. word_wake:
   wake at most count whose bitset meets; answers how many. word_requeue: struct requeue_request; answers woken plus moved.
   */ \
C5(70, word_wait, uint64_t, address, uint32_t, expected, uint32_t, bitset, uint64_t, deadline_ns, uint32_t, flags) \
C4(71, word_wake, uint64_t, address, uint32_t, count, uint32_t, bitset, uint32_t, flags) \
C1(72, word_requeue, in(requeue_request), request) \
\
/* Descriptor tables of routes (route.h). descriptors_create: an empty one; `bits` are signalled when a cleared row's last call
   left. set: EXISTS; LIMIT: from DESCRIPTORS_MAX on; row->object R, W as the row's flags say. clear answers how many calls
   are inside, NOT_FOUND: no row. drained: cookies (uint64_t[max]) of rows of the caller's tables that were cleared while
   calls were inside, and drained since; answers how many; each is told once. */ \
C3(73, descriptors_create, account(WRITE), account, notification(WRITE), notification, uint64_t, bits) \
C3(74, descriptor_set, descriptors(MANAGE), table, uint32_t, number, in(descriptor_row), row) \
C2(75, descriptor_clear, descriptors(MANAGE), table, uint32_t, number) \
C2(76, descriptors_drained, uaddr_t, cookies, uint32_t, max) \
\
/* Devices. irq_create: an interrupt line (GSI below 0x100, else the kernel picks an MSI vector); signals bits on the
   notification; masked until irq_acknowledge. */ \
C4(80, irq_create, system(MANAGE), system, uint32_t, line, notification(WRITE), notification, uint64_t, bits) \
C1(81, irq_acknowledge, irq(MANAGE), irq) \
/* A smaller range out of a range. M. Answers the handle. */ \
C3(82, ioport_carve, ioport(MANAGE), range, uint32_t, first, uint32_t, count) \
C3(83, physical_carve, physical(MANAGE), range, uint64_t, base, uint64_t, bytes) \
/* Port I/O of width 1, 2, 4. read answers the value. */ \
C3(84, ioport_read, ioport(READ), range, uint32_t, port, uint32_t, width) \
C4(85, ioport_write, ioport(WRITE), range, uint32_t, port, uint32_t, width, uint32_t, value) \
/* Address and data that an MSI capability needs for this irq (struct irq_message). */ \
C2(86, irq_message, irq(READ), irq, out(irq_message), message) \
/* Bind a line to another notification (a restarted driver). */ \
C3(87, irq_bind, irq(MANAGE), irq, notification(WRITE), notification, uint64_t, bits) \
\
/* Accounts: a child with limits (struct account_limits). account_info: struct account_info. */ \
C2(90, account_create, account(MANAGE), parent, in(account_limits), limits) \
C2(91, account_info, account(READ), account, out(account_info), info) \
/* Wall clock: set the offset to monotonic time. */ \
C2(92, clock_set_realtime, system(WRITE), system, int64_t, offset_ns) \
/* Monotonic nanoseconds, for CPUs whose TSC is not usable. */ \
C0(93, clock_read) \
/* Append a line to the kernel's log. */ \
C2(94, log_write, uaddr_t, text, uint64_t, bytes) \
/* Read the log ring from a position; answers bytes, the new position at `position`. */ \
C4(95, log_read, system(READ), system, uaddr_t, position, uaddr_t, buffer, uint64_t, bytes) \
/* The serial driver takes COM1 over: the kernel writes there no more, except in a panic. */ \
C1(96, log_claim_serial, system(WRITE), system) \
/* Fill struct system_info: frames, uptime, idle time, switches. */ \
C2(97, system_info, system(READ), system, out(system_info), info) \
/* Panic with a message: the supervisor's own end. */ \
C3(98, system_panic, system(MANAGE), system, uaddr_t, text, uint64_t, bytes) \
/* Reset or halt the CPU when no driver could: 1 triple fault, 2 halt for ever. */ \
C2(99, system_stop, system(MANAGE), system, uint32_t, how) \
\
/* Events (events.h). event_note: record one of a server's kinds; INVALID for others. */ \
C3(100, event_note, uint32_t, kind, uint64_t, first, uint64_t, second) \
/* Copy events of a CPU from the number at `position` on, as many whole ones as fit and a bounded number; answers how many, the
   number behind them at `position`. What is not there any more is passed over. NOT_FOUND: no such CPU. */ \
C5(101, event_read, system(READ), system, uint32_t, cpu, uaddr_t, position, uaddr_t, buffer, uint64_t, max) \
/* Keep events in contiguous memory of its own, a power of two of pages, until record_stop: that fills struct event_recording and
   answers the object. EXISTS: there is a recording; NOT_FOUND: there is none. */ \
C3(102, record_start, system(WRITE), system, account(WRITE), account, uint64_t, pages) \
C2(103, record_stop, system(WRITE), system, out(event_recording), recording) \
/* Name and build id of a domain's program, for reports about it. */ \
C2(104, domain_describe, domain(MANAGE), domain, in(domain_description), about)
/* clang-format on */

#define CALL_NUMBER_MAX 105

#define CALL_ENUM0(n, name) CALL_##name = n,
#define CALL_ENUM1(n, name, ...) CALL_##name = n,
enum kernel_call { KERNEL_CALLS(CALL_ENUM0, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1, CALL_ENUM1) };
#undef CALL_ENUM0
#undef CALL_ENUM1

#endif
