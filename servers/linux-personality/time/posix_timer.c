/* SPDX-License-Identifier: MIT */
/*
 * timer_create(2) and its relatives.
 *
 * An expiry while the timer's last signal is still queued counts as an overrun in that signal; else it sends a new one.
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "linux_abi/signal.h"
#include "process/hooks.h"
#include "time/posix_timers.h"

uint64_t timer_look_at(struct process *process, int32_t clock, int64_t value_ns)
{
	int64_t now = 0;
	if (!clock_is_cpu(clock))
		return clock_deadline(clock, value_ns);
	(void)!clock_read_ns(process->leader, clock, &now);
	return clock_monotonic_ns() + (value_ns > now ? (uint64_t)(value_ns - now) : 0);
}

/* Count `more` expiries into the timer's queued signal, if there is one. process->lock held. */
static bool overrun_count(struct signal_queue *queue, const struct posix_timer *timer, int32_t more)
{
	struct queued_signal *entry = queue->first;
	while (entry && (entry->info.code != LINUX_SI_TIMER || entry->info.u.timer.timer_id != timer->id))
		entry = entry->next;
	if (entry && entry->info.u.timer.overrun < INT32_MAX - more)
		entry->info.u.timer.overrun += more;
	return entry;
}

static struct thread *timer_target(struct posix_timer *timer)
{
	struct thread *thread = timer->process->threads;
	if (timer->event.notify != LINUX_SIGEV_THREAD_ID)
		return NULL;
	while (thread && thread->tid != timer->event.thread_id)
		thread = thread->next_in_process;
	return thread;
}

static void timer_notify(struct posix_timer *timer, int32_t expiries)
{
	struct linux_siginfo info = { .number = timer->event.signal, .code = LINUX_SI_TIMER };
	struct process *process = timer->process;
	struct thread *target;
	bool queued;
	if (timer->event.notify == LINUX_SIGEV_NONE)
		return;
	lock_acquire(&process_tree_lock);
	lock_acquire(&process->lock);
	target = timer_target(timer);
	queued = overrun_count(target ? &target->pending : &process->pending, timer, expiries);
	lock_release(&process->lock);
	lock_release(&process_tree_lock);
	timer->overrun = queued ? timer->overrun + expiries : expiries - 1;
	if (queued)
		return;
	info.u.timer.timer_id = timer->id;
	info.u.timer.overrun = expiries - 1;
	info.u.timer.value = timer->event.value;
	if (target)
		(void)!signal_send_thread(target, timer->event.signal, &info);
	else
		(void)!signal_send_process(process, timer->event.signal, &info);
}

void posix_timer_expired(void *argument)
{
	struct posix_timer *timer = argument;
	struct posix_timers *timers = timer->process->timers;
	int64_t now = 0, expiries = 0, next;
	(void)!clock_read_ns(timer->process->leader, timer->clock, &now);
	lock_acquire(&timers->lock);
	if (timer->value_ns && timer->value_ns <= now) {
		expiries = timer->interval_ns ? (now - timer->value_ns) / timer->interval_ns + 1 : 1;
		timer->value_ns = timer->interval_ns ? timer->value_ns + expiries * timer->interval_ns : 0;
	}
	next = timer->value_ns;
	lock_release(&timers->lock);
	if (expiries)
		timer_notify(timer, expiries > INT32_MAX / 2 ? INT32_MAX / 2 : (int32_t)expiries);
	if (next)
		timer_arm(&timer->node, timer_look_at(timer->process, timer->clock, next));
}

static int event_check(struct thread *self, const struct linux_sigevent *event)
{
	struct thread *thread;
	int error = -EINVAL;
	if (event->notify == LINUX_SIGEV_NONE)
		return 0;
	if (event->signal < 1 || event->signal > SIGNAL_COUNT)
		return -EINVAL;
	if (event->notify != LINUX_SIGEV_THREAD_ID)
		return event->notify == LINUX_SIGEV_SIGNAL || event->notify == LINUX_SIGEV_THREAD ? 0
												  : -EINVAL;
	lock_acquire(&process_tree_lock);
	thread = thread_find(event->thread_id);
	if (thread && thread->process == self->process)
		error = 0;
	lock_release(&process_tree_lock);
	return error;
}

