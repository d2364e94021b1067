/* SPDX-License-Identifier: MIT */
/*
 * timerfd_create(2): timers that are read and polled.
 *
 * `value_ns` is on the timer's own clock when it is absolute on a wall clock, else monotonic. As on Linux an interval timer is
 * armed again when its expiry is noticed by a read or a look at it, not when it fires: the missed ones are counted then. The
 * service's callback decides by the fields alone whether the timer is due, so arming needs no cancelling before.
 */
#include "stream/anonymous.h"

#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/kinds.h"
#include "linux_abi/epoll.h"
#include "linux_abi/files.h"
#include "process/credentials.h"
#include "process/process.h"
#include "time/clocks.h"
#include "time/timer.h"

struct timerfd {
	struct timer_node node;
	struct lock lock; /* RANK_STREAM; all below */
	int32_t clock;    /* I */
	int64_t value_ns; /* 0: disarmed */
	int64_t interval_ns;
	uint64_t ticks;      /* A to look at */
	bool expired;        /* fired and not armed again */
	bool on_wall;        /* value_ns is a wall clock's */
	bool cancels;        /* TFD_TIMER_CANCEL_ON_SET */
	uint32_t clock_sets; /* clock_set_count when last looked at */
	struct wait_queue queue;
	struct timerfd *next, *previous; /* wall_mutex: those that follow a wall clock */
	bool listed;                     /* wall_mutex */
};

SURVIVES static struct mutex wall_mutex;
SURVIVES static struct timerfd *wall_timers;

static int64_t now_of(const struct timerfd *timer)
{
	return timer->on_wall ? clock_realtime_ns() : (int64_t)clock_monotonic_ns();
}

static bool rearm(struct timerfd *timer)
{
	return timer_arm(&timer->node,
			 clock_deadline(timer->on_wall ? LINUX_CLOCK_REALTIME : LINUX_CLOCK_MONOTONIC,
					timer->value_ns));
}

void timerfd_expired(void *argument)
{
	struct timerfd *timer = argument;
	bool due;
	lock_acquire(&timer->lock);
	due = timer->value_ns && !timer->expired && timer->value_ns <= now_of(timer);
	if (due) {
		timer->expired = true;
		__atomic_store_n(&timer->ticks, timer->ticks + 1, __ATOMIC_RELEASE);
	} else if (timer->value_ns && !timer->expired) {
		(void)rearm(timer);
	}
	lock_release(&timer->lock);
	if (due)
		wait_wake_all(&timer->queue, LINUX_POLLIN);
}

/* Count the intervals since it fired and go on. Locked. */
static void catch_up(struct timerfd *timer)
{
	int64_t passed;
	if (!timer->expired || !timer->interval_ns)
		return;
	passed = (now_of(timer) - timer->value_ns) / timer->interval_ns + 1;
	timer->value_ns += passed * timer->interval_ns;
	timer->ticks += (uint64_t)passed - 1;
	timer->expired = false;
	(void)rearm(timer);
}

static bool has_ticks(void *object)
{
	const struct timerfd *timer = object;
	return __atomic_load_n(&timer->ticks, __ATOMIC_ACQUIRE) != 0;
}

/* The clock was set since the timer was armed or last read: the caller is told once. Locked. */
static bool take_cancelled(struct timerfd *timer)
{
	uint32_t sets = __atomic_load_n(&clock_set_count, __ATOMIC_ACQUIRE);
	bool cancelled = timer->cancels && timer->clock_sets != sets;
	timer->clock_sets = sets;
	return cancelled;
}

/* Ticks, 0, or -ECANCELED. */
static int64_t take_ticks(struct timerfd *timer)
{
	int64_t ticks;
	lock_acquire(&timer->lock);
	if (take_cancelled(timer)) {
		timer->expired = false;
		timer->value_ns = 0;
		ticks = -ECANCELED;
	} else {
		if (timer->ticks)
			catch_up(timer);
		ticks = (int64_t)timer->ticks;
	}
	__atomic_store_n(&timer->ticks, 0, __ATOMIC_RELEASE);
	lock_release(&timer->lock);
	return ticks;
}

