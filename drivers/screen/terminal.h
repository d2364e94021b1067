/* SPDX-License-Identifier: MIT */
/*
 * terminal: a terminal emulator (libvterm) over a display. What programs write changes libvterm's cells; damaged spans of
 * rows are remembered, and terminal_render draws those cells of them that differ from what the display shows.
 *
 * What the terminal sends, keys and answers to queries, goes into the ring `input`.
 */
#ifndef LICHEN_SCREEN_TERMINAL_H
#define LICHEN_SCREEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vterm.h>
#include "abi/status.h"
#include "console/ring.h"
#include "display.h"
#include "escape_filter.h"
#include "guard.h"
#include "keyboard_protocol.h"
#include "utf8_filter.h"

#define TERMINAL_WRITE_MAX 2048u

/* Columns of a row that may have changed; none when first >= end. */
struct span {
	uint32_t first, end;
};

struct terminal {
	struct display *display;
	VTerm *emulator;
	VTermScreen *screen;
	struct guard guard;
	struct utf8_filter characters;
	struct escape_filter escapes;
	struct cell *shown;   /* what the display shows, row by row */
	struct span *damaged; /* one for each row */
	bool is_damaged;
	VTermPos cursor;
	bool cursor_visible, cursor_moved;
	struct ring input;
	uint32_t lost; /* bytes that did not fit into the ring */
};

/* Over a display that is blank. NO_MEMORY. */
status_t terminal_start(struct terminal *terminal, struct display *display);
/* At most TERMINAL_WRITE_MAX bytes. */
void terminal_write(struct terminal *terminal, const uint8_t *text, size_t bytes);
void terminal_press(struct terminal *terminal, const struct keyboard_stroke *stroke);
/* Something is to be drawn. */
bool terminal_is_stale(const struct terminal *terminal);
void terminal_render(struct terminal *terminal);

#endif
