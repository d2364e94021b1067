/* SPDX-License-Identifier: MIT */
/*
 * Tests of routes: which rows are taken, when a call is forwarded whatever its row says, and the operations that need no
 * descriptor. A forwarded call must leave everything as it was.
 */
#include "arch/x86_64/cpu.h"
#include "structure/bytes.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define GROUP_PLACE ROUTE_FIXTURE_BLOCKS
#define SPACE_PLACE (ROUTE_FIXTURE_BLOCKS + 64)
#define ACTIONS_PLACE (ROUTE_FIXTURE_BLOCKS + PAGE_SIZE)
#define UNMAPPED 0x5000000ull
#define BUFFER ROUTE_FIXTURE_BUFFER
#define FLAG_TRAP 0x100u
#define NEVER 0x100ull /* the signal that no mask and no change may have: number 9 */

static void *block(const struct route_fixture *f, uint64_t address)
{
	return aspace_byte(f->domain->aspace, address, PROT_BIT_WRITE, 0);
}

/* The fixture with blocks of all kinds, and one page of its buffer there; without a table: failed. */
static struct route_fixture blocks_make(void)
{
	struct route_fixture f = route_fixture_make();
	struct guest_record *record = f.thread->record;
	bool there = !store(f.domain->aspace, GROUP_PLACE, 0) && !store(f.domain->aspace, ACTIONS_PLACE, 0) &&
		     !store(f.thread->guest_aspace, BUFFER, 0);
	if (!there || !f.table) {
		f.table = NULL;
		return f;
	}
	memset(block(&f, GROUP_PLACE), 0, PAGE_SIZE);
	memset(block(&f, ACTIONS_PLACE), 0, PAGE_SIZE);
	record->route_group = GROUP_PLACE;
	record->route_space = SPACE_PLACE;
	record->route_actions = ACTIONS_PLACE;
	return f;
}

static int64_t call6(struct route_fixture *f, enum route_operation operation, const uint64_t words[6])
{
	f->thread->frame.r8 = words[4];
	f->thread->frame.r9 = words[5];
	return route_fixture_call4(f, operation, words);
}

#define CALL(operation, ...) call6(&f, operation, (const uint64_t[6]){ __VA_ARGS__ })
#define FORWARDED ROUTE_FIXTURE_FORWARDED

KERNEL_TEST(route_rows_are_checked)
{
	struct domain *domain = fixture_domain();
	const struct route good = {
		.number = 500,
		.operation = ROUTE_VALUE,
		.listed = 1,
		.parameters = { ROUTE_CONSTANT0 + ROUTE_CONSTANTS - 1 },
		.constants = { [ROUTE_CONSTANTS - 1] = ROUTE_WORDS - 1 },
	};
	struct route row = good;
	TEST_CHECK(!route_table_add(domain, &row));
	row.number = ROUTE_NUMBERS;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.operation = 0;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row.operation = ROUTE_OPERATION_COUNT;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.listed = 1u << ROUTE_OUTCOMES;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.parameters[5] = ROUTE_ARGUMENTS + ROUTE_CONSTANTS;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.tests[1].argument = ROUTE_ARGUMENTS;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.constants[ROUTE_CONSTANTS - 1] = ROUTE_WORDS;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row = good, row.parameters[0] = 0;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	for (unsigned i = 1; i < ROUTE_ROWS_MAX - 1; i++)
		TEST_CHECK(!route_table_add(domain, &good));
	TEST_CHECK(route_table_add(domain, &good) == STATUS_LIMIT);
	fixture_end(domain);
}

/* Numbers that the fixture's rows do not use. */
#define NUMBER(n) (ROUTE_NUMBERS - 1 - (n))

KERNEL_TEST(route_row_by_tests_and_outcomes)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct route row = { .number = NUMBER(0), .operation = ROUTE_ANSWER, .listed = 1, .results = { 7 } };
	row.tests[0] = (struct route_test){ .argument = 1, .mask = 0xff, .value = 3 };
	row.tests[1] = (struct route_test){ .argument = 5, .mask = ~0ull, .value = 0 };
	TEST_CHECK(!route_table_add(f.domain, &row));
	row.tests[0].value = 4;
	row.results[0] = -8;
	TEST_CHECK(!route_table_add(f.domain, &row));
	TEST_CHECK(CALL(NUMBER(0), 0, 0x503, 0, 0, 0, 0) == 7);
	TEST_CHECK(CALL(NUMBER(0), 0, 0x504, 0, 0, 0, 0) == -8);
	TEST_CHECK(CALL(NUMBER(0), 0, 0x505, 0, 0, 0, 0) == FORWARDED);
	TEST_CHECK(CALL(NUMBER(0), 0, 0x503, 0, 0, 0, 1) == FORWARDED);
	row = (struct route){ .number = NUMBER(1), .operation = ROUTE_ANSWER };
	TEST_CHECK(!route_table_add(f.domain, &row));
	TEST_CHECK(CALL(NUMBER(1), 0) == FORWARDED);
	TEST_CHECK(CALL(NUMBER(2), 0) == FORWARDED && CALL(ROUTE_NUMBERS, 0) == FORWARDED);
	route_fixture_end(&f);
}

