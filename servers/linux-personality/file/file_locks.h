/* SPDX-License-Identifier: MIT */
/*
 * File locks: POSIX record locks (owned by a descriptor table), open-file-description locks and flock (owned by a file).
 * Source: fcntl(2), flock(2).
 */
#ifndef LICHEN_PERSONALITY_FILE_LOCKS_H
#define LICHEN_PERSONALITY_FILE_LOCKS_H

#include "file/file.h"
#include "linux_abi/files.h"

/* fcntl's F_*LK commands on a copied-in description of the range; F_GETLK answers in it. */
int64_t file_locks_control(struct thread *self, struct file *file, uint32_t command,
			   struct linux_flock *range);
/* A descriptor of this table on the file was closed: its POSIX locks on the inode go. */
void file_locks_closed(struct files *files, struct file *file);
/* The file's last reference went: its own locks go. */
void file_locks_release(struct file *file);

#endif
