/* SPDX-License-Identifier: MIT */
/*
 * Settings that are numbers or lines: storing, checking, showing. What is stored is the difference from the default, so that the
 * memory which outlives this server starts as zeros.
 */
#include "proc/sysctl.h"

#include <string.h>

#include "core/errno.h"
#include "core/lock.h"
#include "core/survive.h"
#include "proc/parse.h"
#include "proc/sysctl_nodes.h"

#define NUMBERS_MAX 4

struct sysctl_row {
	uint32_t count;
	int64_t defaults[NUMBERS_MAX];
	int64_t least, most;
};

#define SYSCTL_ONE(a)                                                                                        \
	{                                                                                                    \
		a                                                                                            \
	}
#define SYSCTL_FOUR(a, b, c, d)                                                                              \
	{                                                                                                    \
		a, b, c, d                                                                                   \
	}

static const struct sysctl_row sysctl_rows[SYSCTL_COUNT] = {
#define SYSCTL_ROW(NAME, count, defaults, least, most) [SYSCTL_##NAME] = { count, defaults, least, most },
	SYSCTLS(SYSCTL_ROW)
#undef SYSCTL_ROW
};

SURVIVES_TABLE static int64_t differences[SYSCTL_COUNT][NUMBERS_MAX]; /* A */
SURVIVES static struct mutex pattern_mutex;
SURVIVES static char core_pattern[CORE_PATTERN_BYTES]; /* empty: "core" */

static int64_t number_of(uint64_t which, uint32_t index)
{
	uint64_t difference = (uint64_t)__atomic_load_n(&differences[which][index], __ATOMIC_RELAXED);
	return (int64_t)((uint64_t)sysctl_rows[which].defaults[index] + difference);
}

int64_t sysctl_value(enum sysctl which)
{
	return number_of(which, 0);
}

int show_sysctl(struct request *request, struct text *out)
{
	uint64_t which = request->row->parameter;
	for (uint32_t i = 0; i < sysctl_rows[which].count; i++) {
		if (i)
			text_char(out, '\t');
		text_signed(out, number_of(which, i));
	}
	text_char(out, '\n');
	return 0;
}

/* Fewer numbers than there are change the first ones; each must be within the bounds before any changes. */
static int parse_numbers(const struct sysctl_row *row, const char **text, int64_t *numbers, uint32_t *count)
{
	for (*count = 0; *count < row->count; ++*count) {
		int error = parse_next_signed(text, &numbers[*count]);
		if (error == -ENOENT && *count)
			return 0;
		if (error || numbers[*count] < row->least || numbers[*count] > row->most)
			return -EINVAL;
	}
	return 0;
}

int64_t store_sysctl(struct request *request, char *bytes, uint64_t count)
{
	uint64_t which = request->row->parameter;
	const struct sysctl_row *row = &sysctl_rows[which];
	int64_t numbers[NUMBERS_MAX];
	uint32_t given;
	const char *end = bytes;
	int error = parse_numbers(row, &end, numbers, &given);
	if (error)
		return error;
	for (uint32_t i = 0; i < given; i++)
		__atomic_store_n(&differences[which][i],
				 (int64_t)((uint64_t)numbers[i] - (uint64_t)row->defaults[i]),
				 __ATOMIC_RELAXED);
	end = parse_skip_space(end);
	return *end ? end - bytes : (int64_t)count;
}

void sysctl_core_pattern(char pattern[CORE_PATTERN_BYTES])
{
	mutex_acquire(&pattern_mutex);
	memcpy(pattern, core_pattern[0] ? core_pattern : "core", core_pattern[0] ? CORE_PATTERN_BYTES : 5);
	mutex_release(&pattern_mutex);
}

int show_core_pattern(struct request *request, struct text *out)
{
	char pattern[CORE_PATTERN_BYTES];
	(void)request;
	sysctl_core_pattern(pattern);
	text_string(out, pattern);
	text_char(out, '\n');
	return 0;
}

int64_t store_core_pattern(struct request *request, char *bytes, uint64_t count)
{
	char pattern[CORE_PATTERN_BYTES] = { 0 };
	(void)request;
	parse_cut_line(bytes);
	memcpy(pattern, bytes, strnlen(bytes, sizeof(pattern) - 1));
	mutex_acquire(&pattern_mutex);
	memcpy(core_pattern, pattern, sizeof(core_pattern));
	mutex_release(&pattern_mutex);
	return (int64_t)count;
}
