/* SPDX-License-Identifier: MIT */
/*
 * Region tags: what a mapping is called.
 */
#ifndef LICHEN_PERSONALITY_TAGS_H
#define LICHEN_PERSONALITY_TAGS_H

#include "memory/mm.h"

#define TAG_ANONYMOUS 0u
#define TAG_HEAP 1u
#define TAG_STACK 2u
#define TAG_VDSO 3u
#define TAG_VVAR 4u
#define TAG_SHARED_ANONYMOUS 5u
#define TAG_FILE 16u /* and above: a file of the mm's table */

/* The tag for a file, which the table then references; mm->mutex held; 0 without memory. */
uint64_t tag_of_file(struct mm *mm, struct file *file);
/* The file of a tag, referenced, or NULL. */
struct file *tag_file(struct mm *mm, uint64_t tag);

#endif