static int64_t timerfd_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct timerfd *timer = file->object;
	int64_t ticks = 0;
	(void)offset;
	if (iter->remaining < sizeof(ticks))
		return -EINVAL;
	while (!ticks) {
		int error = stream_wait_file(self, file, &timer->queue, has_ticks);
		if (error)
			return error;
		ticks = take_ticks(timer);
	}
	if (ticks < 0)
		return ticks;
	return iter_to_guest(iter, &ticks, sizeof(ticks)) == sizeof(ticks) ? (int64_t)sizeof(ticks) : -EFAULT;
}

static uint32_t timerfd_poll(struct file *file, struct poll_table *table)
{
	struct timerfd *timer = file->object;
	poll_add(table, file, &timer->queue);
	return has_ticks(timer) ? LINUX_POLLIN : 0;
}

static void wall_list_leave(struct timerfd *timer)
{
	mutex_acquire(&wall_mutex);
	if (timer->listed) {
		if (timer->previous)
			timer->previous->next = timer->next;
		else
			wall_timers = timer->next;
		if (timer->next)
			timer->next->previous = timer->previous;
	}
	timer->listed = false;
	mutex_release(&wall_mutex);
}

static void wall_list_enter(struct timerfd *timer)
{
	mutex_acquire(&wall_mutex);
	if (!timer->listed) {
		timer->previous = NULL;
		timer->next = wall_timers;
		if (wall_timers)
			wall_timers->previous = timer;
		wall_timers = timer;
		timer->listed = true;
	}
	mutex_release(&wall_mutex);
}

/* The wall clock was set: its timers are due at another moment, and some tell their readers. */
static void timer_clock_set(struct timerfd *timer)
{
	bool wake = false;
	lock_acquire(&timer->lock);
	if (timer->on_wall && timer->value_ns) {
		if (timer->cancels) {
			__atomic_store_n(&timer->ticks, timer->ticks + 1, __ATOMIC_RELEASE);
			wake = true;
		}
		if (!timer->expired)
			(void)rearm(timer);
	}
	lock_release(&timer->lock);
	if (wake)
		wait_wake_all(&timer->queue, LINUX_POLLIN);
}

void timerfd_clock_set(void)
{
	mutex_acquire(&wall_mutex);
	for (struct timerfd *timer = wall_timers; timer; timer = timer->next)
		timer_clock_set(timer);
	mutex_release(&wall_mutex);
}

static void timerfd_release(struct file *file)
{
	struct timerfd *timer = file->object;
	if (!timer)
		return;
	wall_list_leave(timer);
	lock_acquire(&timer->lock);
	timer->value_ns = 0;
	lock_release(&timer->lock);
	timer_cancel(&timer->node);
	slab_free(timer, sizeof(*timer));
}

const struct file_operations timerfd_operations = {
	.read = timerfd_read,
	.poll = timerfd_poll,
	.seek = anonymous_seek,
	.release = timerfd_release,
};

static bool clock_alarms(int32_t clock)
{
	return clock == LINUX_CLOCK_REALTIME_ALARM || clock == LINUX_CLOCK_BOOTTIME_ALARM;
}

static bool clock_known(int32_t clock)
{
	return clock == LINUX_CLOCK_REALTIME || clock == LINUX_CLOCK_MONOTONIC ||
	       clock == LINUX_CLOCK_BOOTTIME || clock_alarms(clock);
}

int64_t sys_timerfd_create(struct thread *self, int32_t clock, int32_t flags)
{
	struct timerfd *timer;
	int fd;
	if ((uint32_t)flags & ~(LINUX_TFD_CLOEXEC | LINUX_TFD_NONBLOCK) || !clock_known(clock))
		return -EINVAL;
	if (clock_alarms(clock) && !thread_capable(self, LINUX_CAP_WAKE_ALARM))
		return -EPERM;
	timer = slab_allocate(sizeof(*timer));
	if (!timer)
		return -ENOMEM;
	timer->clock = clock;
	timer->node.callback = TIMER_CALLBACK_TIMERFD;
	timer->node.argument = timer;
	lock_init(&timer->lock, RANK_STREAM);
	wait_queue_init(&timer->queue);
	fd = anonymous_install(self, FILE_TIMERFD, timer, (uint32_t)flags);
	if (fd < 0)
		slab_free(timer, sizeof(*timer));
	return fd;
}

