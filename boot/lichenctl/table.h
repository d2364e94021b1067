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

/* A string as JSON writes it, quotes included. */
void json_string(const char *text);

/* The whole file, to be freed, NUL-terminated; NULL and said on standard error. `bytes` (or NULL): how many without the NUL. */
char *file_read(const char *path, unsigned long *bytes);

#endif
