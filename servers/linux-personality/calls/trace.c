/* SPDX-License-Identifier: MIT */
/*
 * Printing calls from the table's rows.
 */
#include "calls/trace.h"

#include "calls/calls.h"
#include "runtime/format.h"

static void append_argument(struct format_buffer *out, uint8_t kind, uint64_t value)
{
	switch (kind) {
	case ARGUMENT_FD:
	case ARGUMENT_S32:
	case ARGUMENT_SIG: format_append(out, "%d", (int32_t)value); break;
	case ARGUMENT_U32: format_append(out, "%u", (uint32_t)value); break;
	case ARGUMENT_MODE:
	case ARGUMENT_FLAGS: format_append(out, "0x%x", (uint32_t)value); break;
	case ARGUMENT_S64: format_append(out, "%ld", (int64_t)value); break;
	case ARGUMENT_SIZE:
	case ARGUMENT_U64: format_append(out, "%lu", value); break;
	default: format_append(out, "0x%lx", value); break;
	}
}

static void append_result(struct format_buffer *out, int64_t result)
{
	if (result == INT64_MIN)
		format_append(out, ") ...");
	else if (result < 0 || result < 65536)
		format_append(out, ") = %ld", result);
	else
		format_append(out, ") = 0x%lx", (uint64_t)result);
}

size_t call_format(char *line, size_t bytes, uint64_t number, const uint64_t arguments[6], int64_t result)
{
	static const struct call_row unknown;
	const struct call_row *row = number < CALL_ROW_COUNT ? &call_rows[number] : &unknown;
	struct format_buffer out = format_start(line, bytes);
	if (row->name)
		format_append(&out, "%s(", row->name);
	else
		format_append(&out, "call_%lu(", number);
	for (uint32_t i = 0; i < row->argument_count; i++) {
		format_append(&out, "%s", i ? ", " : "");
		append_argument(&out, row->kinds[i], arguments[i]);
	}
	append_result(&out, result);
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
