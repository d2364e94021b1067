/* SPDX-License-Identifier: MIT */
/*
 * Tests of routes on counters, on sets of what is ready, and of polls: what reads take and writes add, who waits and is woken, and when
 * what is known of a set is handed out.
 *
 * The domain's page of blocks holds, as the personality's memory would, an open file, a counter and a set that watches it.
 */
#include "arch/x86_64/cpu.h"
#include "memory/memory.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define FORWARDED ROUTE_FIXTURE_FORWARDED
#define BUFFER ROUTE_FIXTURE_BUFFER
#define COUNTER_MAX 100u
#define ANSWER_BYTES 12u
#define AT(field) (ROUTE_FIXTURE_BLOCKS + offsetof(struct counter_page, field))

struct counter_page {
	struct route_set set;
	struct route_counter counter;
	struct route_stream stream;
	struct route_group group;
	struct route_file file;
};

struct counter_fixture {
	struct route_fixture route;
	struct counter_page *page; /* through the direct map */
	struct aspace *space;      /* the guest's */
};

/* Descriptor 0: the counter; 1: the set, of which nothing is known. */
static struct counter_fixture make(void)
{
	struct counter_fixture f = { .route = route_fixture_make() };
	struct descriptor_row row = { .kind = DESCRIPTOR_COUNTER,
				      .flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE,
				      .file = AT(file),
				      .block = AT(counter) };
	struct descriptor_row set = { .kind = DESCRIPTOR_SET, .flags = DESCRIPTOR_READ, .block = AT(set) };
	struct aspace *own = f.route.domain->aspace;
	f.space = f.route.thread->guest_aspace;
	if (store(own, ROUTE_FIXTURE_BLOCKS, 0) || store(f.space, BUFFER, 0))
		return f;
	struct counter_page *page = aspace_byte(own, ROUTE_FIXTURE_BLOCKS, PROT_BIT_WRITE, 0);
	page->counter.max = COUNTER_MAX;
	if (!route_fixture_set(&f.route, 0, &row) && !route_fixture_set(&f.route, 1, &set))
		f.page = page;
	return f;
}

static int64_t read_counter(struct counter_fixture *f)
{
	return route_fixture_call(&f->route, ROUTE_READ, 0, BUFFER, 8);
}

static int64_t write_counter(struct counter_fixture *f, uint64_t value)
{
	if (store(f->space, BUFFER, value))
		return STATUS_NO_MEMORY;
	return route_fixture_call(&f->route, ROUTE_WRITE, 0, BUFFER, 8);
}

KERNEL_TEST(route_counter_takes_and_adds)
{
	struct counter_fixture f = make();
	struct route_counter *counter = &f.page->counter;
	TEST_CHECK(write_counter(&f, 3) == 8 && write_counter(&f, 4) == 8 && counter->count == 7);
	TEST_CHECK(read_counter(&f) == 8 && load(f.space, BUFFER) == 7 && !counter->count && !counter->busy);
	counter->flags = ROUTE_COUNTER_ONE;
	TEST_CHECK(write_counter(&f, 2) == 8 && read_counter(&f) == 8);
	TEST_CHECK(load(f.space, BUFFER) == 1 && counter->count == 1);
	TEST_CHECK(write_counter(&f, COUNTER_MAX - 1) == 8 && counter->count == COUNTER_MAX);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 0, BUFFER, PAGE_SIZE) == 8);
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_counter_forwards_what_is_not_the_kernels)
{
	struct counter_fixture f = make();
	struct route_counter *counter = &f.page->counter;
	counter->count = 5;
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 0, BUFFER, 7) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ_AT, 0, BUFFER, 8) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 0, 0x5000, 8) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 0, BUFFER + PAGE_SIZE - 4, 8) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ_VECTOR, 0, BUFFER, 0) == FORWARDED);
	TEST_CHECK(write_counter(&f, COUNTER_MAX + 1) == FORWARDED);
	TEST_CHECK(write_counter(&f, UINT64_MAX) == FORWARDED);
	counter->busy = 1;
	TEST_CHECK(read_counter(&f) == FORWARDED && counter->busy == 1);
	counter->busy = 0;
	counter->watch[1].first = 1;
	TEST_CHECK(read_counter(&f) == FORWARDED && write_counter(&f, 1) == FORWARDED);
	counter->watch[1].first = 0;
	f.page->file.flags = ROUTE_FILE_FORWARD;
	TEST_CHECK(read_counter(&f) == FORWARDED);
	f.page->file.flags = ROUTE_FILE_NONBLOCK;
	TEST_CHECK(write_counter(&f, COUNTER_MAX) == FORWARDED); /* WOULD_BLOCK is not listed here */
	TEST_CHECK(counter->count == 5 && !counter->busy && !counter->parked);
	route_fixture_end(&f.route);
}

/* Another guest of the domain with the same descriptors. */
static struct counter_fixture second_guest(struct counter_fixture f)
{
	struct thread *thread = fixture_thread(f.route.domain, 1, true);
	thread->record->route_files = f.route.thread->record->route_files;
	thread_set_guest_space(thread, f.space);
	f.route.thread = thread;
	return f;
}

