/* SPDX-License-Identifier: MIT */
/*
 * Terminals: what serial lines and pseudoterminals have in common, and how the tty folder's files work together.
 *
 * `lock` (L, RANK_STREAM) guards the discipline, the size and the counts of opens; the link to a session is guarded by
 * process_tree_lock (T). Nothing is held over guest copies, waits and messages: whoever fed or wrote releases L and then calls
 * tty_apply and tty_transmit. Readers take turns, and so do writers, so that their data does not mix; a turn is waited for
 * like input, so a signal ends the wait.
 *
 * A file remembers how often its terminal was hung up before (detail[0]): if that is not the number now, the file is dead.
 * Files of /dev/console survive hang-ups and know no job control, as on Linux (detail[1]).
 */
#ifndef LICHEN_PERSONALITY_TTY_H
#define LICHEN_PERSONALITY_TTY_H

#include "core/lock.h"
#include "core/wait.h"
#include "file/file.h"
#include "tty/discipline.h"

struct session;

enum tty_kind { TTY_SERIAL = 1, TTY_PTY };

struct turn {
	uint32_t taken; /* A */
	struct wait_queue queue;
};

struct tty {
	uint32_t references; /* A; files, session, table */
	enum tty_kind kind;  /* I */
	uint32_t index;      /* I */
	uint32_t hangups;    /* A */
	struct lock lock;
	struct discipline discipline; /* L */
	struct linux_winsize size;    /* L */
	uint32_t opens;               /* L; files, not the pty's master */
	bool exclusive;               /* L */
	bool other_closed;            /* A; a pty whose master is gone */
	struct turn reading, writing;
	struct wait_queue input_queue, output_queue;
	struct session *session; /* T; the one that it controls; holds no reference */
};

#define TTY_FILE_CONSOLE 1u /* detail[1] */

/* All terminals that are there from the start, and their threads; the kernel's command line names the console. 0 or
   -errno. */
int tty_init(const char *command_line);
/* All output reached its devices, or the deadline passed: before power goes off. */
void tty_drain_all(uint64_t deadline_ns);

/* tty.c */
void tty_setup(struct tty *tty, enum tty_kind kind, uint32_t index);
void tty_get(struct tty *tty);
void tty_put(struct tty *tty);
/* 0, -EAGAIN, -ERESTARTSYS. */
int turn_take(struct thread *self, struct turn *turn, bool block);
void turn_release(struct turn *turn);
/* Input from the line or the master: bytes taken. Nothing is held. */
uint32_t tty_receive(struct tty *tty, const uint8_t *bytes, uint32_t count);
/* Do what the discipline asked for. Nothing is held. */
void tty_apply(struct tty *tty, const struct discipline_events *events);
/* There may be new output: move it on. Nothing is held. */
void tty_transmit(struct tty *tty);
/* Input was taken: whoever waits for room goes on. */
void tty_input_taken(struct tty *tty);
/* Stop or start output (TCOOFF, TCOON). */
void tty_stop_output(struct tty *tty, bool stop);
void tty_flush(struct tty *tty, bool input, bool output);
/* Wait until all output left. 0 or -ERESTARTSYS. */
int tty_drain(struct thread *self, struct tty *tty);

/* tty_open.c */
struct file *tty_open_file(struct thread *self, struct tty *tty, uint32_t flags, int *error);
void tty_opened(struct tty *tty);
/* A file went; the last one resets what belongs to a use of the terminal. */
void tty_closed(struct tty *tty);

/* job_control.c */
/* May the caller, if its terminal this is, read (SIGTTIN) or change (SIGTTOU) it? 0, -EIO, -ERESTARTSYS. */
int tty_check_access(struct thread *self, struct tty *tty, int number);
void tty_signal_foreground(struct tty *tty, int number);
/* The opener's session gets the terminal, if it may have it. */
void tty_acquire_on_open(struct thread *self, struct tty *tty);
/* Referenced, or NULL. */
struct tty *tty_controlling(struct thread *self);
bool tty_is_controlling(struct thread *self, const struct tty *tty);
void tty_forget_session(struct tty *tty);
void tty_hang_up(struct tty *tty);
bool tty_file_is_hung_up(const struct file *file);
/* Bytes of one write, all of them as far as it goes: how many were taken, and why it ended in *error. */
typedef uint32_t tty_chunk_write(struct thread *self, struct file *file, const uint8_t *bytes, uint32_t count,
				 int *error);
/* A write's bytes in chunks. Answers how many went, or -errno when none did. */
int64_t tty_write_chunks(struct thread *self, struct file *file, struct guest_iter *iter,
			 tty_chunk_write *write);
int64_t tty_control_session(struct thread *self, struct file *file, struct tty *tty, uint32_t command,
			    uint64_t argument);

/* settings.c: termios of any shape; `real` is the slave when the file is a master. -ENOTTY: no such command. */
int64_t tty_control_settings(struct thread *self, struct tty *real, uint32_t command, uint64_t argument);
/* The device number as /proc/PID/stat shows it. */
uint32_t tty_device_number(const struct tty *tty);
/* tty_control.c: what serial lines, slaves and masters answer alike. */
int64_t tty_control(struct thread *self, struct file *file, struct tty *tty, uint32_t command,
		    uint64_t argument);

#endif
