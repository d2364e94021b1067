/* SPDX-License-Identifier: MIT */
/*
 * Node numbers and the tables they lead to.
 */
#include "proc/node.h"

#include <string.h>

#include "runtime/format.h"

#define NUMBER_BITS 21
#define TID_BITS 22
#define ROW_BITS 8
#define NUMBER_SHIFT 0
#define TID_SHIFT (NUMBER_SHIFT + NUMBER_BITS)
#define TASK_SHIFT (TID_SHIFT + TID_BITS)
#define ROW_SHIFT (TASK_SHIFT + 1)
#define TABLE_SHIFT (ROW_SHIFT + ROW_BITS)
#define NUMBER_MAX ((1u << NUMBER_BITS) - 1)

static const struct node_table *const node_tables[TABLE_COUNT] = {
#define NODE_TABLE_ENTRY(NAME, variable) [TABLE_##NAME] = &(variable),
	NODE_TABLES(NODE_TABLE_ENTRY)
#undef NODE_TABLE_ENTRY
};

uint64_t node_pack(const struct node *node)
{
	return (uint64_t)node->table << TABLE_SHIFT | (uint64_t)node->row << ROW_SHIFT |
	       (uint64_t)node->task << TASK_SHIFT | (uint64_t)(uint32_t)node->tid << TID_SHIFT |
	       (uint64_t)(node->number & NUMBER_MAX) << NUMBER_SHIFT;
}

static uint32_t field(uint64_t packed, uint32_t shift, uint32_t bits)
{
	return (uint32_t)(packed >> shift) & ((1u << bits) - 1);
}

struct node node_unpack(uint64_t packed)
{
	return (struct node){ .table = (enum node_table_index)(packed >> TABLE_SHIFT),
			      .row = field(packed, ROW_SHIFT, ROW_BITS),
			      .task = field(packed, TASK_SHIFT, 1),
			      .tid = (int32_t)field(packed, TID_SHIFT, TID_BITS),
			      .number = field(packed, NUMBER_SHIFT, NUMBER_BITS) };
}

const struct node_row *node_row(const struct node *node)
{
	const struct node_table *table = node_tables[node->table];
	return node->row == ROW_NUMBERED ? &table->numbers->row : &table->rows[node->row];
}

const struct node_numbers *node_numbers_of(const struct node *node)
{
	return node_tables[node->table]->numbers;
}

void node_number_name(const struct node_numbers *numbers, uint64_t number, char *name, uint32_t bytes)
{
	struct format_buffer out = format_start(name, bytes);
	format_append(&out, "%s%lu", numbers->row.name, number);
}

const struct node_table *node_children(const struct node *node)
{
	return node_tables[node_row(node)->children];
}

struct node node_child(const struct node *directory, uint32_t row, uint32_t number)
{
	const struct node_numbers *numbers = node_children(directory)->numbers;
	struct node child = *directory;
	child.table = node_row(directory)->children;
	child.row = row;
	if (row != ROW_NUMBERED)
		return child;
	if (numbers->of_process || numbers->of_thread) {
		child.tid = (int32_t)number;
		child.task = numbers->of_thread;
	} else {
		child.number = number;
	}
	return child;
}

/* The row or numbers whose entries are this table; a thread's directory is one of TASKS. */
static bool node_holder(enum node_table_index children, bool task, struct node *holder)
{
	for (uint32_t table = TABLE_NONE + 1; table < TABLE_COUNT; table++) {
		const struct node_table *level = node_tables[table];
		const struct node_numbers *numbers = level->numbers;
		holder->table = (enum node_table_index)table;
		holder->row = ROW_NUMBERED;
		if (numbers && numbers->row.children == children && numbers->of_thread == task)
			return true;
		for (holder->row = 0; holder->row < level->count; holder->row++) {
			if (level->rows[holder->row].children == children)
				return true;
		}
	}
	return false;
}

struct node node_parent(const struct node *node)
{
	struct node parent = *node;
	if (!node_holder(node->table, node->task && node->table == TABLE_PROCESS, &parent))
		return *node;
	if (parent.table == TABLE_ROOTS)
		parent.tid = 0;
	if (parent.table == TABLE_ROOTS || parent.table == TABLE_PROCESS)
		parent.number = 0;
	if (node->table == TABLE_TASKS)
		parent.task = false;
	return parent;
}

bool node_row_shown(const struct node *directory, const struct node_row *row)
{
	return !(row->flags & (directory->task ? ROW_PROCESS : ROW_TASK)) && row->name[0];
}

/* A decimal number without leading zeros behind the prefix; -1: it is none. */
static int64_t name_number(const char *name, const char *prefix)
{
	uint64_t value = 0;
	size_t skip = strlen(prefix);
	if (strncmp(name, prefix, skip) != 0)
		return -1;
	name += skip;
	if (!*name || (name[0] == '0' && name[1]))
		return -1;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return -1;
		value = value * 10 + (uint64_t)(*name - '0');
		if (value > NUMBER_MAX)
			return -1;
	}
	return (int64_t)value;
}

bool node_find(const struct node *directory, const char *name, struct node *found)
{
	const struct node_table *table = node_children(directory);
	int64_t number;
	for (uint32_t row = 0; row < table->count; row++) {
		if (node_row_shown(directory, &table->rows[row]) &&
		    strcmp(table->rows[row].name, name) == 0) {
			*found = node_child(directory, row, 0);
			return true;
		}
	}
	if (!table->numbers)
		return false;
	number = name_number(name, table->numbers->row.name);
	if (number < 0 || table->numbers->next(directory, number) != number)
		return false;
	*found = node_child(directory, ROW_NUMBERED, (uint32_t)number);
	return true;
}
