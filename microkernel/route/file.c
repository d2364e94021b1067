/* SPDX-License-Identifier: MIT */
/*
 * Files: transfers between the guest and the pages of a memory object, positions, and images of attributes.
 *
 * A transfer first makes all pages of both sides present, which may take memory but waits for nobody, then copies. The object
 * comes first when it is written: giving it a page of its own takes the old one out of the spaces that map it, perhaps out
 * of the buffer's.
 */
#include "route/transfer.h"

#include "arch/x86_64/cpu.h"
#include "memory/aspace.h"
#include "memory/object.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define FILE_BYTES_MAX (64u * PAGE_SIZE) /* moved at once; what a crossing costs is little beside more */
#define NS_PER_SECOND 1000000000ll
#define SECONDS_PER_DAY 86400

/* A file transfer's blocks, as they lie in the personality. */
struct file_blocks {
	struct route_file *file;
	struct route_inode *inode;
};

static bool blocks_find(const struct thread *thread, const struct descriptor *descriptor,
			struct file_blocks *blocks)
{
	blocks->file = route_block(thread, descriptor->row.file, sizeof *blocks->file);
	blocks->inode = route_block(thread, descriptor->row.block, sizeof *blocks->inode);
	return blocks->file && blocks->inode &&
	       !(__atomic_load_n(&blocks->file->flags, __ATOMIC_RELAXED) & ROUTE_FILE_FORWARD);
}

static struct descriptor *file_find(const struct route_call *call, struct file_blocks *blocks)
{
	struct descriptor *descriptor = descriptor_find(call->thread, call->parameters[0]);
	bool is_file = descriptor && descriptor->row.kind == DESCRIPTOR_FILE;
	return is_file && blocks_find(call->thread, descriptor, blocks) ? descriptor : NULL;
}

static struct route_time time_now(void)
{
	int64_t now = clock_realtime_ns();
	return (struct route_time){ now / NS_PER_SECOND, (uint32_t)(now % NS_PER_SECOND), 0 };
}

static bool time_not_after(const struct route_time *one, const struct route_time *other)
{
	return one->seconds < other->seconds ||
	       (one->seconds == other->seconds && one->nanoseconds <= other->nanoseconds);
}

/* relatime, as mount(8) says it. */
static bool access_counts(const struct route_inode *inode)
{
	return time_not_after(&inode->accessed, &inode->modified) ||
	       time_not_after(&inode->accessed, &inode->changed) ||
	       clock_realtime_ns() / NS_PER_SECOND - inode->accessed.seconds >= SECONDS_PER_DAY;
}

static uint64_t attributes_word(const struct descriptor *descriptor)
{
	return descriptor->row.block + offsetof(struct route_inode, attributes_busy);
}

static void attributes_changed(struct route_inode *inode, uint32_t dirty)
{
	__atomic_or_fetch(&inode->dirty, dirty, __ATOMIC_RELEASE);
	if (dirty & ROUTE_DIRTY_MODIFIED)
		__atomic_store_n(&inode->outdated, 1, __ATOMIC_RELEASE);
}

/* Make what the image says untrue: whoever makes the next looks at everything again. */
static void image_end(const struct thread *thread, const struct route_inode *inode)
{
	struct route_image *image = route_block(thread, inode->image, sizeof *image);
	if (image)
		image->valid = 0;
}

/* Pages of the object that the transfer reads or writes, present. */
static bool object_present(const struct transfer *transfer, uint64_t bytes)
{
	struct memory_object *object = transfer->descriptor->object;
	uint64_t end = pages_for(transfer->offset + bytes), slot;
	for (uint64_t page = transfer->offset >> PAGE_SHIFT; page < end; page++) {
		if (object_page_peek(object, page, transfer->write))
			continue;
		status_code_t status = STATUS_WOULD_BLOCK;
		if (transfer->write)
			status = object_page(object, page, PAGE_FOR_WRITE | PAGE_NOWAIT, &slot);
		if (status)
			return false;
	}
	return true;
}

static bool copy_piece(const struct transfer *transfer, const struct route_buffer *piece, uint64_t offset,
		       uint64_t bytes)
{
	struct copy_side guest = copy_side_space(transfer->call->thread->guest_aspace, piece->address);
	struct copy_side object = copy_side_object(transfer->descriptor->object, offset);
	uint64_t done = 0;
	guest.flags = object.flags = TOUCH_NOFAULT;
	status_code_t status = transfer->write ? copy_run(&object, &guest, bytes, &done)
					       : copy_run(&guest, &object, bytes, &done);
	return !status;
}

static bool copy_all(const struct transfer *transfer, uint64_t bytes)
{
	uint64_t done = 0;
	for (unsigned i = 0; i < transfer->count && done < bytes; i++) {
		uint64_t part = least(transfer->pieces[i].bytes, bytes - done);
		if (!copy_piece(transfer, &transfer->pieces[i], transfer->offset + done, part))
			return false;
		done += part;
	}
	return true;
}

static bool read_accessed(const struct transfer *transfer, const struct file_blocks *blocks)
{
	const struct thread *thread = transfer->call->thread;
	struct route_inode *inode = blocks->inode;
	if (blocks->file->flags & ROUTE_FILE_NO_ACCESSED || !access_counts(inode))
		return true;
	if (!route_take(&inode->attributes_busy))
		return false;
	inode->accessed = time_now();
	attributes_changed(inode, ROUTE_DIRTY_ACCESSED);
	image_end(thread, inode);
	route_release(thread, attributes_word(transfer->descriptor), &inode->attributes_busy);
	return true;
}

