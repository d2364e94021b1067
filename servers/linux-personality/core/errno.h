/* SPDX-License-Identifier: MIT */
/*
 * Linux's error numbers (the host's <asm-generic/errno.h> is the source: test/unit/personality compares), the
 * kernel-internal restart codes, and the one map from status codes to them.
 */
#ifndef LICHEN_PERSONALITY_ERRNO_H
#define LICHEN_PERSONALITY_ERRNO_H

#include <errno.h>
#include <stdint.h>

/* A handler answers these instead of a result; they never reach the guest. */
#define ERESTARTSYS 512           /* restart if the handler has SA_RESTART, or if there is no handler */
#define ERESTARTNOINTR 513        /* always restart */
#define ERESTARTNOHAND 514        /* restart only if no handler runs */
#define ERESTART_RESTARTBLOCK 516 /* restart through restart_syscall if no handler runs */

/* -errno for a status code (0 for OK). */
int errno_from_status(int64_t status);

#endif
