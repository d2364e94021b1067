/* SPDX-License-Identifier: MIT */
/*
 * The parts of a told line between the files of this folder.
 */
#ifndef LICHEN_PERSONALITY_STRACE_CALL_H
#define LICHEN_PERSONALITY_STRACE_CALL_H

#include <stdint.h>
#include "runtime/format.h"

struct tell;
struct thread;

/* "PID TIME " */
void strace_stamp(struct format_buffer *out, const struct thread *self, uint64_t time_ns);
/* What comes after " = ". INT64_MIN: the call does not come back. */
void strace_result(struct tell *tell);

#endif