static int file_read(const struct transfer *transfer, const struct file_blocks *blocks)
{
	uint64_t size = __atomic_load_n(&blocks->inode->size, __ATOMIC_ACQUIRE);
	uint64_t bytes = transfer->offset < size ? least(size - transfer->offset, transfer->bytes) : 0;
	transfer->call->value = bytes;
	if (!bytes)
		return ROUTE_DONE;
	if (bytes > FILE_BYTES_MAX || !transfer_present(transfer, bytes) || !object_present(transfer, bytes))
		return ROUTE_FORWARD;
	return copy_all(transfer, bytes) && read_accessed(transfer, blocks) ? ROUTE_DONE : ROUTE_FORWARD;
}

/* How far this thread may write the file without asking. */
static uint64_t write_end(const struct thread *thread, const struct route_inode *inode)
{
	const struct route_group *group = route_block(thread, thread->record->route_group, sizeof *group);
	return group ? least(inode->writable_end, group->file_size_limit) : 0;
}

/* Both busy words held. */
static int write_held(const struct transfer *transfer, struct route_inode *inode)
{
	const struct thread *thread = transfer->call->thread;
	uint64_t limit = write_end(thread, inode), end = transfer->offset + transfer->bytes;
	if (inode->flags & ROUTE_INODE_FORWARD_WRITE || transfer->offset > limit ||
	    transfer->bytes > limit - transfer->offset)
		return ROUTE_FORWARD;
	if (!object_present(transfer, transfer->bytes) || !transfer_present(transfer, transfer->bytes) ||
	    !copy_all(transfer, transfer->bytes))
		return ROUTE_FORWARD;
	if (end > inode->size)
		__atomic_store_n(&inode->size, end, __ATOMIC_RELEASE);
	inode->modified = inode->changed = time_now();
	attributes_changed(inode, ROUTE_DIRTY_GROWN | ROUTE_DIRTY_MODIFIED | ROUTE_DIRTY_CHANGED);
	image_end(thread, inode);
	return ROUTE_DONE;
}

static int file_write(struct transfer *transfer, const struct file_blocks *blocks)
{
	const struct thread *thread = transfer->call->thread;
	struct route_inode *inode = blocks->inode;
	transfer->call->value = transfer->bytes;
	if (!transfer->bytes || transfer->bytes > FILE_BYTES_MAX)
		return transfer->bytes ? ROUTE_FORWARD : ROUTE_DONE;
	if (!route_take(&inode->busy))
		return ROUTE_FORWARD;
	int outcome = ROUTE_FORWARD;
	if (blocks->file->flags & ROUTE_FILE_APPEND)
		transfer->offset = inode->size;
	if (route_take(&inode->attributes_busy)) {
		outcome = write_held(transfer, inode);
		route_release(thread, attributes_word(transfer->descriptor), &inode->attributes_busy);
	}
	route_release(thread, transfer->descriptor->row.block, &inode->busy);
	return outcome;
}

static int file_move(struct transfer *transfer, const struct file_blocks *blocks)
{
	if (transfer->offset > (uint64_t)INT64_MAX - TRANSFER_BYTES_MAX)
		return ROUTE_FORWARD;
	return transfer->write ? file_write(transfer, blocks) : file_read(transfer, blocks);
}

int transfer_file(struct transfer *transfer)
{
	struct file_blocks blocks;
	const struct thread *thread = transfer->call->thread;
	if (!blocks_find(thread, transfer->descriptor, &blocks))
		return ROUTE_FORWARD;
	if (transfer->at_offset)
		return file_move(transfer, &blocks);
	if (!route_take(&blocks.file->busy))
		return ROUTE_FORWARD;
	transfer->offset = blocks.file->position;
	int outcome = file_move(transfer, &blocks);
	if (outcome == ROUTE_DONE && transfer->call->value)
		blocks.file->position = transfer->offset + transfer->call->value;
	route_release(thread, transfer->descriptor->row.file, &blocks.file->busy);
	return outcome;
}

int route_seek(struct route_call *call)
{
	struct file_blocks blocks;
	const struct descriptor *descriptor = file_find(call, &blocks);
	int64_t place = 0;
	if (!descriptor || !route_take(&blocks.file->busy))
		return ROUTE_FORWARD;
	if (call->parameters[2] == ROUTE_SEEK_POSITION)
		place = (int64_t)blocks.file->position;
	else if (call->parameters[2] == ROUTE_SEEK_END)
		place = (int64_t)__atomic_load_n(&blocks.inode->size, __ATOMIC_ACQUIRE);
	bool good = !__builtin_add_overflow(place, (int64_t)call->parameters[1], &place) && place >= 0;
	if (good)
		blocks.file->position = call->value = (uint64_t)place;
	route_release(call->thread, descriptor->row.file, &blocks.file->busy);
	return good ? ROUTE_DONE : ROUTE_FORWARD;
}

/* The image's bytes in one piece to the guest; the inode's attributes are held. */
static int image_copy(struct route_call *call, const struct route_inode *inode)
{
	const struct route_image *image = route_block(call->thread, inode->image, sizeof *image);
	if (!image || !image->valid || __atomic_load_n(&inode->outdated, __ATOMIC_ACQUIRE))
		return ROUTE_FORWARD;
	uint64_t bytes = least(image->bytes, ROUTE_IMAGE_BYTES);
	return transfer_answer(call, call->parameters[1], image->data, bytes) ? ROUTE_DONE : ROUTE_FORWARD;
}

int route_image(struct route_call *call)
{
	struct file_blocks blocks;
	const struct descriptor *descriptor = file_find(call, &blocks);
	if (!descriptor || !route_take(&blocks.inode->attributes_busy))
		return ROUTE_FORWARD;
	int outcome = image_copy(call, blocks.inode);
	route_release(call->thread, attributes_word(descriptor), &blocks.inode->attributes_busy);
	return outcome;
}