/* The entry code looks only at numbers whose first row answers with a word in any case. */
KERNEL_TEST(route_words_of_the_entry_code)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct route row = { .number = NUMBER(0),
			     .operation = ROUTE_VALUE,
			     .listed = 1,
			     .parameters = { ROUTE_CONSTANT0 },
			     .constants = { ROUTE_WORD_PARENT } };
	TEST_CHECK(!route_table_add(f.domain, &row));
	TEST_CHECK(f.domain->route_words[NUMBER(0)] == 1 + ROUTE_WORD_PARENT);
	row.constants[0] = ROUTE_WORD_USER;
	TEST_CHECK(!route_table_add(f.domain, &row));
	TEST_CHECK(f.domain->route_words[NUMBER(0)] == 1 + ROUTE_WORD_PARENT);
	row.number = NUMBER(1), row.tests[1].mask = 1;
	TEST_CHECK(!route_table_add(f.domain, &row) && !f.domain->route_words[NUMBER(1)]);
	row.number = NUMBER(2), row.tests[1].mask = 0, row.listed = 0;
	TEST_CHECK(!route_table_add(f.domain, &row) && !f.domain->route_words[NUMBER(2)]);
	f.thread->record->route_words[ROUTE_WORD_PARENT] = 41;
	f.thread->record->route_words[ROUTE_WORD_USER] = 42;
	TEST_CHECK(CALL(NUMBER(0), 0) == 41);
	TEST_CHECK(CALL(NUMBER(1), 0, 0) == 42);
	route_fixture_end(&f);
}

/* Of a call that is named no row answers, but the policy's results, while they are there; of others nothing changes. */
KERNEL_TEST(route_policy_answers_or_forwards)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct route row = { .number = NUMBER(0), .operation = ROUTE_ANSWER, .listed = 1, .results = { 7 } };
	TEST_CHECK(!route_table_add(f.domain, &row));
	row.number = NUMBER(1);
	TEST_CHECK(!route_table_add(f.domain, &row));
	struct guest_record *record = f.thread->record;
	struct route_answers *answers = block(&f, GROUP_PLACE);
	uint64_t routed = record->routed_calls;
	answers->results[NUMBER(0)] = -13, answers->results[NUMBER(1)] = -1;
	record->policy_answers = GROUP_PLACE;
	TEST_CHECK(CALL(NUMBER(0), 0) == 7 && CALL(NUMBER(1), 0) == 7);
	record->policy_names[NUMBER(0) / 64] = 1ull << NUMBER(0) % 64;
	TEST_CHECK(CALL(NUMBER(0), 0) == -13 && CALL(NUMBER(1), 0) == 7);
	TEST_CHECK(record->routed_calls == routed + 4);
	answers->results[NUMBER(0)] = 5;
	TEST_CHECK(CALL(NUMBER(0), 0) == FORWARDED);
	answers->results[NUMBER(0)] = -13;
	record->policy_answers = GROUP_PLACE + 8;
	TEST_CHECK(CALL(NUMBER(0), 0) == FORWARDED);
	record->policy_answers = 0;
	TEST_CHECK(CALL(NUMBER(0), 0) == FORWARDED && CALL(NUMBER(1), 0) == 7);
	route_fixture_end(&f);
}

KERNEL_TEST(route_gate_kick_and_trap_flag_forward)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	uint64_t clock[6] = { 1, 2, 0, BUFFER, 1 };
	TEST_CHECK(call6(&f, ROUTE_CLOCK, clock) == 0);
	TEST_CHECK(!store(f.thread->guest_aspace, BUFFER, 77));
	f.thread->record->route_gate = ROUTE_GATE_CLOSED;
	TEST_CHECK(call6(&f, ROUTE_CLOCK, clock) == FORWARDED);
	f.thread->record->route_gate = 0;
	f.thread->kicked = KICK_SIGNAL;
	TEST_CHECK(call6(&f, ROUTE_CLOCK, clock) == FORWARDED);
	f.thread->kicked = 0;
	f.thread->mode = MODE_GUEST;
	f.thread->frame.rax = ROUTE_ANSWER;
	f.thread->frame.rflags = FLAG_TRAP;
	TEST_CHECK(route_call(f.thread) == ROUTE_FORWARDED);
	f.thread->frame.rflags = 0;
	cpu_self()->attention = false;
	TEST_CHECK(route_call(f.thread) == ROUTE_AT_ONCE);
	f.thread->mode = MODE_NATIVE;
	TEST_CHECK(load(f.thread->guest_aspace, BUFFER) == 77);
	route_fixture_end(&f);
}

