/* SPDX-License-Identifier: MIT */
/*
 * guard: see guard.h. What lies wholly outside is done by doing nothing; answering 1 says that it is done.
 */
#include "guard.h"

#include <stdbool.h>
#include <vterm_internal.h>

static int between(int value, int low, int high)
{
	if (value < low)
		return low;
	return value < high ? value : high;
}

/* False when nothing is left of it. */
static bool clip(const struct guard *guard, VTermRect *rect)
{
	rect->start_row = between(rect->start_row, 0, guard->rows);
	rect->end_row = between(rect->end_row, 0, guard->rows);
	rect->start_col = between(rect->start_col, 0, guard->columns);
	rect->end_col = between(rect->end_col, 0, guard->columns);
	return rect->start_row < rect->end_row && rect->start_col < rect->end_col;
}

static int put_glyph(VTermGlyphInfo *info, VTermPos position, void *user)
{
	const struct guard *guard = user;

	if (position.row < 0 || position.row >= guard->rows || position.col < 0 || info->width < 1 ||
	    position.col > guard->columns - info->width)
		return 1;
	return guard->buffer->putglyph(info, position, guard->buffer_data);
}

static int move_cursor(VTermPos position, VTermPos old, int visible, void *user)
{
	const struct guard *guard = user;

	position.row = between(position.row, 0, guard->rows - 1);
	position.col = between(position.col, 0, guard->columns - 1);
	return guard->buffer->movecursor(position, old, visible, guard->buffer_data);
}

static int scroll(VTermRect rect, int downward, int rightward, void *user)
{
	const struct guard *guard = user;
	int rows, columns;

	if (!clip(guard, &rect))
		return 1;
	rows = rect.end_row - rect.start_row;
	columns = rect.end_col - rect.start_col;
	return guard->buffer->scrollrect(rect, between(downward, -rows, rows),
					 between(rightward, -columns, columns), guard->buffer_data);
}

static int erase(VTermRect rect, int selective, void *user)
{
	const struct guard *guard = user;

	if (!clip(guard, &rect))
		return 1;
	return guard->buffer->erase(rect, selective, guard->buffer_data);
}

static int set_pen(VTermAttr attribute, VTermValue *value, void *user)
{
	const struct guard *guard = user;

	return guard->buffer->setpenattr(attribute, value, guard->buffer_data);
}

static int set_property(VTermProp property, VTermValue *value, void *user)
{
	const struct guard *guard = user;

	return guard->buffer->settermprop(property, value, guard->buffer_data);
}

static int set_line(int row, const VTermLineInfo *line, const VTermLineInfo *old, void *user)
{
	const struct guard *guard = user;

	if (row < 0 || row >= guard->rows)
		return 1;
	return guard->buffer->setlineinfo(row, line, old, guard->buffer_data);
}

/* Neither does the screen change its size, nor is there a bell. */
static const VTermStateCallbacks callbacks = {
	.putglyph = put_glyph,
	.movecursor = move_cursor,
	.scrollrect = scroll,
	.erase = erase,
	.setpenattr = set_pen,
	.settermprop = set_property,
	.setlineinfo = set_line,
};

void guard_install(struct guard *guard, VTerm *emulator)
{
	VTermState *state = vterm_obtain_state(emulator);

	vterm_get_size(emulator, &guard->rows, &guard->columns);
	guard->buffer = state->callbacks;
	guard->buffer_data = state->cbdata;
	vterm_state_set_callbacks(state, &callbacks, guard);
	/* Repeating "the last character" before there was one would advance by nothing, for ever. */
	state->combine_width = 1;
}
