/* SPDX-License-Identifier: MIT */
/*
 * Memory files: seals (fcntl(2), "File Sealing"), as inode->seals holds them, and files that others need.
 */
#ifndef LICHEN_PERSONALITY_MEMORY_FILE_H
#define LICHEN_PERSONALITY_MEMORY_FILE_H

#define SEAL_SEAL 0x01u
#define SEAL_SHRINK 0x02u
#define SEAL_GROW 0x04u
#define SEAL_WRITE 0x08u
#define SEAL_FUTURE_WRITE 0x10u
#define SEAL_ALL 0x1fu
#define SEALABLE 0x100u /* a memory file: seals may be asked for */

struct thread;
struct file;

/* One that is open for reading and writing, empty and without seals; NULL and -errno. */
struct file *memory_file_create(struct thread *self, const char *name, int *error);

#endif
