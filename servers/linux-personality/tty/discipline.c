/* SPDX-License-Identifier: MIT */
/*
 * The discipline's way in: each byte from the line is translated, acted on, edited into the line or just queued.
 */
#include "tty/discipline.h"

#include "linux_abi/signal.h"
#include "tty/line_edit.h"

void discipline_default_settings(struct linux_termios *settings)
{
	*settings = (struct linux_termios){
		.input = LINUX_ICRNL | LINUX_IXON,
		.output = LINUX_OPOST | LINUX_ONLCR,
		.control = LINUX_B38400 | LINUX_CS8 | LINUX_CREAD,
		.local = LINUX_ISIG | LINUX_ICANON | LINUX_ECHO | LINUX_ECHOE | LINUX_ECHOK | LINUX_ECHOCTL |
			 LINUX_ECHOKE | LINUX_IEXTEN,
		.characters = { [LINUX_VINTR] = 3,
				[LINUX_VQUIT] = 28,
				[LINUX_VERASE] = 127,
				[LINUX_VKILL] = 21,
				[LINUX_VEOF] = 4,
				[LINUX_VMIN] = 1,
				[LINUX_VSTART] = 17,
				[LINUX_VSTOP] = 19,
				[LINUX_VSUSP] = 26,
				[LINUX_VREPRINT] = 18,
				[LINUX_VDISCARD] = 15,
				[LINUX_VWERASE] = 23,
				[LINUX_VLNEXT] = 22 },
		.input_speed = 38400,
		.output_speed = 38400,
	};
}

static void mark(struct discipline *d, enum linux_control_character which)
{
	uint8_t byte = d->settings.characters[which];
	d->special[byte / 32] |= 1u << byte % 32;
}

static bool is_special(const struct discipline *d, uint8_t byte)
{
	return d->special[byte / 32] >> byte % 32 & 1;
}

static void mark_canonical(struct discipline *d)
{
	mark(d, LINUX_VERASE);
	mark(d, LINUX_VKILL);
	mark(d, LINUX_VEOF);
	mark(d, LINUX_VEOL);
	d->special['\n' / 32] |= 1u << '\n' % 32;
	if (!has_local(d, LINUX_IEXTEN))
		return;
	mark(d, LINUX_VWERASE);
	mark(d, LINUX_VLNEXT);
	mark(d, LINUX_VEOL2);
	if (has_local(d, LINUX_ECHO))
		mark(d, LINUX_VREPRINT);
}

/* Which characters mean something; the character 0 is "none" and never does. */
static void mark_all(struct discipline *d)
{
	memset(d->special, 0, sizeof(d->special));
	if (has_input(d, LINUX_IGNCR | LINUX_ICRNL))
		d->special['\r' / 32] |= 1u << '\r' % 32;
	if (has_input(d, LINUX_INLCR))
		d->special['\n' / 32] |= 1u << '\n' % 32;
	if (has_local(d, LINUX_ICANON))
		mark_canonical(d);
	if (has_input(d, LINUX_IXON)) {
		mark(d, LINUX_VSTART);
		mark(d, LINUX_VSTOP);
	}
	if (has_local(d, LINUX_ISIG)) {
		mark(d, LINUX_VINTR);
		mark(d, LINUX_VQUIT);
		mark(d, LINUX_VSUSP);
	}
	d->special[0] &= ~1u;
}

static bool is_plain(const struct discipline *d)
{
	return !has_local(d, LINUX_ICANON | LINUX_ISIG | LINUX_ECHO) &&
	       !has_input(d, LINUX_ISTRIP | LINUX_INLCR | LINUX_IGNCR | LINUX_ICRNL | LINUX_IUCLC |
				     LINUX_IXON | LINUX_PARMRK);
}

static void set_line_end(struct discipline *d, uint32_t position)
{
	uint32_t at = position % INPUT_SIZE;
	d->line_ends[at / 32] |= 1u << at % 32;
}

static bool is_line_end(const struct discipline *d, uint32_t position)
{
	uint32_t at = position % INPUT_SIZE;
	return d->line_ends[at / 32] >> at % 32 & 1;
}

