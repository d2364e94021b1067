/* SPDX-License-Identifier: MIT */
/*
 * Tables of /proc/lichen: a line of headings, then rows; columns are apart by spaces, the last one may hold some.
 */
#ifndef LICHENCTL_TABLE_H
#define LICHENCTL_TABLE_H

#include <stdbool.h>

struct output {
	bool json;
	bool colour; /* what is shown to people is emphasised */
};

/* Show the table in a file of /proc/lichen, of its rows only those whose first cell is `only` (NULL: all). False, and said on
   standard error, when it cannot be read or has no such row. */
bool table_show(const char *path, const char *only, const struct output *output);

/* The same of a table in memory, which is cut up; false only when no row is called `only`. Whether it is said is the caller's. */
bool table_show_text(char *text, const char *only, const struct output *output);
/* Of a table whose first column numbers its rows, those behind number `*last`, which becomes the last one's: as text, or a JSON object
   a line. A heading at the first call (`*last` 0); a gap in the numbers is said on standard error. */
void table_show_new(char *text, unsigned long *last, const struct output *output);

/* A string as JSON writes it, quotes included. */
void json_string(const char *text);

/* The whole file, to be freed, NUL-terminated; NULL and said on standard error. `bytes` (or NULL): how many without the NUL. */
char *file_read(const char *path, unsigned long *bytes);

#endif
