/* SPDX-License-Identifier: MIT */
/*
 * service: the console protocol over a terminal, and the client of the keyboard. Output is taken at once and drawn at most
 * once in SCREEN_FRAME_NS, so that a flood of text costs drawing for what is seen only; text after a pause is drawn
 * immediately. Nothing survives the driver's end: a client that hears RESTART opens again.
 */
#ifndef LICHEN_SCREEN_SERVICE_H
#define LICHEN_SCREEN_SERVICE_H

#include "console_protocol.h"
#include "runtime/server.h"
#include "terminal.h"

#define SCREEN_FRAME_NS 10000000ull

struct console_context {
	struct server_loop loop;
	struct terminal terminal;
	struct console_line line;
	handle_t keyboard, keyboard_events; /* HANDLE_NONE: there is no keyboard */
	uint64_t stroke_request;            /* id of the last read of strokes */
	handle_t client;                    /* notification, HANDLE_NONE: not opened */
	bool paused;
	bool wants_room;     /* a write while paused: tell when resumed */
	uint64_t last_write; /* request id of the last write, and what it was answered */
	uint32_t last_taken;
	uint64_t received, sent;
	uint64_t drawn_ns; /* when the display was last brought up to date */
};

/* Becomes the keyboard's client. */
void screen_open_keyboard(struct console_context *context);
/* Strokes wait. */
void screen_read_strokes(struct console_context *context);
/* Draws now if the last time is long enough ago, else sets the loop's deadline. */
void screen_update(struct console_context *context);

#endif
