/* SPDX-License-Identifier: MIT */
/*
 * Who owns what: ids and mode of a new file, and the rights that changing attributes needs.
 */
#ifndef LICHEN_PERSONALITY_OWNER_H
#define LICHEN_PERSONALITY_OWNER_H

#include "fs/inode.h"

/* User and group of a file made in `directory`: the caller's fs ids, the directory's group when it is set-group-id, whose
   directories inherit that bit. A set-group-id bit the caller has no right to is removed from *mode. */
void owner_of_new(struct thread *self, const struct inode *directory, uint32_t *mode, uint32_t *user,
		  uint32_t *group);
/* Writing to a file by a caller without CAP_FSETID clears set-user-id and set-group-id. */
void owner_written(struct thread *self, struct inode *inode);

#endif