static int timer_clock_check(struct thread *self, int32_t clock)
{
	int64_t now;
	switch (clock) {
	case LINUX_CLOCK_MONOTONIC_RAW:
	case LINUX_CLOCK_REALTIME_COARSE:
	case LINUX_CLOCK_MONOTONIC_COARSE: return -EOPNOTSUPP;
	default: return clock_read_ns(self, clock, &now);
	}
}

static struct posix_timer *timer_new(struct posix_timers *timers, struct thread *self, int32_t clock,
				     const struct linux_sigevent *event)
{
	struct posix_timer *timer = timers->count < POSIX_TIMERS_MAX ? slab_allocate(sizeof(*timer)) : NULL;
	if (!timer)
		return NULL;
	timer->process = self->process;
	timer->clock = clock;
	timer->event = *event;
	timer->node.callback = TIMER_CALLBACK_POSIX;
	timer->node.argument = timer;
	return timer;
}

static void timer_list_add(struct posix_timers *timers, struct posix_timer *timer)
{
	lock_acquire(&timers->lock);
	timer->next = timers->list;
	timers->list = timer;
	timers->count++;
	lock_release(&timers->lock);
}

int64_t sys_timer_create(struct thread *self, int32_t clock, gaddr_t guest_event, gaddr_t out)
{
	struct linux_sigevent event = { .signal = LINUX_SIGALRM, .notify = LINUX_SIGEV_SIGNAL };
	struct posix_timers *timers = posix_timers_of(self->process);
	struct posix_timer *timer;
	int error = timer_clock_check(self, clock);
	if (error)
		return error;
	if (guest_event.value && guest_read(&event, guest_event, sizeof(event)))
		return -EFAULT;
	error = event_check(self, &event);
	if (error)
		return error;
	timer = timers ? timer_new(timers, self, clock, &event) : NULL;
	if (!timer)
		return -EAGAIN;
	mutex_acquire(&timers->mutex);
	timer->id = timers->next_id++;
	mutex_release(&timers->mutex);
	if (!guest_event.value)
		timer->event.value = (uint64_t)timer->id;
	if (guest_write(out, &timer->id, sizeof(timer->id))) {
		slab_free(timer, sizeof(*timer));
		return -EFAULT;
	}
	timer_list_add(timers, timer);
	return 0;
}

/* timers->mutex held keeps the found timer. */
static struct posix_timer *timer_find(struct posix_timers *timers, int32_t id)
{
	struct posix_timer *timer = timers ? timers->list : NULL;
	while (timer && timer->id != id)
		timer = timer->next;
	return timer;
}

static struct linux_itimerspec timer_show(const struct posix_timer *timer, int64_t now)
{
	struct linux_itimerspec spec = { ns_to_timespec(timer->interval_ns), { 0, 0 } };
	if (timer->value_ns)
		spec.value = ns_to_timespec(timer->value_ns > now ? timer->value_ns - now : 1);
	return spec;
}

struct timer_setting {
	int64_t value_ns, interval_ns;
	bool absolute;
};

static struct linux_itimerspec timer_set_locked(struct thread *self, struct posix_timers *timers,
						struct posix_timer *timer,
						const struct timer_setting *setting)
{
	struct linux_itimerspec old;
	int64_t now = 0;
	timer_cancel(&timer->node);
	(void)!clock_read_ns(self, timer->clock, &now);
	lock_acquire(&timers->lock);
	old = timer_show(timer, now);
	timer->interval_ns = setting->interval_ns;
	timer->value_ns = !setting->value_ns  ? 0
			  : setting->absolute ? setting->value_ns
					      : now + setting->value_ns;
	timer->overrun = 0;
	lock_release(&timers->lock);
	if (timer->value_ns)
		timer_arm(&timer->node, timer_look_at(timer->process, timer->clock, timer->value_ns));
	return old;
}

