/* SPDX-License-Identifier: MIT */
/*
 * Tests of routes on streams: what a read and a write move, when they wait, who is woken, and what a cleared row leaves.
 *
 * The domain's page of blocks holds, as the personality's memory would, an open file, a stream and its four slots; the
 * pages behind it are the stream's.
 */
#include "arch/x86_64/cpu.h"
#include "memory/memory.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define FORWARDED ROUTE_FIXTURE_FORWARDED
#define BUFFER ROUTE_FIXTURE_BUFFER
#define SLOTS 4u
#define COOKIE 0xc00c1eull
#define PAGE_OF(slot) (ROUTE_FIXTURE_BLOCKS + (2 + (slot)) * PAGE_SIZE)

struct stream_page {
	struct route_stream stream;
	struct route_slot slots[SLOTS];
	struct route_file file;
};

struct stream_fixture {
	struct route_fixture route;
	struct stream_page *page; /* through the direct map */
	struct aspace *space;     /* the guest's */
};

/* Descriptor 0: both ends of an empty stream whose slots have pages. */
static struct stream_fixture make(void)
{
	struct stream_fixture f = { .route = route_fixture_make() };
	struct descriptor_row row = { .kind = DESCRIPTOR_STREAM,
				      .flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE,
				      .cookie = COOKIE };
	struct aspace *own = f.route.domain->aspace;
	f.space = f.route.thread->guest_aspace;
	if (store(own, ROUTE_FIXTURE_BLOCKS, 0))
		return f;
	struct stream_page *page = aspace_byte(own, ROUTE_FIXTURE_BLOCKS, PROT_BIT_WRITE, 0);
	page->stream.slots = ROUTE_FIXTURE_BLOCKS + offsetof(struct stream_page, slots);
	page->stream.size = SLOTS;
	page->stream.readers = page->stream.writers = 1;
	for (unsigned i = 0; i < SLOTS; i++) {
		if (store(own, PAGE_OF(i), 0))
			return f;
		page->slots[i].page = PAGE_OF(i);
	}
	row.file = ROUTE_FIXTURE_BLOCKS + offsetof(struct stream_page, file);
	row.block = ROUTE_FIXTURE_BLOCKS;
	if (!route_fixture_set(&f.route, 0, &row))
		f.page = page;
	return f;
}

static int64_t read_stream(struct stream_fixture *f, uint64_t bytes)
{
	return route_fixture_call(&f->route, ROUTE_READ, 0, BUFFER, bytes);
}

static int64_t write_stream(struct stream_fixture *f, uint64_t bytes)
{
	return route_fixture_call(&f->route, ROUTE_WRITE, 0, BUFFER, bytes);
}

KERNEL_TEST(route_stream_moves_bytes_and_merges)
{
	struct stream_fixture f = make();
	TEST_CHECK(f.page && !store(f.space, BUFFER, 0x1122334455667788));
	TEST_CHECK(write_stream(&f, 6) == 6 && write_stream(&f, 2) == 2);
	TEST_CHECK(f.page->stream.head == 1 && f.page->slots[0].length == 8 && !f.page->stream.busy);
	TEST_CHECK(read_stream(&f, 100) == 8 && load(f.space, BUFFER) == 0x7788334455667788);
	TEST_CHECK(f.page->stream.tail == 1 && f.page->stream.spare == PAGE_OF(0) && !f.page->slots[0].page);
	TEST_CHECK(write_stream(&f, PAGE_SIZE + 8) == (int64_t)PAGE_SIZE + 8 && f.page->stream.head == 3);
	TEST_CHECK(read_stream(&f, PAGE_SIZE) == (int64_t)PAGE_SIZE && read_stream(&f, PAGE_SIZE) == 8);
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_stream_writes_whole_or_not)
{
	struct stream_fixture f = make();
	f.page->file.flags = ROUTE_FILE_NONBLOCK;
	TEST_CHECK(write_stream(&f, 3 * PAGE_SIZE) == 3 * PAGE_SIZE);
	TEST_CHECK(write_stream(&f, 2 * PAGE_SIZE) == FORWARDED && f.page->stream.head == 3);
	TEST_CHECK(write_stream(&f, 10) == 10 && f.page->stream.head == 4);
	/* Full, but the last page has room: */
	TEST_CHECK(write_stream(&f, 20) == 20 && f.page->slots[3].length == 30);
	TEST_CHECK(write_stream(&f, PAGE_SIZE) == FORWARDED); /* WOULD_BLOCK is not listed here */
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_stream_forwards_what_is_not_the_kernels)
{
	struct stream_fixture f = make();
	struct route_stream *stream = &f.page->stream;
	TEST_CHECK(write_stream(&f, 8) == 8);
	stream->busy = 1;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED && stream->busy == 1);
	stream->busy = 0;
	stream->watch[1].first = 1;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED && write_stream(&f, 8) == FORWARDED);
	stream->watch[1].first = 0;
	f.page->file.flags = ROUTE_FILE_FORWARD;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED);
	f.page->file.flags = 0;
	f.page->slots[0].flags = ROUTE_SLOT_CLOSED;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED);
	f.page->slots[0].flags = 0;
	f.page->slots[0].offset = PAGE_SIZE - 4;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED);
	f.page->slots[0].offset = 0;
	stream->readers = 0;
	TEST_CHECK(write_stream(&f, 8) == FORWARDED);
	stream->readers = 1;
	f.page->slots[1].page = 0;
	TEST_CHECK(write_stream(&f, PAGE_SIZE) == FORWARDED);
	f.page->slots[1].page = USER_LIMIT;
	TEST_CHECK(write_stream(&f, PAGE_SIZE) == FORWARDED && stream->head == 1);
	stream->size = 3;
	TEST_CHECK(read_stream(&f, 8) == FORWARDED);
	stream->size = SLOTS;
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 0, 0x5000, 8) == FORWARDED);
	TEST_CHECK(read_stream(&f, 8) == 8 && !stream->busy);
	route_fixture_end(&f.route);
}