static void clear_line_end(struct discipline *d, uint32_t position)
{
	uint32_t at = position % INPUT_SIZE;
	d->line_ends[at / 32] &= ~(1u << at % 32);
}

static void change_mode(struct discipline *d)
{
	memset(d->line_ends, 0, sizeof(d->line_ends));
	d->canonical = d->tail;
	if (has_local(d, LINUX_ICANON) && discipline_queued(d)) {
		set_line_end(d, d->head - 1);
		d->canonical = d->head;
	}
	d->erasing = d->literal = false;
}

void discipline_configure(struct discipline *d, const struct linux_termios *settings)
{
	uint32_t changed = d->settings.local ^ settings->local;
	d->settings = *settings;
	if (changed & (LINUX_ICANON | LINUX_EXTPROC))
		change_mode(d);
	mark_all(d);
	d->plain = is_plain(d);
}

void discipline_init(struct discipline *d, const struct linux_termios *settings, bool is_pty)
{
	memset(d, 0, sizeof(*d));
	d->is_pty = is_pty;
	discipline_configure(d, settings);
}

void discipline_flush_input(struct discipline *d)
{
	d->head = d->canonical = d->tail = 0;
	d->erasing = d->literal = false;
	memset(d->line_ends, 0, sizeof(d->line_ends));
}

void input_put(struct discipline *d, uint8_t byte)
{
	if (discipline_queued(d) < INPUT_SIZE)
		d->input[d->head++ % INPUT_SIZE] = byte;
}

void input_end_line(struct discipline *d, uint8_t byte)
{
	set_line_end(d, d->head);
	input_put(d, byte);
	d->canonical = d->head;
}

/* With PARMRK a byte 0377 of the line is doubled, so that it cannot be taken for a mark. */
static void put_marked(struct discipline *d, uint8_t byte)
{
	if (byte == 0377 && has_input(d, LINUX_PARMRK))
		input_put(d, byte);
	input_put(d, byte);
}

static void note_columns(struct discipline *d)
{
	d->start_column = d->column;
	d->start_line_column = d->line_column;
}

/* Echo so far counts as shown: a signal behind it does not take its columns back. */
static void start_output(struct discipline *d, struct discipline_events *events)
{
	events->started |= d->stopped;
	d->stopped = false;
	note_columns(d);
}

static void stop_output(struct discipline *d, struct discipline_events *events)
{
	events->stopped |= !d->stopped;
	d->stopped = true;
}

static void start_if_any(struct discipline *d, struct discipline_events *events)
{
	if (d->stopped && has_input(d, LINUX_IXON) && has_input(d, LINUX_IXANY))
		start_output(d, events);
}

/* Echo a byte that goes into the line. */
static void echo_queued(struct discipline *d, uint8_t byte)
{
	if (d->canonical == d->head)
		d->line_column = d->column;
	echo_byte(d, byte);
}

static void receive_ordinary(struct discipline *d, uint8_t byte, struct discipline_events *events)
{
	start_if_any(d, events);
	if (has_local(d, LINUX_ECHO)) {
		echo_end_erasing(d);
		echo_queued(d, byte);
	}
	put_marked(d, byte);
}

static bool receive_flow(struct discipline *d, uint8_t byte, struct discipline_events *events)
{
	if (!has_input(d, LINUX_IXON))
		return false;
	if (is_character(d, LINUX_VSTART, byte)) {
		start_output(d, events);
		return true;
	}
	if (!is_character(d, LINUX_VSTOP, byte))
		return false;
	stop_output(d, events);
	return true;
}

static void raise_signal(struct discipline *d, int number, struct discipline_events *events)
{
	events->signals |= 1u << number;
	if (has_local(d, LINUX_NOFLSH))
		return;
	discipline_flush_input(d);
	echo_forget(d);
	discipline_flush_output(d);
	events->input_flushed = events->output_flushed = true;
}

