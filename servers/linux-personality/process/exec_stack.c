/* SPDX-License-Identifier: MIT */
/*
 * Building the first stack.
 */
#include "process/exec_stack.h"

#include <assert.h>
#include <string.h>
#include "linux_abi/elf.h"

static const char platform[] = "x86_64";

void exec_stack_add(struct exec_stack *stack, uint64_t type, uint64_t value)
{
	assert(stack->auxiliary_count < EXEC_AUXILIARY_MAX);
	stack->auxiliary[stack->auxiliary_count++] = (struct auxiliary_entry){ type, value };
}

uint64_t exec_stack_place(struct exec_stack *stack)
{
	uint64_t words = 1 + stack->argument_count + 1ull + stack->environment_count + 1;
	uint64_t at = stack->top - sizeof(uint64_t);
	words += 2ull * (stack->auxiliary_count + 1);
	at -= strlen(stack->file_name) + 1;
	stack->file_name_at = at;
	stack->strings_end = at;
	at -= stack->string_bytes;
	stack->arguments_start = at;
	stack->environment_start = at + stack->argument_bytes;
	at = (at - stack->gap) & ~15ull;
	at -= sizeof(platform);
	stack->platform_at = at;
	at -= sizeof(stack->random);
	stack->random_at = at;
	stack->pointer = ((at & ~15ull) - words * sizeof(uint64_t)) & ~15ull;
	return stack->top - stack->pointer;
}

/* Pointers to `count` strings that lie one after the other, and a NULL. */
static uint64_t *put_pointers(uint64_t *word, const char *strings, uint64_t address, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t bytes = strlen(strings) + 1;
		*word++ = address;
		strings += bytes;
		address += bytes;
	}
	*word++ = 0;
	return word;
}

static uint64_t auxiliary_value(const struct exec_stack *stack, const struct auxiliary_entry *entry)
{
	switch (entry->type) {
	case LINUX_AT_RANDOM: return stack->random_at;
	case LINUX_AT_EXECFN: return stack->file_name_at;
	case LINUX_AT_PLATFORM: return stack->platform_at;
	default: return entry->value;
	}
}

void exec_stack_build(struct exec_stack *stack, uint8_t *buffer)
{
	uint64_t *word = (uint64_t *)buffer, base = stack->pointer;
	*word++ = stack->argument_count;
	word = put_pointers(word, stack->strings, stack->arguments_start, stack->argument_count);
	word = put_pointers(word, stack->strings + stack->argument_bytes, stack->environment_start,
			    stack->environment_count);
	for (uint32_t i = 0; i < stack->auxiliary_count; i++) {
		stack->auxiliary[i].value = auxiliary_value(stack, &stack->auxiliary[i]);
		*word++ = stack->auxiliary[i].type;
		*word++ = stack->auxiliary[i].value;
	}
	memcpy(buffer + (stack->random_at - base), stack->random, sizeof(stack->random));
	memcpy(buffer + (stack->platform_at - base), platform, sizeof(platform));
	memcpy(buffer + (stack->arguments_start - base), stack->strings, stack->string_bytes);
	memcpy(buffer + (stack->file_name_at - base), stack->file_name, strlen(stack->file_name) + 1);
}
