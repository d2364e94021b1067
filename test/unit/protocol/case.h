/* SPDX-License-Identifier: MIT */
/*
 * One direction of one message, as the generator writes it into <service>_cases.c.
 */
#ifndef LICHEN_TEST_PROTOCOL_CASE_H
#define LICHEN_TEST_PROTOCOL_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/message.h"
#include "abi/status.h"

struct protocol_case {
	const char *name;
	bool reply;
	/* The largest valid sample. */
	status_t (*make)(struct message *message, struct message_page *page);
	/* Decodes, and encodes what was understood. */
	status_t (*again)(const struct message *message, struct message_page *page, struct message *again,
			  struct message_page *again_page);
};

extern const struct protocol_case console_cases[], entropy_cases[], keyboard_cases[], power_cases[],
	rtc_cases[], sample_cases[], supervisor_cases[], vfs_cases[];

#endif