/* A woken guest tries again. */
static enum route_end again(struct thread *thread)
{
	fixture_run(thread);
	thread->mode = MODE_GUEST;
	thread->restart = false;
	enum route_end end = route_again(thread);
	thread->mode = MODE_NATIVE;
	return end;
}

KERNEL_TEST(route_counter_reader_parks_until_a_write)
{
	struct counter_fixture f = make(), other = second_guest(f);
	struct thread *reader = f.route.thread;
	(void)read_counter(&f);
	TEST_CHECK(reader->state == THREAD_IS_WAITING && reader->parked_in && !f.page->counter.busy);
	TEST_CHECK(f.page->counter.parked == ROUTE_STREAM_READERS);
	TEST_CHECK(write_counter(&other, 9) == 8 && reader->state == THREAD_IS_READY && reader->restart);
	/* Another read comes first: the woken one waits again. */
	TEST_CHECK(read_counter(&other) == 8 && again(reader) != ROUTE_FORWARDED);
	TEST_CHECK(reader->state == THREAD_IS_WAITING && reader->parked_in->inside == 1);
	TEST_CHECK(write_counter(&other, 4) == 8 && again(reader) != ROUTE_FORWARDED);
	TEST_CHECK(reader->frame.rax == 8 && load(f.space, BUFFER) == 4 && !reader->parked_in);
	/* Nobody is left to wake: the next write notices. */
	TEST_CHECK(write_counter(&other, 4) == 8 && !f.page->counter.parked);
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_counter_writer_parks_until_it_fits)
{
	struct counter_fixture f = make(), other = second_guest(f);
	struct thread *writer = f.route.thread;
	f.page->counter.flags = ROUTE_COUNTER_ONE;
	f.page->counter.count = COUNTER_MAX;
	(void)write_counter(&f, 2);
	TEST_CHECK(writer->state == THREAD_IS_WAITING && f.page->counter.parked == ROUTE_STREAM_WRITERS);
	TEST_CHECK(read_counter(&other) == 8 && writer->state == THREAD_IS_READY);
	TEST_CHECK(!store(f.space, BUFFER, 2) && again(writer) != ROUTE_FORWARDED);
	TEST_CHECK(writer->state == THREAD_IS_WAITING && f.page->counter.count == COUNTER_MAX - 1);
	TEST_CHECK(read_counter(&other) == 8 && !store(f.space, BUFFER, 2));
	TEST_CHECK(again(writer) != ROUTE_FORWARDED && writer->frame.rax == 8);
	TEST_CHECK(f.page->counter.count == COUNTER_MAX && !writer->parked_in);
	route_fixture_end(&f.route);
}

static int64_t wait_ready(struct counter_fixture *f, uint64_t room, uint64_t least)
{
	return route_fixture_call4(&f->route, ROUTE_READY, (const uint64_t[4]){ 1, BUFFER, room, least });
}

/* Two entries that are true while the counter has its count. */
static struct route_set *known(struct counter_fixture *f)
{
	struct route_set *set = &f->page->set;
	for (uint8_t i = 0; i < 2; i++) {
		set->entries[i].word = AT(counter.count);
		set->entries[i].value = f->page->counter.count;
		set->entries[i].answer[0] = (uint8_t)(0x11 * (i + 1));
	}
	set->answer_bytes = ANSWER_BYTES;
	set->count = 2;
	set->version = 1;
	return set;
}

KERNEL_TEST(route_ready_answers_while_it_is_true)
{
	struct counter_fixture f = make();
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED); /* nothing is known */
	struct route_set *set = known(&f);
	TEST_CHECK(wait_ready(&f, 2, 1) == 2 && f.route.at_once);
	TEST_CHECK(load(f.space, BUFFER) == 0x11 && load(f.space, BUFFER + ANSWER_BYTES) == 0x22);
	TEST_CHECK(wait_ready(&f, 100, 0) == 2 && set->version == 1);
	f.page->counter.count++;
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED);
	f.page->counter.count--;
	set->version = 0;
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED);
	set->version = 2;
	set->count = 0;
	TEST_CHECK(wait_ready(&f, 2, 0) == 0 && wait_ready(&f, 2, 1) == FORWARDED);
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_ready_forwards_what_is_not_as_it_should_be)
{
	struct counter_fixture f = make();
	struct route_set *set = known(&f);
	TEST_CHECK(wait_ready(&f, 1, 0) == FORWARDED && wait_ready(&f, 0, 0) == FORWARDED);
	TEST_CHECK(wait_ready(&f, UINT32_MAX, 0) == FORWARDED);
	TEST_CHECK(route_fixture_call4(&f.route, ROUTE_READY, (const uint64_t[4]){ 0, BUFFER, 2, 0 }) ==
		   FORWARDED);
	TEST_CHECK(route_fixture_call4(&f.route, ROUTE_READY, (const uint64_t[4]){ 1, 0x5000, 2, 0 }) ==
		   FORWARDED);
	TEST_CHECK(route_fixture_call4(&f.route, ROUTE_READY,
				       (const uint64_t[4]){ 1, USER_LIMIT - 8, 2, 0 }) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 1, BUFFER, 8) == FORWARDED);
	set->entries[1].word = USER_LIMIT;
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED);
	set->entries[1].word = AT(counter.count) + 4;
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED);
	set->count = 1;
	set->answer_bytes = ROUTE_SET_ANSWER + 1;
	TEST_CHECK(wait_ready(&f, 2, 0) == FORWARDED);
	set->count = ROUTE_SET_ENTRIES + 1;
	set->answer_bytes = ANSWER_BYTES;
	TEST_CHECK(wait_ready(&f, 100, 0) == FORWARDED);
	set->count = 1;
	TEST_CHECK(wait_ready(&f, 2, 0) == 1 && load(f.space, BUFFER) == 0x11);
	route_fixture_end(&f.route);
}

