/* SPDX-License-Identifier: MIT */
/*
 * start_block: see start_block.h. Strings grow down from the block's end; the words are laid below them, 16-byte
 * aligned, once it is known how many there are.
 */
#include "runtime/start_block.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include "abi/types.h"

#define WORDS_MAX (START_BLOCK_STRINGS + 32)

struct builder {
	uint8_t *block;
	uint64_t base; /* address of the block in the new program */
	size_t low;    /* strings start here */
	uint64_t words[WORDS_MAX];
	size_t word_count;
	bool full;
};

static void add_word(struct builder *builder, uint64_t word)
{
	if (builder->word_count == WORDS_MAX)
		builder->full = true;
	else
		builder->words[builder->word_count++] = word;
}

/* Copies bytes below the last ones; answers their address in the new program. */
static uint64_t add_bytes(struct builder *builder, const void *bytes, size_t count)
{
	if (count > builder->low) {
		builder->full = true;
		return 0;
	}
	builder->low -= count;
	memcpy(builder->block + builder->low, bytes, count);
	return builder->base + builder->low;
}

static void add_auxiliary(struct builder *builder, uint64_t type, uint64_t value)
{
	add_word(builder, type);
	add_word(builder, value);
}

static void add_all(struct builder *builder, const struct start_block_request *request)
{
	uint64_t random = add_bytes(builder, request->random, sizeof request->random);

	add_word(builder, 1);
	add_word(builder, add_bytes(builder, request->name, strlen(request->name) + 1));
	add_word(builder, 0);
	for (uint32_t i = 0; i < request->environment_count; i++)
		add_word(builder,
			 add_bytes(builder, request->environment[i], strlen(request->environment[i]) + 1));
	add_word(builder, 0);
	add_auxiliary(builder, AT_PHDR, request->headers);
	add_auxiliary(builder, AT_PHENT, sizeof(Elf64_Phdr));
	add_auxiliary(builder, AT_PHNUM, request->header_count);
	add_auxiliary(builder, AT_PAGESZ, PAGE_SIZE);
	add_auxiliary(builder, AT_ENTRY, request->entry);
	add_auxiliary(builder, AT_RANDOM, random);
	add_auxiliary(builder, AT_NULL, 0);
}

status_t start_block_make(const struct start_block_request *request, uint8_t block[START_BLOCK_BYTES],
			  uint64_t *stack)
{
	struct builder builder = {
		.block = block,
		.base = request->top - START_BLOCK_BYTES,
		.low = START_BLOCK_BYTES,
	};
	size_t bytes, at;

	if (request->environment_count > START_BLOCK_STRINGS)
		return STATUS_TOO_BIG;
	memset(block, 0, START_BLOCK_BYTES);
	add_all(&builder, request);
	bytes = builder.word_count * sizeof builder.words[0];
	if (builder.full || bytes + 16 > builder.low)
		return STATUS_TOO_BIG;
	at = (builder.low - bytes) & ~(size_t)15;
	memcpy(block + at, builder.words, bytes);
	*stack = builder.base + at;
	return STATUS_OK;
}
