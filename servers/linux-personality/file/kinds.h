/* SPDX-License-Identifier: MIT */
/*
 * Kinds of open files: one row each, the operations defined in the folder that owns the kind.
 */
#ifndef LICHEN_PERSONALITY_KINDS_H
#define LICHEN_PERSONALITY_KINDS_H

#include "file/file.h"

/* ROW(KIND, operations) */
#define FILE_KIND_TABLE(ROW)                                                                                 \
	ROW(REGULAR, regular_operations)                                                                     \
	ROW(DIRECTORY, directory_operations)                                                                 \
	ROW(PATH, path_operations)                                                                           \
	ROW(PIPE, pipe_operations)                                                                           \
	ROW(SOCKET, socket_operations)                                                                       \
	ROW(EVENTFD, eventfd_operations)                                                                     \
	ROW(EPOLL, epoll_operations)                                                                         \
	ROW(TIMERFD, timerfd_operations)                                                                     \
	ROW(SIGNALFD, signalfd_operations)                                                                   \
	ROW(INOTIFY, inotify_operations)                                                                     \
	ROW(PIDFD, pidfd_operations)                                                                         \
	ROW(TTY, tty_operations)                                                                             \
	ROW(PTMX, pty_master_operations)                                                                     \
	ROW(NULL, null_operations)                                                                           \
	ROW(ZERO, zero_operations)                                                                           \
	ROW(FULL, full_operations)                                                                           \
	ROW(RANDOM, random_operations)                                                                       \
	ROW(KMSG, kmsg_operations)                                                                           \
	ROW(GENERATED, generated_operations)                                                                 \
	ROW(RTC, rtc_operations)

#define FILE_KIND_DECLARE(KIND, operations) extern const struct file_operations operations;
FILE_KIND_TABLE(FILE_KIND_DECLARE)
#undef FILE_KIND_DECLARE

/* The watched file's last reference went: its interest entries end (stream/epoll.c). */
void epoll_file_closed(struct file *file);

#endif
