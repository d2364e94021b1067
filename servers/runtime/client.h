/* SPDX-License-Identifier: MIT */
/*
 * client: what generated client stubs need, and how a thread says where its message page is.
 *
 * A thread has one message page, pinned by the kernel when the thread was created; without one it can send and
 * receive words only. Threads made by the runtime (the main thread and pthreads) have one; a thread made in
 * another way tells its page once with thread_set_message_page.
 */
#ifndef LICHEN_RUNTIME_CLIENT_H
#define LICHEN_RUNTIME_CLIENT_H

#include "abi/message.h"
#include "abi/status.h"
#include "abi/types.h"

/* The calling thread's page, or NULL. */
struct message_page *thread_message_page(void);
void thread_set_message_page(struct message_page *page);

/* Sends the message and puts the reply in its place. RESTART, CANCELLED, KILLED, BAD_HANDLE, DENIED. */
status_t client_call(handle_t endpoint, struct message *message);

/* Closes the handles that came with a reply that makes no sense. */
void client_drop_handles(const struct message *message, const struct message_page *page);

#endif
