/* SPDX-License-Identifier: MIT */
/*
 * The line discipline (termios(3)): what a terminal does with bytes between the line and the program. Pure: no locks, no
 * sleeping, no messages; the owner's lock guards a struct discipline, and tests run it on the host.
 *
 * Input is queued between tail and head (counters modulo 2^32); in canonical mode only what lies before `canonical` is
 * complete and may be read, and line_ends has a bit at each byte that ends a line. An end-of-file character is queued as
 * END_OF_FILE with its bit set, and never handed out. Echo and written output go into `output`, whose consumer is the owner.
 */
#ifndef LICHEN_PERSONALITY_DISCIPLINE_H
#define LICHEN_PERSONALITY_DISCIPLINE_H

#include <stdbool.h>
#include <stdint.h>
#include "linux_abi/tty.h"
#include "tty/byte_ring.h"

#define INPUT_SIZE 4096u
#define END_OF_FILE 0u
/* A pty's master has so much of the output as good as read: a flush does not reach it. Echo of the very input that carries
   the signal character is another matter: it is dropped, as on Linux. */
#define OUTPUT_DELIVERED 4096u

struct discipline {
	struct linux_termios settings;
	uint32_t special[8]; /* bit map of characters that mean something with these settings */
	bool plain;          /* input bytes are queued as they are */
	bool is_pty;         /* a stopped one takes no output; see OUTPUT_DELIVERED */
	bool stopped;        /* output, by the stop character or TCOOFF */
	bool literal;        /* the next character is quoted */
	bool erasing;        /* ECHOPRT: within \.../ */
	uint32_t head, canonical, tail;
	/* output.head, column and line_column when the input that is being fed came */
	uint32_t echo_start, start_column, start_line_column;
	uint32_t column, line_column; /* of the cursor; where the line's echo began */
	uint32_t line_ends[INPUT_SIZE / 32];
	uint8_t input[INPUT_SIZE];
	struct byte_ring output;
};

/* What happened beside bytes coming and going: for the owner to act on when it has released its lock. */
struct discipline_events {
	uint32_t signals; /* bit n: signal n for the foreground group */
	bool started, stopped;
	bool input_flushed, output_flushed;
};

/* Linux's settings of a fresh pty: a line adds its own. */
void discipline_default_settings(struct linux_termios *settings);
void discipline_init(struct discipline *discipline, const struct linux_termios *settings, bool is_pty);
/* New settings. Between canonical and not, what is queued becomes one line, or readable at once. */
void discipline_configure(struct discipline *discipline, const struct linux_termios *settings);

/* Bytes from the line, in order: answers how many were taken; fewer when the queue is full. */
uint32_t discipline_feed(struct discipline *discipline, const uint8_t *bytes, uint32_t count,
			 struct discipline_events *events);
void discipline_feed_break(struct discipline *discipline, struct discipline_events *events);

/* FIONREAD: complete input, end-of-file characters not counted. */
uint32_t discipline_input_bytes(const struct discipline *discipline);
/* `want` bytes, or in canonical mode a line, can be read. */
bool discipline_readable(const struct discipline *discipline, uint32_t want);
/* Take up to `max` bytes, in canonical mode of one line. *ended: the line's end was among them, or was an end of file. */
uint32_t discipline_take(struct discipline *discipline, uint8_t *buffer, uint32_t max, bool *ended);
/* A line filled the reader's buffer exactly and an end of file follows: it belongs to that line. */
void discipline_skip_end_of_file(struct discipline *discipline);

/* Written output, processed as c_oflag says: answers how many bytes were taken. */
uint32_t discipline_write(struct discipline *discipline, const uint8_t *bytes, uint32_t count);
void discipline_flush_input(struct discipline *discipline);
void discipline_flush_output(struct discipline *discipline);

static inline uint32_t discipline_queued(const struct discipline *discipline)
{
	return discipline->head - discipline->tail;
}

static inline bool discipline_is_canonical(const struct discipline *discipline)
{
	return discipline->settings.local & LINUX_ICANON && !(discipline->settings.local & LINUX_EXTPROC);
}

#endif
