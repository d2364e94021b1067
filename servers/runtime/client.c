/* SPDX-License-Identifier: MIT */
/*
 * client: see client.h.
 */
#include "runtime/client.h"

#include "runtime/bootstrap.h"
#include "runtime/kernel.h"

static _Thread_local struct message_page *own_page;

struct message_page *thread_message_page(void)
{
	return own_page;
}

void thread_set_message_page(struct message_page *page)
{
	own_page = page;
}

/* The main thread's page is made by whoever started the program. */
__attribute__((constructor)) static void adopt_main_page(void)
{
	own_page = (struct message_page *)(uintptr_t)bootstrap_number("message_page", 0);
}

status_t client_call(handle_t endpoint, struct message *message)
{
	return ipc_call(endpoint, message);
}

void client_drop_handles(const struct message *message, const struct message_page *page)
{
	for (unsigned i = 0; page != NULL && i < MESSAGE_HANDLE_COUNT(message->tag) && i < MESSAGE_HANDLES;
	     i++)
		(void)k_handle_close(page->handles[i]);
}
