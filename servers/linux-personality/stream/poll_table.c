/* SPDX-License-Identifier: MIT */
/*
 * The nodes of one waiting call, and its loop.
 *
 * Joining a queue notes the thread's wake count anew, so the count from before the first node is put back after the scan: a
 * wake from a file asked earlier than others is then not lost.
 */
#include "stream/poll_table.h"

#include "core/errno.h"
#include "core/slab.h"
#include "file/files.h"
#include "linux_abi/poll.h"
#include "process/thread.h"
#include "stream/epoll.h"

#define BLOCK_NODES 50u

struct poll_block {
	struct poll_block *next;
	uint32_t used;
	struct poll_node nodes[BLOCK_NODES];
};
_Static_assert(sizeof(struct poll_block) <= 4096, "a block is a page");

static struct poll_node *node_allocate(struct poll_table *table)
{
	struct poll_block *block = table->blocks;
	if (table->used < POLL_NODES_INLINE)
		return &table->nodes[table->used++];
	if (!block || block->used == BLOCK_NODES) {
		block = slab_allocate(sizeof(*block));
		if (!block)
			return NULL;
		block->next = table->blocks;
		table->blocks = block;
	}
	return &block->nodes[block->used++];
}

void poll_join(struct poll_table *table, struct file *file, struct wait_queue *queue)
{
	struct poll_node *node;
	if (table->entry) {
		epoll_join(table, file, queue);
		return;
	}
	node = node_allocate(table);
	if (!node) {
		table->error = -ENOMEM;
		return;
	}
	file_get(file);
	node->file = file;
	node->wait.key = table->key;
	wait_prepare(table->thread, &node->wait, queue);
}

static void node_leave(struct thread *self, struct poll_node *node)
{
	wait_finish(self, &node->wait);
	file_put(node->file);
}

static void table_leave(struct poll_table *table)
{
	for (uint32_t i = 0; i < table->used; i++)
		node_leave(table->thread, &table->nodes[i]);
	while (table->blocks) {
		struct poll_block *block = table->blocks;
		table->blocks = block->next;
		for (uint32_t i = 0; i < block->used; i++)
			node_leave(table->thread, &block->nodes[i]);
		slab_free(block, sizeof(*block));
	}
}

uint32_t poll_file(struct file *file, uint32_t wanted, struct poll_table *table)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	wanted |= LINUX_POLLERR | LINUX_POLLHUP;
	if (!operations->poll)
		return wanted & (LINUX_POLL_READABLE | LINUX_POLL_WRITABLE);
	if (table)
		table->key = wanted;
	return wanted & operations->poll(file, table);
}

uint32_t poll_descriptor(struct thread *self, int32_t fd, uint32_t wanted, struct poll_table *table)
{
	bool shared = files_is_shared(self->files);
	struct file *file = shared ? files_find(self->files, fd) : files_peek(self->files, fd);
	uint32_t events;
	if (!file)
		return LINUX_POLLNVAL;
	events = poll_file(file, wanted, table);
	if (shared)
		file_put(file);
	return events;
}

/* Nothing was ready: sleep, and look again. */
static int64_t wait_and_scan(struct thread *self, uint64_t deadline_ns, poll_scan *scan, void *context)
{
	int64_t ready = 0;
	int error = 0;
	while (!ready && !error) {
		error = signal_pending(self) ? -ERESTARTSYS : wait_sleep(self, deadline_ns, WAIT_SIGNALS);
		if (error == -ERESTARTSYS)
			return -ERESTARTNOHAND;
		ready = scan(self, NULL, context);
	}
	return ready;
}

/* Join all queues, look again, and wait. */
static __attribute__((noinline)) int64_t join_and_wait(struct thread *self, uint64_t deadline_ns,
						       poll_scan *scan, void *context)
{
	struct poll_table table;
	uint32_t wake_seen = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	int64_t ready;
	table.thread = self;
	table.entry = NULL;
	table.error = 0;
	table.used = 0;
	table.blocks = NULL;
	for (uint32_t i = 0; i < POLL_NODES_INLINE; i++)
		table.nodes[i] = (struct poll_node){ 0 };
	ready = scan(self, &table, context);
	self->wake_seen = wake_seen;
	if (!ready)
		ready = table.error ? table.error : wait_and_scan(self, deadline_ns, scan, context);
	table_leave(&table);
	return ready;
}

int64_t poll_until(struct thread *self, uint64_t deadline_ns, poll_scan *scan, void *context)
{
	int64_t ready = scan(self, NULL, context);
	if (ready)
		return ready;
	if (deadline_ns)
		return join_and_wait(self, deadline_ns, scan, context);
	return signal_pending(self) ? -ERESTARTNOHAND : 0;
}
