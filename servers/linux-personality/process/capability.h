/* SPDX-License-Identifier: MIT */
/*
 * prctl's operations on capabilities, each answering what prctl does.
 */
#ifndef LICHEN_PERSONALITY_CAPABILITY_H
#define LICHEN_PERSONALITY_CAPABILITY_H

#include <stdint.h>

struct thread;
struct credentials;

/* capset's rules: 0 or -EPERM. Pure. */
int capability_check_set(const struct credentials *old, uint64_t effective, uint64_t permitted,
			 uint64_t inheritable);
int64_t capability_bounding_read(struct thread *self, uint64_t capability);
int64_t capability_bounding_drop(struct thread *self, uint64_t capability);
int64_t capability_set_securebits(struct thread *self, uint64_t bits);
int64_t capability_set_keep(struct thread *self, uint64_t keep);
int64_t capability_ambient(struct thread *self, uint64_t operation, uint64_t capability);

#endif
