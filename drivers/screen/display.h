/* SPDX-License-Identifier: MIT */
/*
 * display: where cells of a terminal become visible: a struct of callbacks with one implementation for VGA text and one for
 * a linear framebuffer. Which one, and its geometry, comes from the boot information; what makes no sense is refused.
 *
 * Cells are given once: whoever draws keeps what is on the screen and gives a cell only when it changes.
 */
#ifndef LICHEN_SCREEN_DISPLAY_H
#define LICHEN_SCREEN_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/boot.h"
#include "abi/status.h"
#include "abi/types.h"

#define CELL_UNDERLINE 0x1u

struct cell {
	uint32_t character;              /* Unicode; 0 is a blank */
	uint32_t foreground, background; /* 0xRRGGBB */
	uint32_t flags;                  /* CELL_* */
};

struct display {
	uint32_t columns, rows; /* of cells */
	void (*put_cell)(struct display *display, uint32_t row, uint32_t column, const struct cell *cell);
	/* NULL: the display has no cursor of its own, and the cell under it is drawn inverted. */
	void (*place_cursor)(struct display *display, uint32_t row, uint32_t column, bool visible);

	uint8_t *memory; /* first byte of the screen */
	struct boot_framebuffer frame;
	handle_t ports; /* VGA text: of the CRT controller */
};

/* The 16 colours of a PC's text screen. */
extern const uint32_t display_palette[16];

/* Bytes that the screen takes from its address on; 0 when there is none or it makes no sense. */
uint64_t display_bytes(const struct boot_framebuffer *frame);
/* Over memory that holds display_bytes. NOT_SUPPORTED: none, or of a kind that is not known. */
status_t display_start(struct display *display, const struct boot_framebuffer *frame, uint8_t *memory,
		       handle_t ports);

/* One for each kind. */
void text_display_start(struct display *display);
void pixel_display_start(struct display *display);

#endif
