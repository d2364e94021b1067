/* SPDX-License-Identifier: MIT */
/*
 * Rows for open files, by kind.
 */
#include "route/descriptors.h"

#include <pthread.h>

#include "abi/route.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "process/create.h"
#include "route/routes.h"
#include "runtime/client.h"
#include "runtime/kernel.h"

#define DRAINED_BIT 1ull
#define DRAINED_AT_ONCE 16u

static handle_t drained;

/* What the kind's row says besides rights, file and cookie; false: no row now. */
static bool fill_null(struct file *file, struct descriptor_row *row)
{
	(void)file;
	row->kind = DESCRIPTOR_NULL;
	return true;
}

static bool fill_zero(struct file *file, struct descriptor_row *row)
{
	(void)file;
	row->kind = DESCRIPTOR_ZERO;
	return true;
}

static bool (*const fill_row[FILE_KIND_COUNT])(struct file *file, struct descriptor_row *row) = {
	[FILE_NULL] = fill_null,
	[FILE_ZERO] = fill_zero,
};

bool descriptor_route_possible(const struct file *file)
{
	return routes_enabled() && fill_row[file->kind];
}

static bool table_make(handle_t *table)
{
	if (table->value)
		return true;
	struct call_result made = k_descriptors_create(personality_account, drained, DRAINED_BIT);
	if (made.status < 0)
		return false;
	__atomic_store_n(&table->value, call_handle(made).value, __ATOMIC_RELAXED);
	return true;
}

bool descriptor_route_set(handle_t *table, uint32_t fd, struct file *file)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	struct descriptor_row row = { .file = (uintptr_t)file, .cookie = (uintptr_t)file };
	if (access == LINUX_O_ACCMODE || !fill_row[file->kind](file, &row) || !table_make(table))
		return false;
	row.flags = (access == LINUX_O_WRONLY ? 0 : DESCRIPTOR_READ) |
		    (access == LINUX_O_RDONLY ? 0 : DESCRIPTOR_WRITE);
	return k_descriptor_set(*table, fd, own_address(&row)).status == STATUS_OK;
}

uint64_t descriptor_route_clear(handle_t table, uint32_t fd)
{
	return k_descriptor_clear(table, fd).value;
}

/* References of rows that were cleared while calls waited inside go when the last one left. */
static void *drop_drained(void *argument)
{
	uint64_t cookies[DRAINED_AT_ONCE];
	for (;;) {
		struct message message = { 0 };
		struct call_result got;
		(void)!ipc_receive(HANDLE_NONE, drained, DEADLINE_NEVER, &message);
		do {
			got = k_descriptors_drained(own_address(cookies), DRAINED_AT_ONCE);
			for (uint64_t i = 0; got.status == STATUS_OK && i < got.value; i++)
				file_put((struct file *)(uintptr_t)cookies[i]);
		} while (got.status == STATUS_OK && got.value);
	}
	return argument;
}

int descriptor_routes_init(void)
{
	pthread_t thread;
	struct call_result made = k_notification_create(personality_account);
	if (made.status < 0)
		return errno_from_status(made.status);
	drained = call_handle(made);
	return -pthread_create(&thread, NULL, drop_drained, NULL);
}
