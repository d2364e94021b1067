/* SPDX-License-Identifier: MIT */
/*
 * Endpoints, notifications and timers: making them, signalling, setting.
 */
#include "call/lookup.h"
#include "ipc/endpoint.h"
#include "ipc/notification.h"
#include "ipc/timer.h"

struct call_result kcall_endpoint_create(struct thread *self, handle_t account)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	return payer ? call_created(self, endpoint_create(payer)) : call_error(status);
}

struct call_result kcall_notification_create(struct thread *self, handle_t account)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	return payer ? call_created(self, notification_create(payer)) : call_error(status);
}

struct call_result kcall_notification_signal(struct thread *self, handle_t notification, uint64_t bits)
{
	status_code_t status;
	struct notification *target = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					     &status);
	if (!target)
		return call_error(status);
	uint64_t badge = handle_slot_of(self->domain, notification)->badge;
	notification_signal(target, badge ? badge : bits);
	return call_ok(0);
}

struct call_result kcall_timer_create(struct thread *self, handle_t account, handle_t notification,
				      uint64_t bits)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	if (!payer)
		return call_error(status);
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					   &status);
	return told ? call_created(self, timer_create(payer, told, bits)) : call_error(status);
}

struct call_result kcall_timer_set(struct thread *self, handle_t timer, uint64_t deadline_ns,
				   uint64_t period_ns)
{
	status_code_t status;
	struct timer *target = LOOKUP(timer, self, timer, KIND_TIMER, RIGHT_MANAGE, &status);
	return target ? call_ok(timer_set(target, deadline_ns, period_ns)) : call_error(status);
}
