/* SPDX-License-Identifier: MIT */
/*
 * terminal: see terminal.h.
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include "keys.h"

#define DEFAULT_FOREGROUND 7
#define BOLD_FOREGROUND 15
#define COLOURS 16
#define SECOND_HALF UINT32_MAX /* libvterm's mark behind a wide character */

static int between(int value, uint32_t limit)
{
	if (value < 0)
		return 0;
	return (uint32_t)value < limit ? value : (int)limit;
}

/* libvterm's rectangles and cursor can reach beyond the last column, behind a wide character for one. */
static int on_damage(VTermRect rect, void *user)
{
	struct terminal *terminal = user;
	uint32_t first = (uint32_t)between(rect.start_col, terminal->display->columns);
	uint32_t end = (uint32_t)between(rect.end_col, terminal->display->columns);
	int last_row = between(rect.end_row, terminal->display->rows);

	for (int row = between(rect.start_row, terminal->display->rows); row < last_row; row++) {
		struct span *span = &terminal->damaged[row];

		span->first = first < span->first ? first : span->first;
		span->end = end > span->end ? end : span->end;
	}
	terminal->is_damaged = true;
	return 1;
}

static void damage_cursor(struct terminal *terminal)
{
	VTermPos at = terminal->cursor;

	(void)on_damage((VTermRect){ at.row, at.row + 1, at.col, at.col + 1 }, terminal);
	terminal->cursor_moved = true;
}

static int on_cursor(VTermPos position, VTermPos old, int visible, void *user)
{
	struct terminal *terminal = user;

	(void)old;
	(void)visible;
	damage_cursor(terminal);
	terminal->cursor.row = between(position.row, terminal->display->rows - 1);
	terminal->cursor.col = between(position.col, terminal->display->columns - 1);
	damage_cursor(terminal);
	return 1;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct terminal *terminal = user;

	if (property != VTERM_PROP_CURSORVISIBLE)
		return 1;
	terminal->cursor_visible = value->boolean != 0;
	damage_cursor(terminal);
	return 1;
}

static void on_output(const char *text, size_t length, void *user)
{
	struct terminal *terminal = user;

	terminal->lost += (uint32_t)length -
			  ring_put_all(&terminal->input, (const uint8_t *)text, (uint32_t)length);
}

static const VTermScreenCallbacks callbacks = {
	.damage = on_damage,
	.movecursor = on_cursor,
	.settermprop = on_property,
};