int64_t sys_timer_settime(struct thread *self, int32_t id, int32_t flags, gaddr_t in, gaddr_t out)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct timer_setting setting = { .absolute = flags & LINUX_TIMER_ABSTIME };
	struct linux_itimerspec spec, old = { { 0, 0 }, { 0, 0 } };
	struct posix_timer *timer;
	if (!in.value)
		return -EINVAL;
	if (guest_read(&spec, in, sizeof(spec)))
		return -EFAULT;
	if (timespec_to_ns(&spec.value, &setting.value_ns) ||
	    timespec_to_ns(&spec.interval, &setting.interval_ns) || !timers)
		return -EINVAL;
	mutex_acquire(&timers->mutex);
	timer = timer_find(timers, id);
	if (timer)
		old = timer_set_locked(self, timers, timer, &setting);
	mutex_release(&timers->mutex);
	if (!timer)
		return -EINVAL;
	return out.value ? guest_write(out, &old, sizeof(old)) : 0;
}

int64_t sys_timer_gettime(struct thread *self, int32_t id, gaddr_t out)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct linux_itimerspec spec = { { 0, 0 }, { 0, 0 } };
	struct posix_timer *timer;
	int64_t now = 0;
	if (!timers)
		return -EINVAL;
	mutex_acquire(&timers->mutex);
	timer = timer_find(timers, id);
	if (timer) {
		(void)!clock_read_ns(self, timer->clock, &now);
		spec = timer_show(timer, now);
	}
	mutex_release(&timers->mutex);
	return timer ? guest_write(out, &spec, sizeof(spec)) : -EINVAL;
}

int64_t sys_timer_getoverrun(struct thread *self, int32_t id)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct posix_timer *timer;
	int64_t result = -EINVAL;
	if (!timers)
		return -EINVAL;
	mutex_acquire(&timers->mutex);
	timer = timer_find(timers, id);
	if (timer)
		result = timer->overrun;
	mutex_release(&timers->mutex);
	return result;
}

static bool timer_unlink(struct posix_timers *timers, struct posix_timer *timer)
{
	struct posix_timer **link = &timers->list;
	lock_acquire(&timers->lock);
	while (*link && *link != timer)
		link = &(*link)->next;
	if (*link) {
		*link = timer->next;
		timers->count--;
	}
	lock_release(&timers->lock);
	return true;
}

static void timer_delete(struct posix_timers *timers, struct posix_timer *timer)
{
	timer_unlink(timers, timer);
	timer->value_ns = 0;
	timer_cancel(&timer->node);
	slab_free(timer, sizeof(*timer));
}

int64_t sys_timer_delete(struct thread *self, int32_t id)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct posix_timer *timer;
	if (!timers)
		return -EINVAL;
	mutex_acquire(&timers->mutex);
	timer = timer_find(timers, id);
	if (timer)
		timer_delete(timers, timer);
	mutex_release(&timers->mutex);
	return timer ? 0 : -EINVAL;
}

void posix_timers_exec(struct process *process)
{
	struct posix_timers *timers = process->timers;
	if (!timers)
		return;
	mutex_acquire(&timers->mutex);
	while (timers->list)
		timer_delete(timers, timers->list);
	mutex_release(&timers->mutex);
}

void posix_timers_exit(struct process *process)
{
	struct posix_timers *timers = process->timers;
	if (!timers)
		return;
	posix_timers_exec(process);
	for (uint32_t which = 0; which < INTERVAL_TIMERS; which++) {
		timers->intervals[which].value_ns = 0;
		timer_cancel(&timers->intervals[which].node);
	}
	timer_cancel(&timers->cpu_limit);
	process->timers = NULL;
	slab_free(timers, sizeof(*timers));
}
