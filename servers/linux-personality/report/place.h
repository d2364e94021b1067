/* SPDX-License-Identifier: MIT */
/*
 * Where an address of a guest lies, and what a mapped file is called: the same words in every part of a report.
 *
 * Asks the kernel for one region at a time and the vfs for names; takes no lock for longer than a look-up.
 */
#ifndef LICHEN_PERSONALITY_REPORT_PLACE_H
#define LICHEN_PERSONALITY_REPORT_PLACE_H

#include "abi/memory.h"
#include "report/line.h"

struct file;
struct mm;
struct thread;

#define BUILD_ID_MAX 20

/* The region that holds the address; false: none does. */
bool place_find(const struct mm *mm, uint64_t address, struct region_info *region);
/* The region's file, referenced, or NULL. */
struct file *place_file(struct mm *mm, const struct region_info *region);
/* "[heap]" and the like, of regions without a file. */
const char *place_label(const struct region_info *region);

/* in= rights= offset= */
void line_place(struct report *report, struct thread *self, uint64_t address);
/* As `r-xp`. */
void line_rights(struct report *report, const struct region_info *region, bool with_sharing);
/* path (or in) and, with_build, build= of a file; NULL: there is none. */
void line_file(struct report *report, struct thread *self, const char *name, struct file *file,
	       bool with_build);

/* The build id in a file's ELF notes: how many bytes, 0: it has none that can be read. */
uint32_t file_build_id(struct thread *self, struct file *file, uint8_t id[BUILD_ID_MAX]);

#endif
