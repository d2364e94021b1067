/* SPDX-License-Identifier: MIT */
/*
 * The domain's exit entry.
 */
#ifndef LICHEN_PERSONALITY_ENTRY_H
#define LICHEN_PERSONALITY_ENTRY_H

#include "process/thread.h"

/* As abi/guest.h says: the record's address and enum guest_exit. */
_Noreturn void personality_enter(struct thread *self, uint32_t reason);

#endif
