/* SPDX-License-Identifier: MIT */
/*
 * Rows of the kernel's descriptor tables: which open files the kernel may read and write by itself, and what it needs for it.
 *
 * A row is made when a forwarded call could have been routed (files_route), so a file that is opened and closed costs nothing
 * more. Its cookie is the struct file, whose reference the row holds.
 */
#ifndef LICHEN_PERSONALITY_DESCRIPTORS_H
#define LICHEN_PERSONALITY_DESCRIPTORS_H

#include "file/file.h"

struct superblock;

/* The notification for rows that drained, and the thread that drops their references. 0 or -errno. */
int descriptor_routes_init(void);
/* The file's status flags changed. */
void descriptor_route_flags(struct file *file);
/* The rows of all tables go whose files lie in this directory or have this inode: it is watched from now on. */
void descriptor_routes_end_watched(const struct inode *watched);
/* The rows of all files of a file system go: flags of it or of one of its mounts changed. */
void descriptor_routes_end_mounts(const struct superblock *super);
/* Might a row be made? To be asked before descriptor_route_set: no lock is needed. */
bool descriptor_route_possible(const struct file *file);
/* Set a row, making the table first if there is none. False: none was made, the calls stay forwarded. */
bool descriptor_route_set(handle_t *table, uint32_t fd, struct file *file);
/* Calls that still wait inside of a row that is there. */
uint64_t descriptor_route_clear(handle_t table, uint32_t fd);

#endif
