/* SPDX-License-Identifier: MIT */
/*
 * Moving one message from a waiting or running thread to another: words from frame to frame, bytes from message page
 * to message page, handles from table to table. Everything is checked before anything moves.
 */
#ifndef LICHEN_IPC_TRANSFER_H
#define LICHEN_IPC_TRANSFER_H

#include "abi/status.h"
#include "abi/types.h"

struct thread;

/* May this thread send a message with this tag? INVALID, BAD_HANDLE, DENIED. */
status_t message_check(struct thread *sender, uint64_t tag);
/* Move it; the sender's part was checked, but other threads of its domain may have changed page and table since. LIMIT: no
   room in the receiver's table; NOT_SUPPORTED: the receiver has no message page. Status, badge and tag are put into the
   receiver's frame as ipc_receive or ipc_call answer them. */
status_t message_transfer(struct thread *sender, struct thread *receiver, uint64_t tag, uint64_t badge);
/* The frame of a receiver when a notification ended its wait. */
void message_notified(struct thread *receiver, uint64_t bits);

#endif