struct setting {
	uint32_t flags;
	int64_t value_ns, interval_ns;
};

/* What timerfd_gettime shows. Locked. */
static struct setting setting_now(struct timerfd *timer)
{
	struct setting now = { 0, 0, timer->interval_ns };
	catch_up(timer);
	if (timer->value_ns && !timer->expired && timer->value_ns > now_of(timer))
		now.value_ns = timer->value_ns - now_of(timer);
	return now;
}

static int64_t saturated_sum(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int setting_apply(struct timerfd *timer, const struct setting *new, struct setting *old)
{
	bool absolute = new->flags &LINUX_TFD_TIMER_ABSTIME, fits = true;
	lock_acquire(&timer->lock);
	*old = setting_now(timer);
	timer->on_wall = absolute && clock_is_wall(timer->clock);
	timer->cancels = timer->on_wall && new->flags &LINUX_TFD_TIMER_CANCEL_ON_SET;
	(void)take_cancelled(timer);
	timer->interval_ns = new->interval_ns;
	timer->value_ns = new->value_ns;
	if (new->value_ns && !absolute)
		timer->value_ns = saturated_sum(now_of(timer), new->value_ns);
	timer->expired = false;
	__atomic_store_n(&timer->ticks, 0, __ATOMIC_RELEASE);
	if (timer->value_ns)
		fits = rearm(timer);
	if (!fits)
		timer->value_ns = 0;
	lock_release(&timer->lock);
	return fits ? 0 : -ENOMEM;
}

static int setting_read(struct setting *setting, gaddr_t guest, int32_t flags)
{
	struct linux_itimerspec value;
	if (guest_read(&value, guest, sizeof(value)))
		return -EFAULT;
	setting->flags = (uint32_t)flags;
	if (setting->flags & ~(LINUX_TFD_TIMER_ABSTIME | LINUX_TFD_TIMER_CANCEL_ON_SET) ||
	    timespec_to_ns(&value.value, &setting->value_ns) ||
	    timespec_to_ns(&value.interval, &setting->interval_ns))
		return -EINVAL;
	return 0;
}

static int setting_write(const struct setting *setting, gaddr_t guest)
{
	struct linux_itimerspec value = { ns_to_timespec(setting->interval_ns),
					  ns_to_timespec(setting->value_ns) };
	return guest_write(guest, &value, sizeof(value));
}

/* The timer behind a descriptor; *file is to be put. */
static int timer_of(struct thread *self, int32_t fd, struct file **file)
{
	*file = files_find(self->files, fd);
	if (!*file)
		return -EBADF;
	if ((*file)->kind == FILE_TIMERFD)
		return 0;
	file_put(*file);
	return -EINVAL;
}

int64_t sys_timerfd_settime(struct thread *self, int32_t fd, int32_t flags, gaddr_t in, gaddr_t out)
{
	struct setting new, old;
	struct file *file;
	int error = setting_read(&new, in, flags);
	if (!error)
		error = timer_of(self, fd, &file);
	if (error)
		return error;
	error = setting_apply(file->object, &new, &old);
	if (!error && ((struct timerfd *)file->object)->on_wall)
		wall_list_enter(file->object);
	file_put(file);
	return !error && out.value ? setting_write(&old, out) : error;
}

int64_t sys_timerfd_gettime(struct thread *self, int32_t fd, gaddr_t out)
{
	struct setting setting;
	struct timerfd *timer;
	struct file *file;
	int error = timer_of(self, fd, &file);
	if (error)
		return error;
	timer = file->object;
	lock_acquire(&timer->lock);
	setting = setting_now(timer);
	lock_release(&timer->lock);
	file_put(file);
	return setting_write(&setting, out);
}