static bool receive_signal(struct discipline *d, uint8_t byte, struct discipline_events *events)
{
	int number;
	if (!has_local(d, LINUX_ISIG))
		return false;
	if (is_character(d, LINUX_VINTR, byte))
		number = LINUX_SIGINT;
	else if (is_character(d, LINUX_VQUIT, byte))
		number = LINUX_SIGQUIT;
	else if (is_character(d, LINUX_VSUSP, byte))
		number = LINUX_SIGTSTP;
	else
		return false;
	raise_signal(d, number, events);
	if (has_input(d, LINUX_IXON))
		start_output(d, events);
	if (has_local(d, LINUX_ECHO))
		echo_byte(d, byte);
	return true;
}

static void quote_next(struct discipline *d)
{
	d->literal = true;
	if (!has_local(d, LINUX_ECHO))
		return;
	echo_end_erasing(d);
	if (!has_local(d, LINUX_ECHOCTL))
		return;
	echo_raw(d, '^');
	echo_raw(d, '\b');
}

static bool receive_editing(struct discipline *d, uint8_t byte)
{
	bool extended = has_local(d, LINUX_IEXTEN);
	if (is_character(d, LINUX_VERASE, byte) || is_character(d, LINUX_VKILL, byte) ||
	    (extended && is_character(d, LINUX_VWERASE, byte)))
		line_erase(d, byte);
	else if (extended && is_character(d, LINUX_VLNEXT, byte))
		quote_next(d);
	else if (extended && has_local(d, LINUX_ECHO) && is_character(d, LINUX_VREPRINT, byte))
		line_reprint(d, byte);
	else
		return false;
	return true;
}

static bool receive_line_end(struct discipline *d, uint8_t byte)
{
	if (byte == '\n') {
		if (has_local(d, LINUX_ECHO | LINUX_ECHONL))
			echo_raw(d, '\n');
		input_end_line(d, byte);
		return true;
	}
	if (is_character(d, LINUX_VEOF, byte)) {
		input_end_line(d, END_OF_FILE);
		return true;
	}
	if (!is_character(d, LINUX_VEOL, byte) &&
	    !(is_character(d, LINUX_VEOL2, byte) && has_local(d, LINUX_IEXTEN)))
		return false;
	if (has_local(d, LINUX_ECHO))
		echo_queued(d, byte);
	if (byte == 0377 && has_input(d, LINUX_PARMRK))
		input_put(d, byte);
	input_end_line(d, byte);
	return true;
}

static void receive_translated(struct discipline *d, uint8_t byte)
{
	if (has_local(d, LINUX_ICANON) && (receive_editing(d, byte) || receive_line_end(d, byte)))
		return;
	if (has_local(d, LINUX_ECHO)) {
		echo_end_erasing(d);
		if (byte == '\n')
			echo_raw(d, byte);
		else
			echo_queued(d, byte);
	}
	put_marked(d, byte);
}

static void receive_special(struct discipline *d, uint8_t byte, struct discipline_events *events)
{
	if (receive_flow(d, byte, events) || receive_signal(d, byte, events))
		return;
	start_if_any(d, events);
	if (byte == '\r' && has_input(d, LINUX_IGNCR))
		return;
	if (byte == '\r' && has_input(d, LINUX_ICRNL))
		byte = '\n';
	else if (byte == '\n' && has_input(d, LINUX_INLCR))
		byte = '\r';
	receive_translated(d, byte);
}

static uint8_t strip(const struct discipline *d, uint8_t byte)
{
	if (has_input(d, LINUX_ISTRIP))
		byte &= 0x7f;
	if (has_input(d, LINUX_IUCLC) && has_local(d, LINUX_IEXTEN) && is_upper_byte(byte))
		byte = (uint8_t)(byte - 'A' + 'a');
	return byte;
}

static void receive(struct discipline *d, uint8_t byte, struct discipline_events *events)
{
	bool quoted = d->literal;
	byte = strip(d, byte);
	d->literal = false;
	if (has_local(d, LINUX_EXTPROC))
		input_put(d, byte);
	else if (!quoted && is_special(d, byte))
		receive_special(d, byte, events);
	else
		receive_ordinary(d, byte, events);
}