KERNEL_TEST(route_clock_writes_two_words)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct aspace *guest = f.thread->guest_aspace;
	uint64_t before = clock_now_ns();
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, BUFFER + 8, 1) == 0);
	uint64_t read = load(guest, BUFFER + 8) * 1000000000 + load(guest, BUFFER + 16);
	TEST_CHECK(read >= before && read <= clock_now_ns());
	TEST_CHECK(CALL(ROUTE_CLOCK, 5, 0, 1 << 5, BUFFER, 1000) == 0);
	uint64_t wall = (clock_now_ns() + (uint64_t)clock_realtime_offset()) / 1000000000;
	TEST_CHECK(load(guest, BUFFER) + 1 >= wall && load(guest, BUFFER) <= wall &&
		   load(guest, BUFFER + 8) < 1000000);
	TEST_CHECK(CALL(ROUTE_CLOCK_SECONDS, 5, 0, 1 << 5) >= (int64_t)load(guest, BUFFER));
	TEST_CHECK(!store(guest, BUFFER, 5));
	TEST_CHECK(CALL(ROUTE_CLOCK, 6, 1 << 3, 1 << 5, BUFFER, 1) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK, 64, ~0ull, ~0ull, BUFFER, 1) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, BUFFER, 0) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK_SECONDS, 6, 1 << 3, 1 << 5) == FORWARDED);
	TEST_CHECK(load(guest, BUFFER) == 5);
	/* Not there yet, across two pages, not writable, nowhere. */
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, BUFFER + PAGE_SIZE, 1) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, BUFFER + PAGE_SIZE - 8, 1) == FORWARDED);
	TEST_CHECK(!protect_whole(guest, BUFFER, PAGE_SIZE, PROT_BIT_READ));
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, BUFFER, 1) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, 0, 1) == FORWARDED);
	TEST_CHECK(CALL(ROUTE_CLOCK, 3, 1 << 3, 0, USER_LIMIT, 1) == FORWARDED);
	TEST_CHECK(load(guest, BUFFER) == 5);
	route_fixture_end(&f);
}

KERNEL_TEST(route_mask_changes_and_tells)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct aspace *guest = f.thread->guest_aspace;
	uint64_t *mask = &f.thread->record->signal_mask, old = BUFFER + 8;
	*mask = 0x3;
	TEST_CHECK(!store(guest, BUFFER, 0x106));
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, old, 0, NEVER) == 0 && *mask == 0x7 && load(guest, old) == 0x3);
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, old, 1, NEVER) == 0 && *mask == 0x1 && load(guest, old) == 0x7);
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, old, 2, NEVER) == 0 && *mask == 0x6 && load(guest, old) == 0x1);
	TEST_CHECK(CALL(ROUTE_MASK, 0, old, 2, NEVER) == 0 && *mask == 0x6 && load(guest, old) == 0x6);
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 1, NEVER) == 0 && *mask == 0);
	/* Both at one address: the new one is read first. */
	*mask = 0x40;
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, BUFFER, 2, NEVER) == 0 && *mask == 0x6 &&
		   load(guest, BUFFER) == 0x40);
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, BUFFER + PAGE_SIZE, 2, NEVER) == FORWARDED && *mask == 0x6);
	TEST_CHECK(CALL(ROUTE_MASK, UNMAPPED, old, 2, NEVER) == FORWARDED && load(guest, old) == 0x6);
	route_fixture_end(&f);
}

