/* SPDX-License-Identifier: MIT */
/*
 * From an inode to an open file of the kind that serves it.
 */
#ifndef LICHEN_PERSONALITY_OPEN_KIND_H
#define LICHEN_PERSONALITY_OPEN_KIND_H

#include "file/file.h"

/* A referenced file on the path (whose references are taken, not taken over); NULL and -errno. May block (fifos). */
struct file *open_kind(struct thread *self, const struct path *path, uint32_t flags, int *error);
/* An O_PATH descriptor. */
struct file *open_path_only(const struct path *path, uint32_t flags, int *error);

/* Character and block devices by number: who makes the file. Rows in file/devices.c. */
typedef struct file *device_open(struct thread *self, struct inode *inode, uint32_t flags, int *error);
device_open *device_find(uint32_t type, uint64_t device);

/* Openers of other folders: a file without path and inode, which open_kind fills in. */
device_open tty_open_terminal, tty_open_console, tty_open_current, tty_open_multiplexer;
device_open pipe_open_fifo;

#endif
