/* SPDX-License-Identifier: MIT */
/*
 * More of descriptor tables: what fcntl, close_range and /proc/PID/fd need.
 */
#ifndef LICHEN_PERSONALITY_FILES_H
#define LICHEN_PERSONALITY_FILES_H

#include "file/file.h"

void files_close_range(struct files *files, uint32_t first, uint32_t last);
void files_mark_range(struct files *files, uint32_t first, uint32_t last); /* close-on-exec */
/* 1 when close-on-exec, 0 when not, -EBADF. */
int files_flag(struct files *files, int32_t fd);
int files_set_flag(struct files *files, int32_t fd, bool close_on_exec);
/* The first used descriptor at or above fd, or -1. */
int32_t files_next(struct files *files, int32_t fd);
/* As files_find without a reference, in a table of the calling thread that nobody shares: no other can close the file. */
struct file *files_peek(const struct files *files, int32_t fd);
/* A call was forwarded that the kernel can answer the next time, if the descriptor still is this file. */
void files_route(struct thread *self, int32_t fd, struct file *file);
/* Take the rows of certain files from a table: what the kernel may answer about them changes. */
void files_unroute(struct files *files, bool (*which)(const struct file *file, const void *context),
		   const void *context);
/* The thread's table, just given to it, is what its routes use. */
void files_publish(struct thread *thread);
/* Slots there are now: select looks no further. */
uint32_t files_capacity(const struct files *files);

#endif
