/* SPDX-License-Identifier: MIT */
/*
 * The file size limit and its signal.
 */
#include "file/size_limit.h"

#include "process/process.h"

#define RLIMIT_FILE_SIZE 1
#define SIGNAL_FILE_SIZE 25

static uint64_t size_limit_of(const struct thread *self)
{
	return __atomic_load_n(&self->process->limits[RLIMIT_FILE_SIZE].soft, __ATOMIC_RELAXED);
}

bool size_limit_exceeded(struct thread *self, uint64_t end)
{
	if (end <= size_limit_of(self))
		return false;
	(void)!signal_send_thread(self, SIGNAL_FILE_SIZE, NULL);
	return true;
}

uint64_t size_limit_clip(struct thread *self, uint64_t offset, uint64_t bytes)
{
	uint64_t limit = size_limit_of(self);
	if (bytes <= limit && offset <= limit - bytes)
		return bytes;
	if (offset < limit)
		return limit - offset;
	(void)!size_limit_exceeded(self, UINT64_MAX);
	return 0;
}
