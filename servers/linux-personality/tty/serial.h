/* SPDX-License-Identifier: MIT */
/*
 * Terminals over an endpoint of the console service: serial lines, and the screen with its keyboard, which serves the same
 * protocol and is tty1.
 *
 * One thread per line waits for the driver's events, feeds input and moves output on. Input is read only while the terminal
 * is open and its queue takes it: the driver keeps the rest.
 */
#ifndef LICHEN_PERSONALITY_SERIAL_H
#define LICHEN_PERSONALITY_SERIAL_H

#include "console_protocol.h"
#include "tty/tty.h"

enum serial_line { LINE_TTYS0, LINE_TTYS1, LINE_SCREEN, LINE_COUNT };

struct serial {
	struct tty tty;      /* first */
	handle_t endpoint;   /* I; of this instance of the server */
	handle_t events;     /* I; notification that the driver signals */
	struct mutex device; /* guards what follows, over messages */
	uint64_t write_id;
	bool unanswered; /* the last write got no answer: it is sent again with its id */
	bool paused;     /* as the driver was told */
	struct console_line line;
	struct linux_winsize screen; /* what the device shows; zeros when it cannot know */
	uint32_t lost;               /* A; the driver ended: the thread opens it again */
	uint32_t throttled;          /* A; input waits for room */
	/* The line's thread alone: read from the driver and not yet fed. */
	uint32_t pending_start, pending_end;
	uint8_t pending[CONSOLE_DATA_MAX];
};

static inline struct serial *serial_of(struct tty *tty)
{
	return (struct serial *)tty;
}

/* The terminals that the manifest grants endpoints for and whose drivers answer. 0 or -errno. */
int serial_init(void);
/* NULL: there is no such terminal. */
struct tty *serial_find(enum serial_line line);
/* By a device's minor number with major 4; 0 is the screen in view. */
struct tty *serial_find_minor(uint32_t minor);
uint32_t serial_minor(enum serial_line line);
/* Wake the line's thread: the terminal was opened, or its queue has room again. */
void serial_wake(struct serial *port);
/* Give the driver what it takes of the output. */
void serial_push(struct serial *port);
/* Tell the driver whether output is stopped, if that changed. */
void serial_sync_pause(struct serial *port);
/* Drop what the driver has not sent. */
void serial_flush_output(struct serial *port);
/* The device has sent everything; else the output queue is woken when it has. */
bool serial_is_drained(struct serial *port);

/* serial_line.c */
/* Make the line what the settings say. */
void serial_apply_settings(struct serial *port, const struct linux_termios *settings);
/* The settings that a line in this state has. */
void serial_settings_from_line(struct linux_termios *settings, const struct console_line *line);
int64_t serial_control(struct thread *self, struct serial *port, uint32_t command, uint64_t argument);
void serial_break(struct serial *port, bool on);

/* linux_speeds.c: between a CBAUD code and bits a second; 0 for a code without speed, LINUX_BOTHER for a speed without code. */
uint32_t speed_of_code(uint32_t code);
uint32_t code_of_speed(uint32_t speed);

#endif