KERNEL_TEST(route_mask_forwards_while_signals_are_pending)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct guest_record *record = f.thread->record;
	struct route_group *group = block(&f, GROUP_PLACE);
	record->signal_mask = 0x8;
	TEST_CHECK(!store(f.thread->guest_aspace, BUFFER, 0x1));
	record->signal_pending = 0x8;
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 2, NEVER) == FORWARDED && record->signal_mask == 0x8);
	record->signal_pending = 0;
	group->pending = 0x8;
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 2, NEVER) == FORWARDED && record->signal_mask == 0x8);
	TEST_CHECK(!group->busy);
	group->pending = 0;
	for (group->busy = 1; group->busy < 3; group->busy++)
		TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 2, NEVER) == FORWARDED && record->signal_mask == 0x8);
	TEST_CHECK(CALL(ROUTE_MASK, 0, BUFFER + 8, 2, NEVER) == 0);
	group->busy = 0;
	const uint64_t nowhere[] = { 0, GROUP_PLACE + 8, UNMAPPED, USER_LIMIT };
	for (unsigned i = 0; i < 4; i++) {
		record->route_group = nowhere[i];
		TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 2, NEVER) == FORWARDED && record->signal_mask == 0x8);
	}
	record->route_group = GROUP_PLACE;
	TEST_CHECK(CALL(ROUTE_MASK, BUFFER, 0, 2, NEVER) == 0 && record->signal_mask == 0x1 && !group->busy);
	route_fixture_end(&f);
}

static bool put_action(const struct route_fixture *f, uint64_t handler)
{
	const uint64_t words[4] = { handler, 0xff, 0x1234, ~0ull };
	return !copy_out(f->thread->guest_aspace, (uaddr_t){ BUFFER }, words, sizeof words);
}

#define ACTION(number, fresh, old) CALL(ROUTE_ACTION, number, fresh, old, 0xf0, NEVER, 1)

KERNEL_TEST(route_action_exchanges_handlers)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct route_actions *table = block(&f, ACTIONS_PLACE);
	struct route_action *last = &table->entries[ROUTE_ACTIONS - 1];
	uint64_t old = BUFFER + 64;
	*last = (struct route_action){ { 0x2000, 0x10, 0x30, 0x5 } };
	TEST_CHECK(put_action(&f, 0x3000));
	TEST_CHECK(ACTION(ROUTE_ACTIONS, BUFFER, old) == 0 && !table->busy);
	TEST_CHECK(last->words[0] == 0x3000 && last->words[1] == 0xf0 && last->words[2] == 0x1234);
	TEST_CHECK(last->words[3] == ~NEVER);
	TEST_CHECK(load(f.thread->guest_aspace, old) == 0x2000 &&
		   load(f.thread->guest_aspace, old + 24) == 0x5);
	TEST_CHECK(ACTION(ROUTE_ACTIONS, 0, BUFFER) == 0 && load(f.thread->guest_aspace, BUFFER) == 0x3000);
	/* An int's upper half does not count. */
	TEST_CHECK(ACTION(0x700000000ull | ROUTE_ACTIONS, BUFFER, 0) == 0);
	TEST_CHECK(ACTION(9, 0, old) == 0 && load(f.thread->guest_aspace, old) == 0);
	route_fixture_end(&f);
}

KERNEL_TEST(route_action_forwards_what_means_more)
{
	struct route_fixture f = blocks_make();
	TEST_CHECK(f.table);
	struct route_actions *table = block(&f, ACTIONS_PLACE);
	TEST_CHECK(put_action(&f, 0x3000));
	TEST_CHECK(ACTION(10, BUFFER, 0) == FORWARDED && !table->entries[9].words[0] && !table->busy);
	table->entries[9].words[0] = table->entries[8].words[0] = 0x2000;
	TEST_CHECK(ACTION(9, BUFFER, 0) == FORWARDED && table->entries[8].words[0] == 0x2000);
	TEST_CHECK(ACTION(0, BUFFER, 0) == FORWARDED && ACTION(ROUTE_ACTIONS + 1, BUFFER, 0) == FORWARDED);
	TEST_CHECK(ACTION(10, UNMAPPED, 0) == FORWARDED && ACTION(10, BUFFER, UNMAPPED) == FORWARDED);
	for (table->busy = 1; table->busy < 3; table->busy++)
		TEST_CHECK(ACTION(10, BUFFER, 0) == FORWARDED);
	table->busy = 0;
	TEST_CHECK(put_action(&f, 1));
	TEST_CHECK(ACTION(10, BUFFER, 0) == FORWARDED);
	TEST_CHECK(put_action(&f, 0));
	TEST_CHECK(ACTION(10, BUFFER, 0) == FORWARDED && table->entries[9].words[0] == 0x2000);
	TEST_CHECK(put_action(&f, 2));
	f.thread->record->route_actions = ACTIONS_PLACE + 64;
	TEST_CHECK(ACTION(10, BUFFER, 0) == FORWARDED && ACTION(10, 0, BUFFER + 64) == FORWARDED);
	f.thread->record->route_actions = ACTIONS_PLACE;
	TEST_CHECK(ACTION(10, BUFFER, 0) == 0 && table->entries[9].words[0] == 2);
	route_fixture_end(&f);
}
