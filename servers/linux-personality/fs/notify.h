/* SPDX-License-Identifier: MIT */
/*
 * What file-system changes tell the watchers (inotify(7)). Each call is cheap when nobody watches.
 */
#ifndef LICHEN_PERSONALITY_NOTIFY_H
#define LICHEN_PERSONALITY_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct inode;
struct path;
struct file;

#define NOTIFY_ACCESS 0x00000001u
#define NOTIFY_MODIFY 0x00000002u
#define NOTIFY_ATTRIB 0x00000004u
#define NOTIFY_CLOSE_WRITE 0x00000008u
#define NOTIFY_CLOSE_NOWRITE 0x00000010u
#define NOTIFY_OPEN 0x00000020u
#define NOTIFY_MOVED_FROM 0x00000040u
#define NOTIFY_MOVED_TO 0x00000080u
#define NOTIFY_CREATE 0x00000100u
#define NOTIFY_DELETE 0x00000200u
#define NOTIFY_DELETE_SELF 0x00000400u
#define NOTIFY_MOVE_SELF 0x00000800u

/* Something happened to `name` in a directory; `cookie` pairs the two halves of a rename. */
void notify_name(struct inode *directory, const char *name, uint32_t event, bool is_directory,
		 uint32_t cookie);
/* Something happened to an open file: told to its watchers and those of its directory. */
void notify_file(struct file *file, uint32_t event);
void notify_path(const struct path *path, uint32_t event);
/* A link of the inode went; DELETE_SELF when it was the last. */
void notify_removed(struct inode *inode);
/* The inode itself was given another name or place. */
void notify_moved(struct inode *inode);
uint32_t notify_cookie(void);

#endif