static VTermColor colour_of(uint32_t rgb)
{
	VTermColor colour;

	vterm_color_rgb(&colour, (uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb);
	return colour;
}

static void set_palette(struct terminal *terminal)
{
	VTermState *state = vterm_obtain_state(terminal->emulator);
	VTermColor foreground = colour_of(display_palette[DEFAULT_FOREGROUND]);
	VTermColor background = colour_of(display_palette[0]);

	for (int i = 0; i < COLOURS; i++) {
		VTermColor colour = colour_of(display_palette[i]);
		vterm_state_set_palette_color(state, i, &colour);
	}
	vterm_state_set_default_colors(state, &foreground, &background);
	vterm_state_set_bold_highbright(state, 1);
}

static bool allocate_cells(struct terminal *terminal)
{
	uint32_t rows = terminal->display->rows, cells = rows * terminal->display->columns;

	terminal->shown = calloc(cells, sizeof *terminal->shown);
	terminal->damaged = calloc(rows, sizeof *terminal->damaged);
	if (terminal->shown == NULL || terminal->damaged == NULL)
		return false;
	for (uint32_t i = 0; i < cells; i++)
		terminal->shown[i].foreground = display_palette[DEFAULT_FOREGROUND];
	for (uint32_t i = 0; i < rows; i++)
		terminal->damaged[i].first = UINT32_MAX;
	return true;
}

status_t terminal_start(struct terminal *terminal, struct display *display)
{
	memset(terminal, 0, sizeof *terminal);
	terminal->display = display;
	if (!allocate_cells(terminal))
		return STATUS_NO_MEMORY;
	terminal->emulator = vterm_new((int)display->rows, (int)display->columns);
	if (terminal->emulator == NULL)
		return STATUS_NO_MEMORY;
	vterm_set_utf8(terminal->emulator, 1);
	vterm_output_set_callback(terminal->emulator, on_output, terminal);
	set_palette(terminal);
	terminal->screen = vterm_obtain_screen(terminal->emulator);
	vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
	vterm_screen_set_damage_merge(terminal->screen, VTERM_DAMAGE_ROW);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	guard_install(&terminal->guard, terminal->emulator);
	vterm_screen_reset(terminal->screen, 1);
	return STATUS_OK;
}

void terminal_write(struct terminal *terminal, const uint8_t *text, size_t bytes)
{
	uint8_t clean[UTF8_FILTER_GROWTH * (TERMINAL_WRITE_MAX + 1)];
	size_t length = utf8_filter_take(&terminal->characters, text, bytes, clean);

	length = escape_filter_take(&terminal->escapes, clean, length);
	vterm_input_write(terminal->emulator, (const char *)clean, length);
	vterm_screen_flush_damage(terminal->screen);
}

static VTermKey cursor_key(uint32_t key)
{
	switch (key) {
	case KEYBOARD_KEY_UP: return VTERM_KEY_UP;
	case KEYBOARD_KEY_DOWN: return VTERM_KEY_DOWN;
	case KEYBOARD_KEY_LEFT: return VTERM_KEY_LEFT;
	case KEYBOARD_KEY_RIGHT: return VTERM_KEY_RIGHT;
	default: return VTERM_KEY_NONE;
	}
}

void terminal_press(struct terminal *terminal, const struct keyboard_stroke *stroke)
{
	VTermKey key = cursor_key(stroke->key);
	char sequence[KEYS_BYTES];

	if (key != VTERM_KEY_NONE)
		vterm_keyboard_key(terminal->emulator, key, VTERM_MOD_NONE);
	else
		on_output(sequence, keys_encode(stroke, sequence), terminal);
}

static uint32_t rgb_of(const struct terminal *terminal, VTermColor colour)
{
	vterm_screen_convert_color_to_rgb(terminal->screen, &colour);
	return (uint32_t)colour.rgb.red << 16 | (uint32_t)colour.rgb.green << 8 | colour.rgb.blue;
}

static bool is_under_cursor(const struct terminal *terminal, VTermPos at)
{
	return terminal->display->place_cursor == NULL && terminal->cursor_visible &&
	       terminal->cursor.row == at.row && terminal->cursor.col == at.col;
}

static struct cell cell_at(const struct terminal *terminal, VTermPos at)
{
	VTermScreenCell source;
	struct cell cell = { 0 };
	uint32_t colour;

	(void)vterm_screen_get_cell(terminal->screen, at, &source);
	cell.character = source.chars[0] == SECOND_HALF || source.chars[0] == ' ' ? 0 : source.chars[0];
	cell.foreground = rgb_of(terminal, source.fg);
	cell.background = rgb_of(terminal, source.bg);
	cell.flags = source.attrs.underline != 0 ? CELL_UNDERLINE : 0;
	if (source.attrs.bold && VTERM_COLOR_IS_DEFAULT_FG(&source.fg))
		cell.foreground = display_palette[BOLD_FOREGROUND];
	if ((source.attrs.reverse != 0) != is_under_cursor(terminal, at)) {
		colour = cell.foreground;
		cell.foreground = cell.background;
		cell.background = colour;
	}
	return cell;
}

bool terminal_is_stale(const struct terminal *terminal)
{
	return terminal->is_damaged;
}

static void render_row(struct terminal *terminal, uint32_t row)
{
	struct span *span = &terminal->damaged[row];
	struct cell *shown = terminal->shown + (size_t)row * terminal->display->columns;

	for (uint32_t column = span->first; column < span->end; column++) {
		struct cell cell = cell_at(terminal, (VTermPos){ (int)row, (int)column });

		if (memcmp(&cell, &shown[column], sizeof cell) == 0)
			continue;
		shown[column] = cell;
		terminal->display->put_cell(terminal->display, row, column, &cell);
	}
	*span = (struct span){ UINT32_MAX, 0 };
}

void terminal_render(struct terminal *terminal)
{
	struct display *display = terminal->display;

	for (uint32_t row = 0; row < display->rows; row++)
		render_row(terminal, row);
	terminal->is_damaged = false;
	if (terminal->cursor_moved && display->place_cursor != NULL)
		display->place_cursor(display, (uint32_t)terminal->cursor.row, (uint32_t)terminal->cursor.col,
				      terminal->cursor_visible);
	terminal->cursor_moved = false;
}
