/* SPDX-License-Identifier: MIT */
/*
 * Numbers that programs write into generated files: white space around one number, decimal or hexadecimal after 0x. Tested on
 * the host.
 */
#ifndef LICHEN_PERSONALITY_PARSE_H
#define LICHEN_PERSONALITY_PARSE_H

#include <stdint.h>

/* 0, -EINVAL (no number, or more than one thing), -ERANGE. */
int parse_signed(const char *text, int64_t *value);
int parse_unsigned(const char *text, uint64_t *value);
/* One word of a list; *text moves behind it. -ENOENT at the end of the text. */
int parse_next_signed(const char **text, int64_t *value);
const char *parse_skip_space(const char *text);
/* Without the newline, and whatever follows it. */
void parse_cut_line(char *text);

#endif
