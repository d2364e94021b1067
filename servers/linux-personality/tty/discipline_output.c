/* SPDX-License-Identifier: MIT */
/*
 * The discipline's way out: output processing, and echo on top of it.
 *
 * The cursor's column is followed for tabs and for erasing them; it is only right while OPOST is set, as on Linux.
 */
#include "tty/line_edit.h"

static bool emit(struct discipline *d, const char *bytes, uint32_t count)
{
	if (byte_ring_room(&d->output) < count)
		return false;
	byte_ring_put_all(&d->output, (const uint8_t *)bytes, count);
	return true;
}

static bool emit_byte(struct discipline *d, uint8_t byte)
{
	return emit(d, (const char *)&byte, 1);
}

static bool output_newline(struct discipline *d)
{
	if (has_output(d, LINUX_ONLCR)) {
		if (!emit(d, "\r\n", 2))
			return false;
		d->line_column = d->column = 0;
		return true;
	}
	if (!emit_byte(d, '\n'))
		return false;
	if (has_output(d, LINUX_ONLRET))
		d->column = 0;
	d->line_column = d->column;
	return true;
}

static bool output_return(struct discipline *d)
{
	bool becomes_newline = has_output(d, LINUX_OCRNL);
	if (has_output(d, LINUX_ONOCR) && d->column == 0)
		return true;
	if (!emit_byte(d, becomes_newline ? '\n' : '\r'))
		return false;
	if (!becomes_newline || has_output(d, LINUX_ONLRET))
		d->line_column = d->column = 0;
	return true;
}

static bool output_tab(struct discipline *d)
{
	uint32_t spaces = 8 - d->column % 8;
	bool fits = (d->settings.output & LINUX_TABDLY) == LINUX_XTABS ? emit(d, "        ", spaces)
								       : emit_byte(d, '\t');
	if (fits)
		d->column += spaces;
	return fits;
}

static bool output_printable(struct discipline *d, uint8_t byte)
{
	if (has_output(d, LINUX_OLCUC) && is_lower_byte(byte))
		byte = (uint8_t)(byte - 'a' + 'A');
	if (!emit_byte(d, byte))
		return false;
	if (!is_control_byte(byte) && !is_continuation(d, byte))
		d->column++;
	return true;
}

bool output_byte(struct discipline *d, uint8_t byte)
{
	switch (byte) {
	case '\n': return output_newline(d);
	case '\r': return output_return(d);
	case '\t': return output_tab(d);
	case '\b':
		if (!emit_byte(d, byte))
			return false;
		d->column -= d->column > 0;
		return true;
	default: return output_printable(d, byte);
	}
}

uint32_t discipline_write(struct discipline *d, const uint8_t *bytes, uint32_t count)
{
	uint32_t done = 0;
	if (d->is_pty && d->stopped)
		return 0;
	if (!has_output(d, LINUX_OPOST))
		return byte_ring_put_all(&d->output, bytes, count);
	while (done < count && output_byte(d, bytes[done]))
		done++;
	return done;
}

/* Take back output that nobody has taken yet, down to `kept` bytes. */
static bool truncate_output(struct discipline *d, uint32_t kept)
{
	if (byte_ring_used(&d->output) <= kept)
		return false;
	d->output.head = d->output.tail + kept;
	return true;
}

void discipline_flush_output(struct discipline *d)
{
	if (d->is_pty)
		(void)truncate_output(d, OUTPUT_DELIVERED);
	else
		byte_ring_flush(&d->output);
}

void echo_forget(struct discipline *d)
{
	if (!d->is_pty || !truncate_output(d, d->echo_start - d->output.tail))
		return;
	d->column = d->start_column;
	d->line_column = d->start_line_column;
}

/* Linux's echo queue escapes the byte 0377, which so goes past output processing. */
void echo_raw(struct discipline *d, uint8_t byte)
{
	if (byte == 0377)
		d->column += emit_byte(d, byte);
	else if (has_output(d, LINUX_OPOST))
		(void)output_byte(d, byte);
	else
		(void)emit_byte(d, byte);
}

void echo_byte(struct discipline *d, uint8_t byte)
{
	char shown[2] = { '^', (char)(byte ^ 0100) };
	if (!has_local(d, LINUX_ECHOCTL) || !is_control_byte(byte) || byte == '\t')
		echo_raw(d, byte);
	else if (emit(d, shown, 2))
		d->column += 2;
}

void echo_end_erasing(struct discipline *d)
{
	if (d->erasing)
		echo_raw(d, '/');
	d->erasing = false;
}

void echo_erase_tab(struct discipline *d, uint32_t columns, bool after_tab)
{
	if (!after_tab)
		columns += d->line_column;
	for (uint32_t steps = 8 - columns % 8; steps && emit_byte(d, '\b'); steps--)
		d->column -= d->column > 0;
}
