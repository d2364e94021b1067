/* SPDX-License-Identifier: MIT */
/*
 * The kernel's reports on its log (docs/reports.md): of a domain whose native code faulted, and of its own end. A line is a fact:
 * a key, then name=value fields.
 */
#ifndef LICHEN_DEBUG_REPORT_H
#define LICHEN_DEBUG_REPORT_H

#include <stdint.h>

struct aspace;
struct cpu;
struct thread;
struct trap_frame;

void report_begin(const char *kind);
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_end(void);

/* The digits of a build id; a dash for zeros: there is none. */
#define BUILD_ID_BYTES 20u
struct report_build_id {
	char digits[2 * BUILD_ID_BYTES + 1];
};
const char *report_build(struct report_build_id *out, const void *id);

/* Why: an exception; the address counts for a page fault only. */
void report_reason(const struct trap_frame *frame, const char *what, uint64_t address);
/* Registers; code bytes around rip, words above rsp, frames by rbp: of a space, or of the kernel (NULL). What is not there is left
   out, nothing is resolved. */
void report_registers(const struct trap_frame *frame);
void report_code(const struct aspace *space, uint64_t rip);
void report_stack(const struct aspace *space, uint64_t rsp);
void report_frames(const struct aspace *space, uint64_t rip, uint64_t rbp);
/* All events of a CPU that are kept, a line each. */
void report_events(const struct cpu *cpu);

/* The whole report of a thread whose domain ends for a fault of its native code. */
void report_server(const struct thread *thread, uint64_t fault_address);

#endif
