/* SPDX-License-Identifier: MIT */
/*
 * guard: stands between libvterm's state machine and its cell buffer, and keeps what the one asks of the other inside the
 * screen. With some sequences (a wide character inserted at the last column without wrapping, for one) version 0.1.4 moves
 * cells that are not there; programs may write any sequence.
 */
#ifndef LICHEN_SCREEN_GUARD_H
#define LICHEN_SCREEN_GUARD_H

#include <vterm.h>

struct guard {
	int rows, columns;
	const VTermStateCallbacks *buffer; /* of the cell buffer, and what they want */
	void *buffer_data;
};

/* After the cell buffer was made (vterm_obtain_screen). The guard must stay. */
void guard_install(struct guard *guard, VTerm *emulator);

#endif