/* Another guest of the domain with the same descriptors. */
static struct thread *second_guest(struct stream_fixture *f)
{
	struct thread *thread = fixture_thread(f->route.domain, 1, true);
	thread->record->route_files = f->route.thread->record->route_files;
	thread_set_guest_space(thread, f->space);
	return thread;
}

/* Thread n of the fixture becomes the one that calls. */
static struct stream_fixture as(struct stream_fixture f, struct thread *thread)
{
	f.route.thread = thread;
	return f;
}

KERNEL_TEST(route_stream_reader_parks_until_a_write)
{
	struct stream_fixture f = make(), other = as(f, second_guest(&f));
	struct thread *reader = f.route.thread;
	struct trap_frame *frame = &reader->frame;
	(void)read_stream(&f, 8);
	TEST_CHECK(reader->state == THREAD_IS_WAITING && reader->parked && reader->parked_in);
	TEST_CHECK(f.page->stream.parked == ROUTE_STREAM_READERS && !f.page->stream.busy);
	TEST_CHECK(reader->parked_in->inside == 1);
	TEST_CHECK(write_stream(&other, 3) == 3 && reader->state == THREAD_IS_READY && reader->restart);
	fixture_run(reader);
	reader->mode = MODE_GUEST;
	reader->restart = false;
	TEST_CHECK(route_again(reader) != ROUTE_FORWARDED && frame->rax == 3);
	TEST_CHECK(!reader->parked && !reader->parked_in && f.page->stream.tail == 1);
	reader->mode = MODE_NATIVE;
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_stream_parked_reader_outlives_its_row)
{
	struct stream_fixture f = make(), other = as(f, second_guest(&f));
	struct thread *reader = f.route.thread;
	uint32_t inside = 0;
	uint64_t cookie;
	struct descriptor_row row = { .kind = DESCRIPTOR_NULL, .flags = DESCRIPTOR_READ };
	struct descriptor_row again = f.route.table->slots[0]->row;
	(void)read_stream(&f, 8);
	TEST_CHECK(!descriptor_clear(f.route.table, 0, &inside) && inside == 1);
	TEST_CHECK(!route_fixture_set(&other.route, 0, &row) && !route_fixture_set(&other.route, 1, &again));
	TEST_CHECK(route_fixture_call(&other.route, ROUTE_WRITE, 1, BUFFER, 5) == 5);
	TEST_CHECK(reader->state == THREAD_IS_READY && !descriptor_drained(f.route.domain, &cookie, 1));
	/* The kernel cannot go on: the personality does, inside of the descriptor until the guest goes on. */
	f.page->stream.busy = 1;
	fixture_run(reader);
	reader->mode = MODE_GUEST;
	reader->restart = false;
	TEST_CHECK(route_again(reader) == ROUTE_FORWARDED && !reader->parked && reader->parked_in);
	TEST_CHECK(reader->record->inside == COOKIE && !descriptor_drained(f.route.domain, &cookie, 1));
	reader->mode = MODE_NATIVE;
	(void)!guest_enter(reader);
	TEST_CHECK(!reader->parked_in && !reader->record->inside);
	TEST_CHECK(descriptor_drained(f.route.domain, &cookie, 1));
	descriptor_drained_drop(f.route.domain, 1);
	TEST_CHECK(cookie == COOKIE);
	reader->mode = MODE_NATIVE;
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_stream_parked_reader_ends_by_kick_and_domain)
{
	struct stream_fixture f = make(), other = as(f, second_guest(&f));
	struct thread *reader = f.route.thread;
	(void)read_stream(&f, 8);
	reader->mode = MODE_GUEST;
	thread_kick(reader, KICK_SIGNAL);
	fixture_run(reader);
	guest_exit(reader, EXIT_INTERRUPTED);
	TEST_CHECK(!reader->parked && !reader->parked_in && reader->record->regs.orig_rax == ROUTE_READ);
	TEST_CHECK(f.route.table->slots[0]->inside == 0 && write_stream(&other, 1) == 1);
	TEST_CHECK(read_stream(&other, 1) == 1 && f.page->stream.parked == 0);
	(void)read_stream(&f, 8);
	TEST_CHECK(reader->parked_in);
	route_fixture_end(&f.route);
}
