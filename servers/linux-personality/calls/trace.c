/* SPDX-License-Identifier: MIT */
/*
 * Printing calls from the table's rows.
 */
#include "calls/trace.h"

#include "calls/calls.h"
#include "linux_abi/signal.h"
#include "report/names.h"
#include "runtime/format.h"

#define FD_WORKING_DIRECTORY (-100)
#define ERRORS_FROM (-4095)
#define RESTARTS_FROM (-516) /* errors that programs do not see: ERESTARTSYS and its kin */
#define RESTARTS_TO (-512)
#define SMALL_RESULT 65536

bool call_append_set(struct format_buffer *out, const struct name_set *set, uint32_t value)
{
	uint32_t left = value;
	size_t start = out->used;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct name_entry *entry = &set->entries[i];
		if ((value & entry->mask) != entry->value || (entry->value && !(left & entry->value)))
			continue;
		format_append(out, out->used > start ? "|%s" : "%s", entry->name);
		left &= ~entry->mask;
		if (entry->mask == UINT32_MAX)
			return true;
	}
	bool named = out->used > start;
	if (left)
		format_append(out, out->used > start ? "|0x%x" : "0x%x", left);
	else if (!named)
		format_append(out, "0");
	return named;
}

/* With a 0 in front, three digits at least. */
void call_append_octal(struct format_buffer *out, uint32_t value)
{
	char digits[12];
	uint32_t at = sizeof(digits);
	digits[--at] = 0;
	for (; value || at + 3 > sizeof(digits); value >>= 3)
		digits[--at] = (char)('0' + (value & 7));
	format_append(out, "0%s", digits + at);
}

void call_append_signal(struct format_buffer *out, int32_t number)
{
	if (number > LINUX_SIGRTMIN && number <= LINUX_SIGRTMAX)
		format_append(out, "SIGRT_%d", number - LINUX_SIGRTMIN);
	else if (number > 0 && number <= LINUX_SIGRTMIN)
		format_append(out, "%s", number == LINUX_SIGRTMIN ? "SIGRTMIN" : signal_name(number));
	else
		format_append(out, "%d", number);
}

static void append_plain(struct format_buffer *out, uint8_t kind, uint64_t value)
{
	switch (kind) {
	case ARGUMENT_FD:
		if ((int32_t)value == FD_WORKING_DIRECTORY)
			format_append(out, "AT_FDCWD");
		else
			format_append(out, "%d", (int32_t)value);
		break;
	case ARGUMENT_SIG: call_append_signal(out, (int32_t)value); break;
	case ARGUMENT_S32: format_append(out, "%d", (int32_t)value); break;
	case ARGUMENT_U32: format_append(out, "%u", (uint32_t)value); break;
	case ARGUMENT_MODE: call_append_octal(out, (uint32_t)value); break;
	case ARGUMENT_FLAGS: format_append(out, value ? "0x%x" : "0", (uint32_t)value); break;
	case ARGUMENT_S64: format_append(out, "%ld", (int64_t)value); break;
	case ARGUMENT_SIZE:
	case ARGUMENT_U64: format_append(out, "%lu", value); break;
	default: format_append(out, value ? "0x%lx" : "NULL", value); break;
	}
}

void call_append_argument(struct format_buffer *out, const struct call_row *row, uint32_t index,
			  uint64_t value)
{
	if (row->sets[index])
		(void)call_append_set(out, &name_sets[row->sets[index]], (uint32_t)value);
	else
		append_plain(out, row->kinds[index], value);
}

const char *call_error_text(int error)
{
	return error > 0 && error < ERROR_NAME_COUNT && error_texts[error] ? error_texts[error]
									   : "unknown error";
}

void call_append_result(struct format_buffer *out, int64_t result)
{
	if (result == INT64_MIN)
		format_append(out, " = ?");
	else if (result < 0 && result > -ERROR_NAME_COUNT && error_names[-result])
		format_append(out, " = -1 %s", error_names[-result]);
	else if (result <= RESTARTS_TO && result >= RESTARTS_FROM)
		format_append(out, " = ? ERESTART");
	else if (result >= ERRORS_FROM && result < SMALL_RESULT)
		format_append(out, " = %ld", result);
	else
		format_append(out, " = 0x%lx", (uint64_t)result);
}

const struct call_row *call_row_of(uint64_t number)
{
	static const struct call_row unknown;
	return number < CALL_ROW_COUNT ? &call_rows[number] : &unknown;
}

void call_append_name(struct format_buffer *out, uint64_t number)
{
	const struct call_row *row = call_row_of(number);
	if (row->name)
		format_append(out, "%s", row->name);
	else
		format_append(out, "syscall_%lu", number);
}

size_t call_format(char *line, size_t bytes, uint64_t number, const uint64_t arguments[6], int64_t result)
{
	const struct call_row *row = call_row_of(number);
	struct format_buffer out = format_start(line, bytes);
	call_append_name(&out, number);
	format_append(&out, "(");
	for (uint32_t i = 0; i < row->argument_count; i++) {
		format_append(&out, "%s", i ? ", " : "");
		call_append_argument(&out, row, i, arguments[i]);
	}
	format_append(&out, ")");
	call_append_result(&out, result);
	return out.used;
}

struct trace_told trace_tell(const struct trace_call *call)
{
	const uint64_t *words = call->arguments;
	int64_t result = trace_result(call);
	struct trace_told told = {
		.number = call->outcome >> TRACE_BITS,
		.arguments = { [4] = call->more_arguments[0], [5] = call->more_arguments[1] },
		.result = result == TRACE_RUNS ? INT64_MIN : result,
		.routed = (uint32_t)(words[3] >> TRACE_BITS),
	};
	uint64_t time = words[0] >> TRACE_BITS | words[1] >> TRACE_BITS << 16 | words[2] >> TRACE_BITS << 32;
	told.time_ns = time << TRACE_TIME_SHIFT;
	for (unsigned i = 0; i < 4; i++)
		told.arguments[i] = (uint64_t)trace_value(words[i]);
	return told;
}
