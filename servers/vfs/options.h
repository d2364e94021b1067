/* SPDX-License-Identifier: MIT */
/*
 * Mount options of tmpfs as Linux reads them: size= nr_blocks= nr_inodes= (numbers with k m g t p e, size also in % of the
 * memory), mode= (octal), uid=, gid=; huge=, mpol=, inode32 and inode64 are known and change nothing.
 */
#ifndef LICHEN_VFS_OPTIONS_H
#define LICHEN_VFS_OPTIONS_H

#include "state.h"

/* Which options a string named. */
#define OPTION_PAGES 0x1u
#define OPTION_INODES 0x2u

/* Half of the memory in pages, one inode for each such page, mode 01777. */
struct filesystem_options options_default(uint64_t memory_pages);
/* Comma-separated options change those in `options`; `named` tells which limits they set. INVALID. */
status_t options_parse(const char *text, uint32_t bytes, uint64_t memory_pages,
		       struct filesystem_options *options, uint32_t *named);

#endif