/* Bytes that may come: one place stays free for the line's end, and marks may triple a byte. */
static int32_t input_room(const struct discipline *d)
{
	uint32_t free_bytes = INPUT_SIZE - discipline_queued(d);
	if (has_input(d, LINUX_PARMRK))
		free_bytes = (free_bytes + 2) / 3;
	return (int32_t)free_bytes - 1;
}

/* A full queue without a complete line could never be read: then its last byte is given up for the next. */
static bool make_room(struct discipline *d)
{
	int32_t room = input_room(d);
	if (room > 0)
		return true;
	if (!has_local(d, LINUX_ICANON) || d->canonical != d->tail)
		return false;
	if (room < 0) {
		d->head--;
		if (has_input(d, LINUX_IMAXBEL) && has_local(d, LINUX_ECHO))
			echo_raw(d, '\a');
	}
	return true;
}

static uint32_t feed_plain(struct discipline *d, const uint8_t *bytes, uint32_t count)
{
	uint32_t room = (uint32_t)input_room(d), at = d->head % INPUT_SIZE, first;
	count = count < room ? count : room;
	first = count < INPUT_SIZE - at ? count : INPUT_SIZE - at;
	memcpy(d->input + at, bytes, first);
	memcpy(d->input, bytes + first, count - first);
	d->head += count;
	return count;
}

uint32_t discipline_feed(struct discipline *d, const uint8_t *bytes, uint32_t count,
			 struct discipline_events *events)
{
	uint32_t done = 0;
	d->echo_start = d->output.head;
	note_columns(d);
	if (d->plain && input_room(d) > 0)
		return feed_plain(d, bytes, count);
	while (done < count && make_room(d))
		receive(d, bytes[done++], events);
	return done;
}

void discipline_feed_break(struct discipline *d, struct discipline_events *events)
{
	if (has_input(d, LINUX_IGNBRK))
		return;
	if (has_input(d, LINUX_BRKINT)) {
		raise_signal(d, LINUX_SIGINT, events);
		return;
	}
	if (has_input(d, LINUX_PARMRK)) {
		input_put(d, 0377);
		input_put(d, 0);
	}
	input_put(d, 0);
}

uint32_t discipline_input_bytes(const struct discipline *d)
{
	uint32_t count = 0;
	if (!discipline_is_canonical(d))
		return discipline_queued(d);
	for (uint32_t at = d->tail; at != d->canonical; at++)
		count += !(is_line_end(d, at) && input_at(d, at) == END_OF_FILE);
	return count;
}

bool discipline_readable(const struct discipline *d, uint32_t want)
{
	return discipline_is_canonical(d) ? d->canonical != d->tail : discipline_queued(d) >= want;
}

static uint32_t take_line(struct discipline *d, uint8_t *buffer, uint32_t max, bool *ended)
{
	uint32_t count = 0;
	while (count < max && d->tail != d->canonical && !*ended) {
		uint8_t byte = input_at(d, d->tail);
		*ended = is_line_end(d, d->tail);
		clear_line_end(d, d->tail);
		d->tail++;
		if (!*ended || byte != END_OF_FILE)
			buffer[count++] = byte;
	}
	return count;
}

uint32_t discipline_take(struct discipline *d, uint8_t *buffer, uint32_t max, bool *ended)
{
	uint32_t count = discipline_queued(d), at = d->tail % INPUT_SIZE, first;
	*ended = false;
	if (discipline_is_canonical(d))
		return take_line(d, buffer, max, ended);
	count = count < max ? count : max;
	first = count < INPUT_SIZE - at ? count : INPUT_SIZE - at;
	memcpy(buffer, d->input + at, first);
	memcpy(buffer + first, d->input, count - first);
	d->tail += count;
	return count;
}

void discipline_skip_end_of_file(struct discipline *d)
{
	if (!discipline_is_canonical(d) || d->tail == d->canonical || !is_line_end(d, d->tail) ||
	    input_at(d, d->tail) != END_OF_FILE)
		return;
	clear_line_end(d, d->tail);
	d->tail++;
}
