/* SPDX-License-Identifier: MIT */
/*
 * Editing a line that is not complete: erasing characters, words and all of it, and showing it again.
 */
#include "tty/line_edit.h"

enum erase_kind { ERASE_CHARACTER, ERASE_WORD, ERASE_LINE };

static bool is_word_byte(uint8_t byte)
{
	return is_upper_byte(byte) || is_lower_byte(byte) || (byte >= '0' && byte <= '9') || byte == '_';
}

/* Where the last character of the line begins; head itself when the line begins with half a character. */
static uint32_t last_character(const struct discipline *d)
{
	uint32_t at = d->head;
	do
		at--;
	while (at != d->canonical && is_continuation(d, input_at(d, at)));
	return is_continuation(d, input_at(d, at)) ? d->head : at;
}

/* ECHOPRT: what is erased is shown again, between backslash and slash. */
static void show_printed(struct discipline *d, uint32_t start, uint32_t end)
{
	if (!d->erasing)
		echo_raw(d, '\\');
	d->erasing = true;
	echo_byte(d, input_at(d, start));
	for (uint32_t at = start + 1; at != end; at++) {
		echo_raw(d, input_at(d, at));
		d->column -= d->column > 0;
	}
}

/* A tab was taken off the end: how far its start lies behind the tab before it, or the line's start. */
static void show_tab_erased(struct discipline *d)
{
	uint32_t columns = 0, at = d->head;
	while (at != d->canonical) {
		uint8_t byte = input_at(d, --at);
		if (byte == '\t') {
			echo_erase_tab(d, columns, true);
			return;
		}
		if (is_control_byte(byte))
			columns += has_local(d, LINUX_ECHOCTL) ? 2 : 0;
		else if (!is_continuation(d, byte))
			columns++;
	}
	echo_erase_tab(d, columns, false);
}

static void show_rubout(struct discipline *d)
{
	echo_raw(d, '\b');
	echo_raw(d, ' ');
	echo_raw(d, '\b');
}

/* The character [start, end) was just taken off the line. */
static void show_erased(struct discipline *d, enum erase_kind kind, uint32_t start, uint32_t end)
{
	uint8_t byte = input_at(d, start);
	if (has_local(d, LINUX_ECHOPRT)) {
		show_printed(d, start, end);
	} else if (kind == ERASE_CHARACTER && !has_local(d, LINUX_ECHOE)) {
		echo_byte(d, d->settings.characters[LINUX_VERASE]);
	} else if (byte == '\t') {
		show_tab_erased(d);
	} else if (!is_control_byte(byte)) {
		show_rubout(d);
	} else if (has_local(d, LINUX_ECHOCTL)) {
		show_rubout(d);
		show_rubout(d);
	}
}

static void erase_steps(struct discipline *d, enum erase_kind kind)
{
	bool in_word = false;
	while (d->head != d->canonical) {
		uint32_t end = d->head, start = last_character(d);
		bool word_byte = is_word_byte(input_at(d, start));
		if (start == end || (kind == ERASE_WORD && in_word && !word_byte))
			break;
		in_word |= word_byte;
		d->head = start;
		if (has_local(d, LINUX_ECHO))
			show_erased(d, kind, start, end);
		if (kind == ERASE_CHARACTER)
			break;
	}
}

/* A killed line that is not wiped character by character. */
static void kill_line(struct discipline *d)
{
	d->head = d->canonical;
	if (!has_local(d, LINUX_ECHO))
		return;
	echo_end_erasing(d);
	echo_byte(d, d->settings.characters[LINUX_VKILL]);
	if (has_local(d, LINUX_ECHOK))
		echo_raw(d, '\n');
}

static enum erase_kind kind_of(const struct discipline *d, uint8_t byte)
{
	if (is_character(d, LINUX_VERASE, byte))
		return ERASE_CHARACTER;
	if (is_character(d, LINUX_VWERASE, byte) && has_local(d, LINUX_IEXTEN))
		return ERASE_WORD;
	return ERASE_LINE;
}

void line_erase(struct discipline *d, uint8_t byte)
{
	const uint32_t wiping = LINUX_ECHO | LINUX_ECHOK | LINUX_ECHOKE | LINUX_ECHOE;
	enum erase_kind kind = kind_of(d, byte);
	if (d->head == d->canonical)
		return;
	if (kind == ERASE_LINE && (d->settings.local & wiping) != wiping) {
		kill_line(d);
		return;
	}
	erase_steps(d, kind);
	if (d->head == d->canonical && has_local(d, LINUX_ECHO))
		echo_end_erasing(d);
}

void line_reprint(struct discipline *d, uint8_t byte)
{
	echo_end_erasing(d);
	echo_byte(d, byte);
	echo_raw(d, '\n');
	for (uint32_t at = d->canonical; at != d->head; at++)
		echo_byte(d, input_at(d, at));
}
