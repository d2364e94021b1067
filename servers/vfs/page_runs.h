/* SPDX-License-Identifier: MIT */
/*
 * Sets of pages as sorted runs: which pages of a file are charged to its file system. A file written from its start to
 * its end is one run. Preparing may fail; adding and cutting after it cannot.
 */
#ifndef LICHEN_VFS_PAGE_RUNS_H
#define LICHEN_VFS_PAGE_RUNS_H

#include "state.h"

/* Pages of [start, end) that are not in the set. */
uint64_t page_runs_missing(const struct page_runs *set, uint64_t start, uint64_t end);
/* Room for one more run: call before page_runs_add and before page_runs_cut. */
status_t page_runs_prepare(struct page_runs *set);
void page_runs_add(struct page_runs *set, uint64_t start, uint64_t end);
/* Takes [start, end) out of the set. With `end` beyond the last run it needs no room. */
void page_runs_cut(struct page_runs *set, uint64_t start, uint64_t end);
/* End of the run that starts at page 0; 0: none does. */
uint64_t page_runs_prefix(const struct page_runs *set);
/* End of the last run; 0: the set is empty. */
uint64_t page_runs_end(const struct page_runs *set);
void page_runs_free(struct page_runs *set);

#endif
