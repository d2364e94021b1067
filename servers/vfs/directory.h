/* SPDX-License-Identifier: MIT */
/*
 * One directory's names: a hash table by name, and an array in the order of cookies for reading.
 *
 * Cookies: 0 stands before ".", 1 before "..", 2 before the newest name; a larger cookie is the name that was read last.
 * Names are read from the newest to the oldest, as Linux's tmpfs does, so entries made while reading never turn up
 * behind the reader. An entry keeps its cookie while it stays, also when a rename replaces what it names.
 */
#ifndef LICHEN_VFS_DIRECTORY_H
#define LICHEN_VFS_DIRECTORY_H

#include "state.h"

#define COOKIE_DOT_DOT 1u
#define COOKIE_NEWEST 2u
#define COOKIE_FIRST 3u /* of the first name ever made in a directory */

struct name {
	const char *text; /* no NUL needed */
	uint32_t bytes;
};

void directory_initialise(struct directory *directory, struct inode *parent);
/* Frees names and arrays; the inodes are not touched. */
void directory_clear(struct directory *directory);

/* NULL: no such name. */
struct name_entry *directory_find(const struct vfs_context *vfs, const struct directory *directory,
				  struct name name);

/* A free entry for a name, and room for it in the directory: everything about adding a name that may fail. */
status_t directory_entry_create(const struct vfs_context *vfs, struct directory *directory, struct name name,
				struct name_entry **entry);
void directory_entry_free(struct name_entry *entry);
/* The entry becomes part of the directory, newest of all. */
void directory_insert(struct directory *directory, struct name_entry *entry, struct inode *inode);
/* Takes the entry out and frees it. */
void directory_remove(struct directory *directory, struct name_entry *entry);

/* How many slots lie behind a cookie that is at least COOKIE_NEWEST: they are read from the last of them to the first. */
uint32_t directory_slots_below(const struct directory *directory, uint64_t cookie);

#endif