/* Two entries at the buffer: descriptor and wanted bits of the first; the second is none. */
static int64_t poll_counter(struct counter_fixture *f, uint32_t descriptor, uint16_t wanted, uint64_t least)
{
	const uint64_t bits = 0x4u << 16 | 0x1u;
	struct trap_frame *frame = &f->route.thread->frame;
	if (store(f->space, BUFFER, 0x7777ull << 48 | (uint64_t)wanted << 32 | descriptor) ||
	    store(f->space, BUFFER + 8, 0x7777ull << 48 | 0x5ull << 32 | UINT32_MAX))
		return STATUS_NO_MEMORY;
	frame->r8 = least;
	return route_fixture_call4(&f->route, ROUTE_POLL, (const uint64_t[4]){ BUFFER, 2, bits, bits << 8 });
}

static uint64_t told(struct counter_fixture *f, uint64_t entry)
{
	return load(f->space, BUFFER + 8 * entry) >> 48;
}

KERNEL_TEST(route_poll_tells_what_is_true)
{
	struct counter_fixture f = make();
	struct route_group *group = &f.page->group;
	TEST_CHECK(poll_counter(&f, 0, 0x5, 0) == FORWARDED); /* no group */
	f.route.thread->record->route_group = AT(group);
	TEST_CHECK(poll_counter(&f, 0, 0x5, 0) == FORWARDED); /* more than its limit */
	group->poll_limit = 2;
	TEST_CHECK(poll_counter(&f, 0, 0x5, 0) == 1 && told(&f, 0) == 0x4 && !told(&f, 1));
	TEST_CHECK(poll_counter(&f, 0, 0x1, 0) == 0 && !told(&f, 0) && f.route.at_once);
	TEST_CHECK(poll_counter(&f, 0, 0x1, 1) == FORWARDED);
	f.page->counter.count = COUNTER_MAX;
	TEST_CHECK(poll_counter(&f, 0, 0x5, 1) == 1 && told(&f, 0) == 0x1);
	TEST_CHECK(poll_counter(&f, 1, 0x5, 0) == FORWARDED); /* a set */
	TEST_CHECK(poll_counter(&f, 2, 0x5, 0) == FORWARDED); /* not open, or not known */
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_POLL, BUFFER + 4092, 1, 1) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_POLL, BUFFER + 2, 1, 1) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_POLL, 0x5000, 1, 1) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_POLL, USER_LIMIT - 8, 2, 1) == FORWARDED);
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_POLL, BUFFER, UINT32_MAX, 1) == FORWARDED);
	route_fixture_end(&f.route);
}

KERNEL_TEST(route_poll_forwards_ends_without_a_partner)
{
	struct counter_fixture f = make();
	struct route_stream *stream = &f.page->stream;
	struct descriptor_row row = { .kind = DESCRIPTOR_STREAM, .block = AT(stream) };
	f.route.thread->record->route_group = AT(group);
	f.page->group.poll_limit = 2;
	*stream = (struct route_stream){ .size = 1, .readers = 1, .writers = 1 };
	row.flags = DESCRIPTOR_READ;
	TEST_CHECK(!route_fixture_set(&f.route, 2, &row));
	row.flags = DESCRIPTOR_WRITE;
	TEST_CHECK(!route_fixture_set(&f.route, 3, &row));
	TEST_CHECK(poll_counter(&f, 2, 0x500, 0) == 0 && poll_counter(&f, 3, 0x500, 0) == 1);
	TEST_CHECK(told(&f, 0) == 0x400);
	stream->head++;
	TEST_CHECK(poll_counter(&f, 3, 0x500, 0) == 0 && poll_counter(&f, 2, 0x500, 0) == 1);
	TEST_CHECK(told(&f, 0) == 0x100);
	stream->writers = 0;
	TEST_CHECK(poll_counter(&f, 2, 0x500, 0) == FORWARDED && poll_counter(&f, 3, 0x500, 0) == 0);
	stream->readers = 0;
	TEST_CHECK(poll_counter(&f, 3, 0x500, 0) == FORWARDED);
	route_fixture_end(&f.route);
}
