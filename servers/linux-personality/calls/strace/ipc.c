/* SPDX-License-Identifier: MIT */
/*
 * System V's objects: operations on semaphores, messages.
 */
#include "calls/strace/tell.h"
#include "core/guest_memory.h"
#include "linux_abi/sysv.h"

bool decode_semaphores(struct tell *tell, uint64_t value)
{
	struct linux_sembuf operation;
	uint64_t count = (uint32_t)tell_next(tell);
	if (!tell_fetch(tell, &operation, value, sizeof(operation)))
		return true;
	for (uint64_t i = 0; i < count && i < TELL_SHOWN; i++, value += sizeof(operation)) {
		format_append(&tell->out, i ? ", " : "[");
		if (!tell_fetch(tell, &operation, value, sizeof(operation)))
			break;
		format_append(&tell->out, "{sem_num=%u, sem_op=%d, sem_flg=", operation.number,
			      operation.change);
		tell_names(tell, NAMES_SEM, (uint16_t)operation.flags);
		format_append(&tell->out, "}");
	}
	format_append(&tell->out, count > TELL_SHOWN ? ", ...]" : "]");
	return true;
}

/* A kind, and so many bytes of text as were asked for. */
bool decode_ipc_message(struct tell *tell, uint64_t value)
{
	int64_t kind;
	if (!tell_fetch(tell, &kind, value, sizeof(kind)))
		return true;
	format_append(&tell->out, "{mtype=%ld, mtext=", kind);
	tell_data(tell, value + sizeof(kind), tell_next(tell));
	format_append(&tell->out, "}");
	return true;
}
