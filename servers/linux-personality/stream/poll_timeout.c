/* SPDX-License-Identifier: MIT */
/*
 * The Linux-specific part of poll's and select's time-outs: the rest is written back (select(2), "timeout").
 */
#include "stream/poll_timeout.h"

#include "core/clock.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "process/restart.h"
#include "signal/signal.h"

#define STICKY_TIMEOUTS 0x4000000u
#define NS_PER_US 1000

int poll_timeout_read(struct poll_timeout *timeout, gaddr_t guest, enum poll_time kind)
{
	struct linux_timespec time;
	*timeout = (struct poll_timeout){ guest, kind, DEADLINE_NEVER };
	if (!guest.value)
		return 0;
	if (guest_read(&time, guest, sizeof(time)))
		return -EFAULT;
	if (kind == POLL_TIMEVAL) {
		time.seconds += time.nanoseconds / 1000000;
		time.nanoseconds = time.nanoseconds % 1000000 * NS_PER_US;
	}
	if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= NS_PER_SECOND)
		return -EINVAL;
	timeout->deadline_ns = 0;
	if (time.seconds || time.nanoseconds)
		timeout->deadline_ns = deadline_after(time.seconds, time.nanoseconds);
	return 0;
}

static int timeout_write(const struct poll_timeout *timeout)
{
	uint64_t now = clock_monotonic_ns();
	int64_t left = timeout->deadline_ns > now ? (int64_t)(timeout->deadline_ns - now) : 0;
	struct linux_timespec rest = { left / NS_PER_SECOND, left % NS_PER_SECOND };
	if (timeout->kind == POLL_TIMEVAL)
		rest.nanoseconds /= NS_PER_US;
	return guest_write(timeout->guest, &rest, sizeof(rest));
}

/* Without the rest written the call cannot be made again as it was: EINTR. */
int64_t poll_timeout_finish(struct thread *self, const struct poll_timeout *timeout, int64_t result)
{
	bool sticky = self->personality & STICKY_TIMEOUTS;
	if (!timeout->guest.value || (!timeout->deadline_ns && !sticky))
		return result;
	if (!sticky && !timeout_write(timeout))
		return result;
	return result == -ERESTARTNOHAND ? -EINTR : result;
}

int poll_mask_begin(struct thread *self, gaddr_t guest, uint64_t set_bytes)
{
	sigset_bits mask;
	if (!guest.value)
		return 0;
	if (set_bytes != sizeof(mask))
		return -EINVAL;
	if (guest_read(&mask, guest, sizeof(mask)))
		return -EFAULT;
	signal_swap_mask(self, mask);
	return 0;
}

void poll_mask_end(struct thread *self, gaddr_t guest, int64_t result)
{
	if (guest.value && result != -ERESTARTNOHAND && result != -EINTR)
		signal_restore_mask(self);
}
